import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  separateOperations,
} from 'graphql';
import { expect } from 'vitest';
import { operation, type Person, type TestApp } from '../support/app.ts';
import { type Difference, difference, everything } from './everything.ts';

const EFFECTS = parse(`{
  __typename
  ... on Error { code }
  ... on Rehearsal {
  clocks { metric label state dueAt dueBefore isNew }
  tasks { title status dueAt isNew }
  approvals { kind state isNew steps { role decision approvers { name } } }
  alerts { kind severity audience }
  money { kind amount { amount } availableAfter { amount } }
  messages { kind channel }
  changes { entity added changed removed }
  }
}`);

/** What `EFFECTS` asks of a rehearsal, or of what is answered in its place. */
export interface Rehearsed {
  readonly __typename: string;
  readonly code: string;
  readonly clocks: readonly {
    readonly metric: string;
    readonly state: string;
    readonly dueAt: string;
    readonly dueBefore: string | null;
    readonly isNew: boolean;
  }[];
  readonly tasks: readonly { readonly title: string; readonly dueAt: string }[];
  readonly approvals: readonly { readonly kind: string; readonly state: string }[];
  readonly alerts: readonly { readonly kind: string }[];
  readonly money: readonly { readonly kind: string; readonly amount: { readonly amount: string } }[];
  readonly messages: readonly { readonly kind: string }[];
  readonly changes: readonly {
    readonly entity: string;
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
  }[];
}

/** The same command within `rehearse`; null of an operation that is no command. */
export function rehearsalOf(document: string, name: string): string | null {
  const own = separateOperations(parse(document))[name] as DocumentNode;
  const asked = own.definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
  if (asked?.operation !== OperationTypeNode.MUTATION) return null;
  const [effects] = EFFECTS.definitions;
  const [command] = asked.selectionSet.selections;
  if (effects?.kind !== Kind.OPERATION_DEFINITION || command?.kind !== Kind.FIELD) throw new Error(name);
  const rehearsed: FieldNode = {
    kind: Kind.FIELD,
    name: command.name,
    alias: { kind: Kind.NAME, value: 'it' },
    arguments: command.arguments ?? [],
    selectionSet: effects.selectionSet,
  };
  const field: FieldNode = {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: 'rehearse' },
    selectionSet: { kind: Kind.SELECTION_SET, selections: [rehearsed] },
  };
  return print({
    ...asked,
    operation: OperationTypeNode.QUERY,
    selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
  });
}

/** Rehearses an operation of the contract, or a document of one command. */
export async function rehearsed(
  person: Person,
  name: string,
  variables: Record<string, unknown> = {},
): Promise<Rehearsed> {
  const document = rehearsalOf(operation(name), name);
  if (document === null) throw new Error(`${name} is no command`);
  const answer = await person.ask<{ rehearse: { it: Rehearsed } }>(document, variables);
  if (answer.errors) throw new Error(`${name}: ${JSON.stringify(answer.errors)}`);
  return answer.data.rehearse.it;
}

/** Work that goes on after the answer. */
const GOES_ON = new Set(['StartGradingRun', 'ResumeGradingRun', 'ApplyPolicy', 'AdvanceClock']);

/** The same person, who rehearses everything first: it leaves nothing behind, and tells what doing it then brings. */
export function rehearsing(app: TestApp, person: Person, told: (name: string) => void): Person {
  return {
    ...person,
    does: async (name, variables) => {
      const document = rehearsalOf(operation(name), name);
      if (document === null || name === 'AdvanceClock') return person.does(name, variables);
      await app.app.services.alerts.numberAll();
      const before = await everything(app);
      const rehearsal = await rehearsed(person, name, variables);
      await app.app.services.alerts.numberAll();
      expect(difference(before, await everything(app)), `${name} left something behind`).toEqual([]);
      const answer = await person.does(name, variables);
      told(name);
      const refusal = refusalIn(answer);
      if (refusal) expect(rehearsal, name).toMatchObject(refusal);
      else expect(rehearsal.__typename, name).toBe('Rehearsal');
      if (!refusal && !GOES_ON.has(name)) compare(name, rehearsal, difference(before, await everything(app)));
      return answer;
    },
  };
}

const REFUSALS = ['InvalidInput', 'NotFound', 'Forbidden', 'Conflict', 'Refused', 'NotConfigured', 'PolicyFailure'];
/** What a command was refused with; null where it was done. */
function refusalIn(answer: unknown): { readonly __typename: string; readonly code: unknown } | null {
  if (typeof answer !== 'object' || answer === null || !('__typename' in answer)) return null;
  const { __typename: type } = answer;
  const code = 'code' in answer ? answer.code : undefined;
  return typeof type === 'string' && REFUSALS.includes(type) ? { __typename: type, code } : null;
}

const BOOKS = ['audit_entry', 'idempotency_key', 'policy_decision', 'ticket_count', 'sequence', 'stored_file_piece'];

function compare(name: string, rehearsal: Rehearsed, done: Difference): void {
  const real = done.filter(({ table }) => !BOOKS.includes(table));
  const counts = real.map(
    ({ table, before, after }) => `${table} ${before ? (after ? 'changed' : 'removed') : 'added'}`,
  );
  const said = rehearsal.changes.flatMap((change) =>
    (['added', 'changed', 'removed'] as const).flatMap((how) =>
      Array.from({ length: change[how] }, () => `${tableOf(change.entity)} ${how}`),
    ),
  );
  expect(said.sort(), name).toEqual(counts.sort());
  const of = (table: string, ...columns: string[]) =>
    real.filter(
      (row) =>
        row.table === table &&
        row.after &&
        columns.some((column) => !row.before || differs(row.before, row.after, column)),
    );
  const clocks = [...of('sla_clock', 'due_at', 'state'), ...of('subject_clock', 'due_at', 'state')];
  expectEqual(
    name,
    dues(rehearsal.clocks),
    clocks.map(({ after }) => instant(after?.due_at)),
  );
  expectEqual(
    name,
    dues(rehearsal.tasks),
    of('task', 'due_at', 'status', 'assignee_id', 'title').map(({ after }) => instant(after?.due_at)),
  );
  const kinds = (rows: readonly { readonly kind: string }[]) => rows.map(({ kind }) => kind);
  const added = (table: string) => real.filter((row) => row.table === table && !row.before);
  expectEqual(
    name,
    kinds(rehearsal.alerts),
    added('alert').map(({ after }) => String(after?.kind)),
  );
  expectEqual(
    name,
    kinds(rehearsal.messages),
    added('message').map(({ after }) => String(after?.kind)),
  );
  const amounts = rehearsal.money.map(({ kind, amount }) => `${kind} ${Number(amount.amount)}`);
  expectEqual(
    name,
    amounts,
    added('budget_entry').map(({ after }) => `${String(after?.kind)} ${Number(after?.amount)}`),
  );
}

const dues = (rows: readonly { readonly dueAt: string }[]) => rows.map(({ dueAt }) => instant(dueAt));
const instant = (value: unknown) => new Date(String(value)).toISOString();
const differs = (before: Record<string, unknown>, after: Record<string, unknown> | null, column: string) =>
  JSON.stringify(before[column]) !== JSON.stringify(after?.[column]);
const tableOf = (entity: string) =>
  entity.replace(/[A-Z]/g, (letter, at: number) => `${at ? '_' : ''}${letter.toLowerCase()}`);

function expectEqual(name: string, told: readonly string[], brought: readonly string[]): void {
  expect([...told].sort(), name).toEqual([...brought].sort());
}
