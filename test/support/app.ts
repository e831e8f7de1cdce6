import { type Client, createClient } from 'graphql-ws';
import { type Logger, pino } from 'pino';
import WebSocket from 'ws';
import type { App } from '../../server/app/compose.ts';
import { type SandboxOptions, startSandbox } from '../../server/app/sandbox/sandbox.ts';
import { contractTabs } from '../../server/transport/graphql/graphiql.ts';
import {
  type Answer,
  type DataOf,
  type Named,
  type OperationName,
  type RootOf,
  send,
  type VariablesOf,
} from './ask.ts';
import { keptThreads } from './kept-threads.ts';
import { createDatabase, dropDatabase } from './postgres.ts';

const OPERATIONS = new Map(
  contractTabs(new URL('../../schema/operations.graphql', import.meta.url)).map(({ name, query }) => [name, query]),
);
OPERATIONS.set(
  'AdvanceClock',
  'mutation AdvanceClock($to: DateTime!) { advanceClock(to: $to) { now alertsRaised tasksCreated } }',
);

/** The document of one of the contract's operations, with its fragments. */
export function operation(name: string): string {
  const document = OPERATIONS.get(name);
  if (!document) throw new Error(`the contract has no operation ${name}`);
  return document;
}

/** Which of the contract's operations tests have executed in this file. */
export const executed = new Set<string>();

/** A person at a keyboard: asks over HTTP, listens over a WebSocket. */
export interface Person {
  readonly id: string;
  readonly token: string;
  /** Sends a document that is put together when the test runs, whose answer the test names. */
  ask<Data extends object = never>(document: Named<Data>, variables?: object): Promise<Answer<Data>>;
  /** Sends a document over HTTP; an operation of the contract by its name. */
  ask<Document extends string>(
    document: Document,
    variables?: VariablesOf<Document>,
  ): Promise<Answer<DataOf<Document>>>;
  /** Sends an operation of the contract and returns its root field; execution errors fail the test. */
  does<Name extends OperationName>(name: Name, variables?: VariablesOf<Name>): Promise<RootOf<Name>>;
  /** Follows a subscription over a WebSocket. */
  follows<Name extends OperationName>(name: Name, variables?: VariablesOf<Name>): Following<RootOf<Name>>;
}

export interface Following<Event> extends AsyncDisposable {
  /** The next event's root field; fails after `withinMs`. Of the bookmarks of a quiet stream only the first counts. */
  next(withinMs?: number): Promise<Event>;
  /** All events that have come and were not taken. */
  readonly waiting: Event[];
  /** How many bookmarks have come, the first included. */
  readonly bookmarks: number;
}

export interface TestApp extends AsyncDisposable {
  readonly app: App;
  readonly url: string;
  readonly wsUrl: string;
  /** Of its database, where that is on a server. */
  readonly databaseUrl: string | null;
  /** By `branch code/role`. */
  as(who: string): Person;
  advance(to: string): Promise<{ now: string; alertsRaised: number; tasksCreated: number }>;
}

export interface TestAppOptions {
  /** Where the clock stands. */
  readonly now: string;
  /** The run's real server, which takes a third of the processor, unless said; `MEMORY` is the embedded database. */
  readonly database?: 'MEMORY' | 'POSTGRES';
  readonly plugins?: readonly string[];
  readonly demo?: boolean;
  /** Nothing is logged unless one is given. */
  readonly log?: Logger;
  /** What differs from the app's own settings. */
  readonly settings?: SandboxOptions['settings'];
}

/** A sandbox in this process: the real server on a free port, on a database of its own, with a held clock. */
export async function startTestApp({
  now,
  database = 'POSTGRES',
  plugins = [],
  demo = false,
  log = pino({ level: process.env.TEST_LOG ?? 'silent' }),
  settings,
}: TestAppOptions): Promise<TestApp> {
  const databaseUrl = database === 'POSTGRES' ? await createDatabase() : null;
  const { app, info } = await startSandbox({
    at: new Date(now),
    port: 0,
    demo,
    plugins,
    log,
    settings: { policyThreads: keptThreads, ...settings },
    ...(databaseUrl && { databaseUrl }),
  });
  const clients: Client[] = [];
  const as = (who: string): Person => {
    const token = info.tokens[who];
    const id = info.staff[who];
    if (!token || !id) throw new Error(`nobody is ${who}`);
    const ask = async <Data extends object = never>(document: string, variables?: object) => {
      const query = OPERATIONS.get(document) ?? document;
      if (OPERATIONS.has(document)) executed.add(document);
      return send<Data>(info.url, token, query, variables);
    };
    return {
      id,
      token,
      ask,
      async does<Name extends OperationName>(name: Name, variables?: VariablesOf<Name>) {
        const { errors, data } = await ask(name, variables);
        if (errors) throw new Error(`${name}: ${JSON.stringify(errors)}`);
        return Object.values(data)[0] as RootOf<Name>;
      },
      follows<Name extends OperationName>(name: Name, variables?: VariablesOf<Name>) {
        executed.add(name);
        const client = createClient({
          url: info.wsUrl,
          webSocketImpl: WebSocket,
          connectionParams: { Authorization: `Bearer ${token}` },
          retryAttempts: 0,
        });
        clients.push(client);
        return follow<RootOf<Name>>(client, operation(name), variables);
      },
    };
  };
  return {
    app,
    url: info.url,
    wsUrl: info.wsUrl,
    databaseUrl,
    as,
    advance: (to) => as(Object.keys(info.tokens)[0] ?? '').does('AdvanceClock', { to }),
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.dispose();
      await app.close();
      if (databaseUrl) await dropDatabase(databaseUrl);
    },
  };
}

function follow<Event>(
  client: Client,
  query: string,
  variables: Readonly<Record<string, unknown>> | undefined,
): Following<Event> {
  const waiting: Event[] = [];
  let bookmarks = 0;
  let failure: unknown = null;
  let wake: (() => void) | null = null;
  const stop = client.subscribe(
    { query, ...(variables && { variables }) },
    {
      next: ({ data, errors }) => {
        if (errors) failure = errors;
        else {
          const [event] = Object.values(data as Record<string, Event & { __typename?: string }>);
          const isBookmark = event?.__typename === 'Bookmark';
          if (isBookmark && ++bookmarks > 1) return;
          waiting.push(event as Event);
        }
        wake?.();
      },
      error: (error) => {
        failure = error;
        wake?.();
      },
      complete: () => {
        failure ??= new Error('the stream ended');
        wake?.();
      },
    },
  );
  return {
    waiting,
    get bookmarks() {
      return bookmarks;
    },
    async next(withinMs = 20_000) {
      const until = Date.now() + withinMs;
      while (waiting.length === 0) {
        if (failure) throw failure instanceof Error ? failure : new Error(JSON.stringify(failure));
        const left = until - Date.now();
        if (left <= 0) throw new Error(`nothing came within ${withinMs} ms`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return waiting.shift() as Event;
    },
    async [Symbol.asyncDispose]() {
      stop();
      await client.dispose();
    },
  };
}
