import { expect } from 'vitest';
import type { Person } from '../support/app.ts';

const ERRORS = `... on InvalidInput { issues { path message } } ... on Refused { reasons { code message } }
  ... on Conflict { presentVersion } ... on Error { code message }`;

/** What tests read of a record. */
export const RECORD = `id kind version state status step nextDueAt endedAt
  steps { code label progress dueAt doneAt isLate mayTake brought by { name } approval { id state steps { role } } }
  nextSteps { code } missing { code }`;

const START = (more: string) => `mutation ($input: StartRecordInput!, $key: String) {
  startRecord(input: $input, idempotencyKey: $key) { __typename ... on RecordPayload { record { __typename ${RECORD} ${more} } } ${ERRORS} }
}`;
const ADVANCE = (more: string) => `mutation ($input: AdvanceRecordInput!, $key: String) {
  advanceRecord(input: $input, idempotencyKey: $key) { __typename ... on RecordPayload { record { __typename ${RECORD} ${more} } } ${ERRORS} }
}`;
const CHANGE = `mutation ($input: ChangeRecordInput!, $key: String) {
  changeRecord(input: $input, idempotencyKey: $key) { __typename ... on RecordPayload { record { __typename ${RECORD} } } ${ERRORS} }
}`;
const CANCEL = `mutation ($input: CancelRecordInput!, $key: String) {
  cancelRecord(input: $input, idempotencyKey: $key) { __typename ... on RecordPayload { record { __typename ${RECORD} } } ${ERRORS} }
}`;

/** A step as it is read. */
interface Step {
  readonly code: string;
  readonly progress: string;
  readonly dueAt: string | null;
  readonly isLate: boolean;
  readonly mayTake: boolean;
  readonly approval: { readonly id: string; readonly state: string; readonly steps: { role: string }[] } | null;
}

/** A record, or what is said instead of one. */
export interface Kept {
  readonly __typename: string;
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly step: string | null;
  readonly steps: Step[];
  readonly missing: { code: string }[];
  readonly nextSteps: { code: string }[];
  readonly reasons?: { code: string; message: string }[];
  readonly issues?: { path: string; message: string }[];
  readonly [field: string]: unknown;
}

async function does(person: Person, document: string, input: object, key?: string): Promise<Kept> {
  const { data, errors } = await person.ask(document, { input, ...(key !== undefined && { key }) });
  if (errors) throw new Error(JSON.stringify(errors));
  const [answer] = Object.values(data) as { record?: Kept }[];
  return (answer?.record ?? answer) as Kept;
}

/** Begins a record: `record` has one field, that of its kind. */
export const starts = (person: Person, about: string | null, record: object, more = '', key?: string): Promise<Kept> =>
  does(person, START(more), { ...(about && { about }), record }, key);

/** Takes a step of a record as it was read. */
export const advances = (
  person: Person,
  { id, version }: Kept,
  step: string,
  rest: object = {},
  key?: string,
): Promise<Kept> => does(person, ADVANCE(''), { id, expectedVersion: version, step, ...rest }, key);

export const changes = (person: Person, { id, version }: Kept, rest: object, key?: string): Promise<Kept> =>
  does(person, CHANGE, { id, expectedVersion: version, ...rest }, key);

export const cancels = (person: Person, { id, version }: Kept, reason: string): Promise<Kept> =>
  does(person, CANCEL, { id, expectedVersion: version, reason });

/** The record as the person sees it; null where they do not. */
export async function reads(person: Person, { id }: Pick<Kept, 'id'>, more = ''): Promise<Kept | null> {
  const { data, errors } = await person.ask(`query ($id: ID!) { record(id: $id) { __typename ${RECORD} ${more} } }`, {
    id,
  });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.record as Kept | null;
}

/** The ids of the records that the person is listed. */
export async function lists(person: Person, filter: object): Promise<string[]> {
  const { data, errors } = await person.ask(
    'query ($filter: RecordFilter) { records(filter: $filter, first: 100) { totalCount nodes { id kind } } }',
    { filter },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  return data.records.nodes.map((node: { id: string }) => node.id);
}

/** A refusal of a step that was skipped, which names the one before it. */
export const skipped = (missing: string) => ({
  __typename: 'Refused',
  reasons: [{ code: 'STEP_SKIPPED', message: expect.stringContaining(missing) }],
});

/** Decides the approval of a step. */
export async function decides(
  person: Person,
  record: Kept,
  step: string,
  decision = 'APPROVE',
  comment: string | null = null,
) {
  const id = record.steps.find(({ code }) => code === step)?.approval?.id ?? '';
  return person.does('DecideApproval', { input: { id, decision, comment } });
}
