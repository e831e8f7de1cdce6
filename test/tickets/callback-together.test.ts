import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

const count = async (table: string, where: string) =>
  (await app.app.services.database.pool.query(`select count(*)::int n from ${table} where ${where}`)).rows[0].n;

async function resolvedTicket() {
  const { id: customerId } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const ticket = await givenTicket(manager, { customerId });
  await manager.does('AcknowledgeTicket', { id: ticket.id });
  await manager.does('ResolveTicket', { id: ticket.id, resolution: 'done', rootCause: 'cause' });
  return { customerId, ticketId: ticket.id };
}

const call = ({ customerId, ticketId }: { customerId: string; ticketId: string }) =>
  manager.does('RecordInteraction', {
    input: { customerId, ticketId, channel: 'PHONE', purpose: 'CARE', summary: 'Satisfied', satisfaction: 5 },
  });

// Neither half of what was done may be there without the other: the repetition would write it twice, or never.
test.each([
  { lost: 'the callback', table: 'ticket_event', when: "new.kind = 'CALLED_BACK'" },
  { lost: 'the record of the call', table: 'interaction', when: 'true' },
])('of a call about a resolved ticket nothing is written where $lost is lost', async ({ table, when }) => {
  const { pool } = app.app.services.database;
  const about = await resolvedTicket();
  await pool.query(`create or replace function in_the_way() returns trigger language plpgsql as $$ begin
      if ${when} then raise exception 'lost'; end if; return new; end $$;
    create trigger in_the_way before insert on ${table} for each row execute function in_the_way()`);
  const before = [await count('interaction', 'true'), await count('ticket_event', "kind = 'CALLED_BACK'")];
  await expect(call(about)).rejects.toThrow();
  expect([await count('interaction', 'true'), await count('ticket_event', "kind = 'CALLED_BACK'")]).toEqual(before);
  await pool.query(`drop trigger in_the_way on ${table}`);
  expect(await call(about)).toMatchObject({ __typename: 'Interaction' });
  expect([await count('interaction', 'true'), await count('ticket_event', "kind = 'CALLED_BACK'")]).toEqual([
    before[0] + 1,
    before[1] + 1,
  ]);
});
