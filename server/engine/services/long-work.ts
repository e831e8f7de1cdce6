import { dropLease, holdLease, LEASE_SECONDS } from '../../platform/storage/lease.ts';
import { isPassing } from '../../platform/storage/outages/passing.ts';
import { isRehearsing } from '../../platform/storage/rehearsal/rehearsal-scope.ts';
import { newId } from '../../platform/values/ids.ts';
import type { Job } from './job.ts';
import type { Services } from './services.ts';

/**
 * Work of many batches, each written with its place in the work. One process is at it at a time, and says so before each batch; when
 * it says so no more, killed or cut off, any other one goes on where it stands.
 */
export interface LongWork {
  /** As its job, its leases and the log name it: the slice and what it does. */
  readonly name: string;
  /** Ids of what is under way, the oldest first. */
  underWay(services: Services): Promise<readonly string[]>;
  /**
   * Does what is left.
   *
   * @param hold says that this process is at it; false where another one is, or where this one is to stop
   */
  rest(services: Services, id: string, hold: () => Promise<boolean>): Promise<void>;
  /** Ends what cannot be gone on with. */
  fail(services: Services, id: string): Promise<void>;
}

/** Milliseconds between two looks for work that nobody is at. */
const LOOK_MS = 10_000;

/** Milliseconds between two tries to be at work that somebody has just been stopped at. */
const TURN_MS = 200;

/**
 * Goes on with a piece of work until it is done; at once back where another process is at it. What fails in passing is left to whoever
 * looks next. Never rejects, so that it can be begun beside an answer.
 *
 * @param signal ends it at the next batch, for another node to go on
 * @param waits for whoever is at it to end their batch, as where work that was stopped is gone on with at once
 */
export async function goOn(
  services: Services,
  work: LongWork,
  id: string,
  { signal, waits = false }: { readonly signal?: AbortSignal | undefined; readonly waits?: boolean } = {},
): Promise<void> {
  if (isRehearsing()) return;
  const { log, database } = services;
  const { prisma } = database;
  const [lease, holder] = [`${work.name}:${id}`, newId()];
  const hold = async () => !signal?.aborted && holdLease(prisma, lease, holder);
  try {
    const until = performance.now() + (waits ? LEASE_SECONDS * 1000 : 0);
    while (!(await hold()) && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    await work.rest(services, id, hold);
  } catch (error) {
    log.error({ err: error, work: work.name, id }, 'long work broke off');
    // Where the lease ran out meanwhile, another process is at it, and the failure was to come second.
    if (!isPassing(error) && (await holdLease(prisma, lease, holder).catch(() => false)))
      await work
        .fail(services, id)
        .catch((failure: unknown) => log.error({ err: failure, id }, 'it could not be ended'));
  } finally {
    await dropLease(prisma, lease, holder).catch(() => undefined);
  }
}

/** Looks for work whose process was lost. */
export function abandoned(work: LongWork): Job {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    name: work.name,
    async run(services, signal) {
      if (performance.now() - lookedAt < LOOK_MS) return;
      lookedAt = performance.now();
      for (const id of await work.underWay(services)) await goOn(services, work, id, { signal });
    },
  };
}
