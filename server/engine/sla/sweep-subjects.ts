import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import type { Services } from '../services/services.ts';
import { type Batch, type SweptBatch, sweepBatches } from '../services/sweep-batches.ts';
import { moveFiredSubjectClocks, takeDueSubjectClocks } from './sql.ts';
import { momentsUntil, subjectAlert } from './subject-clock.ts';

/** What becomes of a subject whose promise is broken, beside the alert. */
type OnBreach = (tx: Prisma.TransactionClient, subjectIds: string[], at: Date) => Promise<unknown>;

/** By the subject's type; in the transaction that fires. */
const ON_BREACH: Readonly<Record<string, OnBreach>> = {
  // Older than it may be, a dispute goes on to mediation by itself.
  Dispute: (tx, ids) =>
    tx.dispute.updateMany({ where: { id: { in: ids }, stage: 'OPEN' }, data: { stage: 'MEDIATION' } }),
};

/**
 * Fires what fell due of promises about other subjects than tickets, as the sweep of tickets' clocks does: any number of
 * nodes, each moment once, by the instant for which it was due.
 *
 * @returns how many alerts were raised
 */
export function sweepSubjectClocks(services: Services): Promise<number> {
  return sweepBatches(services, 'sla.subject-clocks', (batch) => sweepBatch(services, batch));
}

function sweepBatch({ database, clock }: Services, batch: Batch): Promise<SweptBatch> {
  return inTransaction(database, async (tx) => {
    const locked = await takeDueSubjectClocks(tx, clock, batch);
    batch.took(locked.map(({ id }) => id));
    const [first] = locked;
    if (!first) return { taken: 0, raised: 0 };
    const due = await tx.subjectClock.findMany({ where: { id: { in: locked.map(({ id }) => id) } } });
    const fired = due.flatMap((row) => momentsUntil(row, first.now).map((moment) => ({ row, ...moment })));
    fired.sort((a, b) => a.firedAt.getTime() - b.firedAt.getTime());
    const writes = new WriteSet().insert(
      'alert',
      ...fired.map(({ row, ...moment }) => subjectAlert(row, moment, first.now)),
    );
    await writes.execute(tx);
    await moveFiredSubjectClocks(
      tx,
      due.map(({ id }) => id),
      first.now,
    );
    const broken = fired.filter(({ percent }) => percent >= 100);
    for (const [type, act] of Object.entries(ON_BREACH)) {
      const ids = broken.flatMap(({ row }) => (row.subjectType === type ? [row.subjectId] : []));
      if (ids.length > 0) await act(tx, ids, first.now);
    }
    return { taken: due.length, raised: fired.length };
  });
}
