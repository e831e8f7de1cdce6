import type { LongWork } from '../../../engine/services/long-work.ts';
import type { Services } from '../../../engine/services/services.ts';
import { ofBranches } from '../sql.ts';
import { BATCH, type Decided, decideBatch } from './decide-grade.ts';
import { completeRun } from './propose.ts';
import { storeBatch } from './write-batch.ts';

/** A grading run: its state is the command's, who is at it is the lease's. */
export const gradingRuns: LongWork = {
  name: 'grades.runs',
  async underWay({ database }) {
    const running = await database.prisma.gradingRun.findMany({
      where: { state: 'RUNNING' },
      select: { id: true },
      orderBy: { startedAt: 'asc' },
      take: 20,
    });
    return running.map(({ id }) => id);
  },
  rest: continueRun,
  /** It can be resumed. */
  async fail({ database, changes }, id) {
    await database.prisma.gradingRun.updateMany({ where: { id, state: 'RUNNING' }, data: { state: 'STOPPED' } });
    changes.announce('GRADING_RUN', id);
  },
};

/**
 * Batches on from the last customer done. While a batch is written, the next one is read, decided and begun to be written; it takes
 * its place in the run after the one before.
 */
async function continueRun(services: Services, id: string, hold: () => Promise<boolean>): Promise<void> {
  const { policies, changes, clock, database } = services;
  let cursor: string | null | undefined;
  let ahead: Promise<Decided[]> | null = null;
  let before: Promise<void> = Promise.resolve();
  for (;;) {
    const run = (await hold())
      ? await database.prisma.gradingRun.findUnique({ where: { id, state: 'RUNNING' } })
      : null;
    if (!run) return before;
    cursor ??= run.cursor;
    const policy = policies.get(run.policyId);
    if (!policy) throw new Error(`the policy ${run.policyId} is not installed`);
    const now = clock.now();
    const request = { policy, schemeId: run.schemeId, scope: ofBranches(run.branchIds), now };
    const decided: Decided[] = await (ahead ?? decideBatch(services, request, cursor));
    const last: string | null = decided.at(-1)?.customer.id ?? cursor;
    ahead = decided.length < BATCH ? null : decideBatch(services, request, last);
    const writing = storeBatch(services, { ...run, cursor }, policy, decided, request, before).then(() => {
      changes.announce('GRADING_RUN', id);
      services.alerts.wake();
    });
    // A failure is thrown when the loop awaits it; until then it must not count as unhandled.
    ahead?.catch(() => undefined);
    writing.catch(() => undefined);
    await before;
    if (!ahead) {
      await writing;
      await completeRun(services, id);
      changes.announce('GRADING_RUN', id);
      services.alerts.wake();
      return;
    }
    before = writing;
    cursor = last;
  }
}
