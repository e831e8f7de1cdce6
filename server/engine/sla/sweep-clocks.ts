import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import type { Services } from '../services/services.ts';
import { type Batch, type SweptBatch, sweepBatches } from '../services/sweep-batches.ts';
import { fireAlert } from './fire.ts';
import { type DueClock, type FiredClock, moveFiredClocks, takeDueClocks } from './sql.ts';

/**
 * Fires what fell due: at-risk points and breaches, from what the promise stored. No policy is asked and no calendar is
 * read while rows are locked. Any number of nodes may sweep: each takes rows that nobody else holds. A late sweep fires
 * each moment by the instant for which it was due, in that order.
 *
 * @returns how many alerts were raised
 */
export function sweepClocks(services: Services): Promise<number> {
  return sweepBatches(services, 'sla.clocks', (batch) => sweepBatch(services, batch));
}

async function sweepBatch(services: Services, batch: Batch): Promise<SweptBatch> {
  const { database, clock, changes } = services;
  const result = await inTransaction(database, async (tx) => {
    const due = await takeDueClocks(tx, clock, batch);
    batch.took(due.map(({ id }) => id));
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
        metric: row.metric,
        label: row.label,
        audience: row.audience,
        dueAt: row.due_at,
        timeZone: row.time_zone,
        beyondHorizon: row.beyond_horizon,
        level: row.level,
        status: row.status,
        assigneeId: row.assignee_id,
      };
      writes.insert('alert', fireAlert(customer, about, { percent, firedAt, at: row.now }));
    }
    await writes.execute(tx);
    await moveFiredClocks(tx, due.map(firedOf));
    return { taken: due.length, raised: fired.length, tickets: [...new Set(due.map(({ ticket_id }) => ticket_id))] };
  });
  for (const ticketId of result.tickets) changes.announce('TICKET', ticketId);
  return result;
}

/** What of a clock is due by now. */
function momentsOf({ fire_at, fire_percent, now }: DueClock): { firedAt: Date; percent: number }[] {
  return fire_at.flatMap((firedAt, index) =>
    firedAt <= now ? [{ firedAt, percent: fire_percent[index] ?? 100 }] : [],
  );
}

/** What of the clock was fired now. */
function firedOf(row: DueClock): FiredClock {
  const gone = momentsOf(row);
  return { id: row.id, gone: gone.length, breached: gone.some(({ percent }) => percent >= 100) };
}
