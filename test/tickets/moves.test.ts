import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// What a screen is told that may be done is what the mutation then answers, for every move, status and role.

let app: TestApp;
let manager: Person;
let customerId: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T10:00:00+08:00', database: 'MEMORY' });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
  ({ id: customerId } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' }));
});
afterAll(() => app[Symbol.asyncDispose]());

interface Ticket {
  readonly id: string;
  readonly version: number;
}

const because = { reason: '-' };
/** The mutation of each move, with the best that can be said. */
const MOVES: Readonly<Record<string, (who: Person, ticket: Ticket) => Promise<{ __typename: string }>>> = {
  ACKNOWLEDGE: (who, { id }) => who.does('AcknowledgeTicket', { id }),
  UPDATE: (who, { id, version }) => who.does('UpdateTicket', { input: { id, expectedVersion: version, comment: '-' } }),
  START: (who, { id, version }) =>
    who.does('UpdateTicket', { input: { id, expectedVersion: version, status: 'IN_PROGRESS' } }),
  WAIT_ON_CUSTOMER: (who, { id }) => who.does('WaitOnCustomer', { id, ...because }),
  HOLD: (who, { id }) => who.does('HoldTicket', { input: { id, waitsFor: 'ANOTHER_PARTY', ...because } }),
  RESUME: (who, { id }) => who.does('ResumeTicket', { id }),
  ESCALATE: (who, { id }) => who.does('EscalateTicket', { id, level: 2, ...because }),
  RESCHEDULE: (who, { id }) =>
    who.does('RescheduleAppointment', { input: { id, appointmentAt: '2026-03-03T10:00:00+08:00', ...because } }),
  CHANGE_CASE: (who, { id }) => who.does('ChangeTicketCase', { input: { id, case: 'NONE', ...because } }),
  RESOLVE: (who, { id }) => who.does('ResolveTicket', { id, resolution: '-', rootCause: '-' }),
  CLOSE: (who, { id }) => who.does('CloseTicket', { id, customerConfirmed: true }),
  CANCEL: (who, { id }) => who.does('CancelTicket', { input: { id, ...because } }),
  REOPEN: (who, { id }) => who.does('ReopenTicket', { id, ...because }),
};

const move = async (name: string, ticket: Ticket, who = manager) => {
  const done = await MOVES[name]?.(who, ticket);
  if (done?.__typename !== 'Ticket') throw new Error(`${name}: ${JSON.stringify(done)}`);
};

/** A ticket after the moves that lead to a status. */
async function given(path: readonly string[]): Promise<Ticket> {
  const { id } = await givenTicket(manager, { customerId });
  const now = async () => (await manager.does('TicketMoves', { id })) as Ticket;
  for (const step of path) await move(step, await now());
  return now();
}

const STATUSES: Readonly<Record<string, readonly string[]>> = {
  NEW: [],
  ACKNOWLEDGED: ['ACKNOWLEDGE'],
  IN_PROGRESS: ['START'],
  WAITING_ON_CUSTOMER: ['ACKNOWLEDGE', 'WAIT_ON_CUSTOMER'],
  ON_HOLD: ['ACKNOWLEDGE', 'HOLD'],
  RESOLVED: ['ACKNOWLEDGE', 'RESOLVE'],
  CLOSED: ['CANCEL'],
};

type Refusal = { code: string } | null;
const toldTo = async (who: Person, { id }: Ticket): Promise<{ move: string; refusal: Refusal }[]> =>
  (await who.does('TicketMoves', { id })).allowedMoves;

interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly reasons?: readonly { code: string }[];
}
const codeOf = ({ __typename, code, reasons }: Answer) =>
  __typename === 'Ticket' ? null : (reasons?.[0]?.code ?? code ?? __typename);

test.each(Object.keys(STATUSES))(
  'of a ticket that is %s',
  async (status) => {
    const path = STATUSES[status] ?? [];
    const told = await toldTo(manager, await given(path));
    expect(told.map(({ move: name }) => name)).toEqual(Object.keys(MOVES));
    let kept = await given(path);
    for (const { move: name, refusal } of told) {
      const answer = (await MOVES[name]?.(manager, kept)) as Answer;
      expect([name, codeOf(answer)]).toEqual([name, refusal?.code ?? null]);
      // What was refused changed nothing.
      if (answer.__typename === 'Ticket') kept = await given(path);
    }
  },
  60_000,
);

test.each(['FINANCE', 'EXECUTIVE', 'AUDITOR', 'DIRECTOR', 'COMMAND_CENTER'])(
  '%s is told what the role lets do',
  async (role) => {
    const who = app.as(`BB-HQ/${role}`);
    const ticket = await given([]);
    const told = await toldTo(who, ticket).catch(() => null);
    for (const { move: name, refusal } of told ?? []) {
      // One of each kind: all that is allowed to a role is of one permission.
      if (refusal === null && name !== 'UPDATE') continue;
      const answer = (await MOVES[name]?.(who, ticket)) as Answer;
      expect([name, codeOf(answer)]).toEqual([name, refusal?.code ?? null]);
    }
    const mayWork = role === 'DIRECTOR' || role === 'COMMAND_CENTER';
    if (told) expect(told.some(({ refusal }) => refusal === null)).toBe(mayWork);
  },
);

test("a refusal is told in the reader's language, as the mutation does", async () => {
  const { id } = await given([]);
  const response = await fetch(app.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${manager.token}`,
      'accept-language': 'zh',
    },
    body: JSON.stringify({
      query: `{ ticket(id: "${id}") { allowedMoves { move refusal { code message } } } }`,
    }),
  });
  const { data } = (await response.json()) as {
    data: { ticket: { allowedMoves: { move: string; refusal: { message: string } }[] } };
  };
  expect(data.ticket.allowedMoves.find((one) => one.move === 'REOPEN')?.refusal.message).toMatch(/工单/);
});
