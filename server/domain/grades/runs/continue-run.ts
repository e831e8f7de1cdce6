import type { GradingRun } from '../../../../prisma/generated/client/client.ts';
import type { Job } from '../../../engine/services/job.ts';
import type { Services } from '../../../engine/services/services.ts';
import { dropLease, holdLease } from '../../../platform/storage/lease.ts';
import { isPassing } from '../../../platform/storage/outages/passing.ts';
import { newId } from '../../../platform/values/ids.ts';
import { ofBranches } from '../sql.ts';
import { BATCH, type Decided, decideBatch } from './decide-grade.ts';
import { completeRun } from './propose.ts';
import { storeBatch } from './write-batch.ts';

const leaseOf = (id: string) => `grading-run:${id}`;

/** Milliseconds between two looks for runs that nobody is at. */
const LOOK_MS = 10_000;

/** Runs whose node was killed or cut off are gone on with by whichever node looks first. */
export function abandonedRuns(): Job {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: 'grades.runs',
    async run(services, signal) {
      if (performance.now() - lookedAt < LOOK_MS) return;
      lookedAt = performance.now();
      const running = await services.database.prisma.gradingRun.findMany({
        where: { state: 'RUNNING' },
        select: { id: true },
        orderBy: { startedAt: 'asc' },
        take: 20,
      });
      for (const { id } of running) await goOn(services, id, signal);
    },
  };
}

/**
 * Goes on with a run until it is complete or stopped; at once back where another node is at it. What fails in passing leaves the
 * run to whoever looks next; what stays stops it, and it can be resumed.
 *
 * @param signal ends it at the next batch, for another node to go on
 */
export async function goOn(services: Services, id: string, signal?: AbortSignal): Promise<void> {
  const { database, log, changes } = services;
  const holder = newId();
  try {
    await continueRun(services, id, holder, signal);
  } catch (error) {
    log.error({ err: error, runId: id }, 'a grading run broke off');
    if (!isPassing(error))
      await database.prisma.gradingRun
        .updateMany({ where: { id, state: 'RUNNING' }, data: { state: 'STOPPED' } })
        .catch((failure: unknown) => log.error({ err: failure, runId: id }, 'a grading run could not be stopped'));
    changes.announce('GRADING_RUN', id);
  } finally {
    await dropLease(database.prisma, leaseOf(id), holder).catch(() => undefined);
  }
}

/** The run, while it runs and is the holder's. */
async function heldRun({ database: { prisma } }: Services, id: string, holder: string): Promise<GradingRun | null> {
  if (!(await holdLease(prisma, leaseOf(id), holder))) return null;
  return prisma.gradingRun.findUnique({ where: { id, state: 'RUNNING' } });
}

/**
 * Batches on from the last customer done. While a batch is written, the next one is read, decided and begun to be written; it takes
 * its place in the run after the one before.
 */
async function continueRun(services: Services, id: string, holder: string, signal?: AbortSignal): Promise<void> {
  const { policies, changes, clock } = services;
  let cursor: string | null | undefined;
  let ahead: Promise<Decided[]> | null = null;
  let before: Promise<void> = Promise.resolve();
  for (;;) {
    const run = signal?.aborted ? null : await heldRun(services, id, holder);
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
