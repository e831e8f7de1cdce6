import type { Pool, PoolClient } from 'pg';
import { numberWith } from '../../engine/alert-log/sequencer.ts';
import { ownedSequences } from '../../platform/storage/sequences.ts';
import { withConnection } from '../../platform/storage/session.ts';
import { newId } from '../../platform/values/ids.ts';
import { BackupError } from './errors.ts';

/**
 * Proves that a restored database takes work, not only that its rows are there: a ticket is opened and counted, a clock of it
 * fires, and its alert gets its place in the log. All of it is rolled back; what sequences gave stays given, so this is
 * for a copy.
 *
 * @throws {BackupError} the work failed, or its outcome is not the right one
 */
export async function proveRestored(pool: Pool): Promise<void> {
  await withConnection(pool, async (client) => {
    await client.query('begin');
    try {
      await everySequenceGoesOn(client);
      await openCountAndFire(client);
    } catch (error) {
      if (error instanceof BackupError) throw error;
      throw new BackupError(`What was restored does not take work: ${(error as Error).message}`, { cause: error });
    } finally {
      await client.query('rollback').catch(() => undefined);
    }
  });
}

async function everySequenceGoesOn(client: PoolClient): Promise<void> {
  for (const { sequence, table, column } of await ownedSequences(client)) {
    const { rows } = await client.query<{ next: string; isFree: boolean }>(
      `select next, not exists (select from "${table}" where "${column}" >= next) as "isFree" from nextval($1) as next`,
      [sequence],
    );
    if (!rows[0]?.isFree)
      throw new BackupError(`The next ${table}.${column} would be ${rows[0]?.next}, which is taken.`);
  }
}

async function openCountAndFire(client: PoolClient): Promise<void> {
  const [ticketId, clockId, alertId] = [newId(), newId(), newId()];
  const before = await openTickets(client);
  const ticket = { id: ticketId, status: 'NEW', external_number: null };
  // Nothing can be opened where nothing ever was: then the tables are empty, and their sequences were looked at.
  if (!(await copyRow(client, 'ticket', ticket))) return;
  const after = await openTickets(client);
  if (before.counted !== before.open || after.counted !== after.open || after.open !== before.open + 1)
    throw new BackupError(`Of ${after.open} open tickets ${after.counted} are counted.`);
  const clock = { id: clockId, ticket_id: ticketId, state: 'RUNNING', next_fire_at: '2000-01-01T00:00:00Z' };
  if (!(await copyRow(client, 'sla_clock', clock))) return;
  await client.query(
    `insert into alert (id, dedupe_key, kind, severity, raised_at, message, audience, policy_id, branch_id, customer_id,
       ticket_id, clock_id)
     select $2::uuid, $2::uuid::text, 'SLA_BREACHED', 'CRITICAL', now(), label, audience, policy_id, branch_id, customer_id, ticket_id, id
     from sla_clock where id = $1 and next_fire_at <= now() for update`,
    [clockId, alertId],
  );
  await client.query(
    `update sla_clock set state = 'BREACHED', breached_at = now(), fire_at = '{}', fire_percent = '{}', next_fire_at = null
     where id = $1`,
    [clockId],
  );
  while ((await numberWith(client, 500)) > 0);
  const { rows } = await client.query<{ isLast: boolean }>(
    `select a.pos = h.pos and not exists (select from alert where pos > h.pos) as "isLast"
     from alert a, alert_head h where a.id = $1 and h.id = 1`,
    [alertId],
  );
  if (!rows[0]?.isLast) throw new BackupError('An alert does not get its place at the end of the log.');
}

/**
 * Writes a row like one that is there; its numbers are given anew.
 *
 * @returns whether there was one
 */
async function copyRow(client: PoolClient, table: string, changes: object): Promise<boolean> {
  const given = (await ownedSequences(client)).filter((one) => one.table === table).map(({ column }) => column);
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(column_name) as name from information_schema.columns
     where table_schema = current_schema() and table_name = $1 and column_name <> all($2::text[])`,
    [table, given],
  );
  const columns = rows.map(({ name }) => name).join(', ');
  const { rowCount } = await client.query(
    `insert into "${table}" (${columns})
     select ${columns} from jsonb_populate_record(null::"${table}",
       (select to_jsonb(t) from "${table}" t limit 1) || $1::jsonb) as copy
     where exists (select from "${table}")`,
    [changes],
  );
  return rowCount === 1;
}

async function openTickets(client: PoolClient): Promise<{ open: number; counted: number }> {
  const { rows } = await client.query<{ open: number; counted: number }>(
    `select (select count(*)::int from ticket where status <> 'CLOSED') as open,
       (select coalesce(sum(count), 0)::int from ticket_count) as counted`,
  );
  return rows[0] ?? { open: 0, counted: 0 };
}
