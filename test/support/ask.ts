import type { Documents, Operations } from '../generated/operations.ts';
import type { Read, Sent } from './read.ts';

interface AllOperations extends Operations {
  /** Of sandboxes alone. */
  readonly AdvanceClock: {
    readonly variables: { readonly to: string };
    readonly data: { readonly advanceClock: { now: string; alertsRaised: number; tasksCreated: number } };
  };
}

/** An operation of the contract, by its name. */
export type OperationName = keyof AllOperations;

/** What a test may read of the answer to an operation of the contract, or to a document that it has typed by hand as one string. */
export type DataOf<Document extends string> = Document extends keyof AllOperations
  ? Read<AllOperations[Document]['data']>
  : Document extends keyof Documents
    ? Read<Documents[Document]['data']>
    : Readonly<Record<string, unknown>>;

/** The root field of an operation's answer, or of an event. */
export type RootOf<Document extends OperationName | keyof Documents> = DataOf<Document>[keyof DataOf<Document>];

/** What an operation of the contract takes; a document that is typed by hand takes anything. */
export type VariablesOf<Document extends string> = Document extends keyof AllOperations
  ? Sent<AllOperations[Document]['variables']>
  : Readonly<Record<string, unknown>>;

/** A document, where a test names what it answers, and only there. */
export type Named<Data> = [Data] extends [never] ? never : string;

/** The `input` of a mutation of the contract. */
export type InputOf<Name extends OperationName> =
  VariablesOf<Name> extends { readonly input: infer Input extends object } ? Input : never;

export interface Answer<Data = Readonly<Record<string, unknown>>> {
  readonly status: number;
  readonly data: Data;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

/** Sends a document to a server as the person of a token. */
export async function send<Data>(url: string, token: string, query: string, variables?: object): Promise<Answer<Data>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer<Data>, 'status'>) };
}

/** The same, of a document whose answer is known by its text. */
export const askAt = <Document extends string>(url: string, token: string, query: Document, variables?: object) =>
  send<DataOf<Document>>(url, token, query, variables);
