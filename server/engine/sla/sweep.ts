import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { nowSql } from '../../platform/storage/now.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import type { Role } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import { type SweptBatch, sweepBatches } from '../alert-log/batches.ts';
import type { Services } from '../services/services.ts';
import { fireAlert } from './fire.ts';

/** Clocks of one transaction. */
const BATCH = 500;

interface DueClock {
  id: string;
  ticket_id: string;
  customer_id: string;
  policy_id: string;
  branch_id: string;
  tier_rank: number | null;
  label: Text;
  audience: Role[];
  due_at: Date;
  fire_at: Date[];
  fire_percent: number[];
  serial: number;
  assignee_id: string | null;
}

/**
 * Fires what fell due: at-risk points and breaches, from what the promise stored. No policy is asked and no calendar is
 * read while rows are locked. Any number of nodes may sweep: each takes rows that nobody else holds. A late sweep fires
 * each moment by the instant for which it was due, in that order.
 *
 * @returns how many alerts were raised
 */
export function sweepClocks(services: Services): Promise<number> {
  return sweepBatches(services, BATCH, () => sweepBatch(services));
}

async function sweepBatch(services: Services): Promise<SweptBatch> {
  const { database, clock, changes } = services;
  const result = await inTransaction(database, async (tx) => {
    const now = nowSql(clock);
    const due = await tx.$queryRaw<(DueClock & { now: Date })[]>`
      with due as (
        select id from sla_clock where next_fire_at <= ${now} order by next_fire_at limit ${BATCH} for update skip locked
      )
      select c.id, c.ticket_id, c.customer_id, c.policy_id, c.branch_id, c.tier_rank, c.label, c.audience::text[] as audience,
        c.due_at, c.fire_at, c.fire_percent, t.serial, coalesce(t.assignee_id, t.owner_id) as assignee_id, ${now} as now
      from due join sla_clock c using (id) join ticket t on t.id = c.ticket_id`;
    if (due.length === 0) return { taken: 0, raised: 0, tickets: [] };
    const writes = new WriteSet();
    const fired = due.flatMap((row) => momentsOf(row).map((moment) => ({ row, ...moment })));
    fired.sort((a, b) => a.firedAt.getTime() - b.firedAt.getTime());
    for (const { row, firedAt, percent } of fired) {
      const customer = {
        id: row.customer_id,
        policyId: row.policy_id,
        branchId: row.branch_id,
        managerId: null,
        tierRank: row.tier_rank,
      };
      const about = {
        id: row.id,
        ticketId: row.ticket_id,
        serial: row.serial,
        label: row.label,
        audience: row.audience,
        dueAt: row.due_at,
        assigneeId: row.assignee_id,
      };
      writes.insert('alert', fireAlert(customer, about, { percent, firedAt, at: row.now }));
    }
    await writes.execute(tx);
    await markFired(tx, due);
    return { taken: due.length, raised: fired.length, tickets: [...new Set(due.map(({ ticket_id }) => ticket_id))] };
  });
  for (const ticketId of result.tickets) changes.announce('TICKET', ticketId);
  return result;
}

/** What of a clock is due by now. */
function momentsOf({ fire_at, fire_percent, now }: DueClock & { now: Date }): { firedAt: Date; percent: number }[] {
  return fire_at.flatMap((firedAt, index) =>
    firedAt <= now ? [{ firedAt, percent: fire_percent[index] ?? 100 }] : [],
  );
}

/** Moves the clocks on to what fires next, and their tickets' summary with them, as sets. */
async function markFired(tx: Prisma.TransactionClient, due: readonly (DueClock & { now: Date })[]): Promise<void> {
  const rows = due.map((row) => {
    const gone = momentsOf(row);
    return {
      id: row.id,
      gone: gone.length,
      breached: gone.some(({ percent }) => percent >= 100),
    };
  });
  await tx.$executeRaw`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(id uuid, gone int, breached boolean)
    ), moved as (
      update sla_clock c set
        fire_at = c.fire_at[g.gone + 1:],
        fire_percent = c.fire_percent[g.gone + 1:],
        next_fire_at = c.fire_at[g.gone + 1],
        at_risk = true,
        state = case when g.breached then 'BREACHED'::"ClockState" else c.state end,
        breached_at = case when g.breached then c.due_at else c.breached_at end
      from given g where c.id = g.id
      returning c.id, c.ticket_id, c.state
    ), worst as (
      select ticket_id, bool_or(state = 'BREACHED') as breached from moved group by ticket_id
    )
    update ticket t set sla_state = case when w.breached or t.sla_state = 'BREACHED' then 'BREACHED'::"SlaState" else 'AT_RISK'::"SlaState" end
    from worst w where t.id = w.ticket_id`;
}
