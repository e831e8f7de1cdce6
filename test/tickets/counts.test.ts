import { expect, test } from 'vitest';
import { addUpTicketCounts } from '../../server/domain/tickets/counts.ts';
import { startTestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const KEY = 'policy_id, branch_id, tier_code, tier_rank, sla_state::text';
const COUNTED = `
  select ${KEY}, is_waiting, sum(count)::int as count from ticket_count group by 1, 2, 3, 4, 5, 6 having sum(count) <> 0 order by 1, 2, 3, 4, 5, 6`;
const LIVE = `
  select ${KEY}, status = 'WAITING_ON_CUSTOMER' as is_waiting, count(*)::int as count from ticket where status <> 'CLOSED'
  group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`;

test('the dashboard follows a ticket through its life', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id: customerId } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  const summary = async () => {
    const { openTickets, onTrack, atRisk, breached, paused } = await manager.does('SlaSummary');
    return { openTickets, onTrack, atRisk, breached, paused };
  };
  const none = { openTickets: 0, onTrack: 0, atRisk: 0, breached: 0, paused: 0 };
  expect(await summary()).toEqual(none);
  const { id } = await givenTicket(manager, { customerId });
  expect(await summary()).toEqual({ ...none, openTickets: 1, onTrack: 1 });
  await manager.does('WaitOnCustomer', { id, reason: 'asked for a photo' });
  expect(await summary()).toMatchObject({ openTickets: 1, paused: 1 });
  await manager.does('ResumeTicket', { id });
  await app.advance('2026-03-02T12:30:00+08:00');
  expect(await summary()).toEqual({ ...none, openTickets: 1, atRisk: 1 });
  await app.advance('2026-03-02T13:00:01+08:00');
  expect(await summary()).toEqual({ ...none, openTickets: 1, breached: 1 });
});

test('the counts are the tickets at every moment, while many write and rows are added up', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  const { database } = app.app.services;
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  await givenTicket(manager, { customerId: customer.id });
  const INSERT = `
    insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state, tier_code, tier_rank)
    select gen_random_uuid(), policy_id, branch_id, customer_id, type, level, subject, channel, 'NEW', 1, opened_at, first_receiver_id, 'ON_TRACK', $1, $2
    from (select * from ticket limit 1) one, generate_series(1, $3)`;
  const STATES = ['NONE', 'ON_TRACK', 'AT_RISK', 'BREACHED'];
  const STATUSES = ['NEW', 'WAITING_ON_CUSTOMER', 'RESOLVED', 'CLOSED'];
  const isRunning = { yes: true };
  let checks = 0;
  const checking = (async () => {
    while (isRunning.yes) {
      const client = await database.pool.connect();
      await client.query('begin isolation level repeatable read read only');
      expect((await client.query(COUNTED)).rows).toEqual((await client.query(LIVE)).rows);
      await client.query('commit');
      client.release();
      checks += 1;
    }
  })();
  let addedUp = 0;
  const adding = (async () => {
    while (isRunning.yes) addedUp += await addUpTicketCounts(database);
  })();
  await Promise.all(
    [1, 2, 3, 4].map(async (writer) => {
      for (let n = 0; n < 300; n++) {
        const any = (list: readonly string[]) => list[Math.floor(Math.random() * list.length)] ?? '';
        if (n % 3 === 0) await database.pool.query(INSERT, [n % 2 ? 'GOLD' : null, n % 2 ? writer : null, 5]);
        await database.pool.query(
          `update ticket set sla_state = $1::"SlaState", status = $2::"TicketStatus"
           where id in (select id from ticket order by id offset $3 limit 7 for update skip locked)`,
          [any(STATES), any(STATUSES), Math.floor(Math.random() * n)],
        );
        if (n % 50 === 49)
          await database.pool.query(
            'delete from ticket where id in (select id from ticket where status = $1::"TicketStatus" and id not in (select ticket_id from ticket_event) limit 3 for update skip locked)',
            ['CLOSED'],
          );
      }
    }),
  );
  isRunning.yes = false;
  await Promise.all([checking, adding]);
  expect((await database.pool.query(COUNTED)).rows).toEqual((await database.pool.query(LIVE)).rows);
  expect(checks).toBeGreaterThan(20);
  expect(addedUp).toBeGreaterThan(100);
});

test('counts of more keys than rows to spare rest, and are added up once there are more to spare', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const { database } = app.app.services;
  const fill = (from: number, to: number) =>
    database.pool.query(
      `insert into ticket_count (policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting, count)
       select 'bank-vip', id, n::text, null, 'ON_TRACK', false, 1 from (select id from branch limit 1) b, generate_series($1::int, $2::int) n`,
      [from, to],
    );
  await fill(1, 900);
  expect(await addUpTicketCounts(database)).toBe(0);
  await fill(1, 500);
  expect(await addUpTicketCounts(database)).toBe(0);
  await fill(1, 1);
  expect(await addUpTicketCounts(database)).toBe(501);
  expect(await addUpTicketCounts(database)).toBe(0);
});
