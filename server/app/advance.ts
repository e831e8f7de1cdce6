import type { Job } from '../engine/services/job.ts';
import type { Services } from '../engine/services/services.ts';
import type { HeldClock } from '../platform/values/wall-clock.ts';
import { type Jobs, runJobs } from './jobs.ts';
import { firstOf } from './sql.ts';

/** What moving the clock brought about. */
interface Advanced {
  readonly now: Date;
  readonly alertsRaised: number;
  readonly tasksCreated: number;
}

/** Moves a held clock on, stopping at every instant at which something falls due, and runs it there. */
export async function advance(services: Services, jobs: Jobs, clock: HeldClock, to: Date): Promise<Advanced> {
  // In production others deliver, for a provider may be slow; on a held clock nobody else would.
  const sweeps = [...jobs.sweeps, ...jobs.deliveries];
  const before = await countOf(services);
  for (;;) {
    const [due, daily] = [await nextDue(sweeps, services, to), await nextDue(jobs.daily, services, to)];
    const next = Math.min(...[due, daily].flatMap((at) => (at ? [at.getTime()] : [])));
    if (next === Number.POSITIVE_INFINITY) break;
    if (next > clock.now().getTime()) clock.set(new Date(next));
    // Usually only the daily run is due, so the sweeps are skipped.
    if (due && due <= clock.now()) await runJobs(sweeps, services);
    if (daily && daily <= clock.now()) await runJobs(jobs.daily, services);
  }
  clock.set(to);
  await runJobs(sweeps, services);
  await runJobs(jobs.daily, services);
  await runJobs(jobs.beside, services);
  await services.alerts.numberAll();
  const after = await countOf(services);
  return { now: clock.now(), alertsRaised: after.alerts - before.alerts, tasksCreated: after.tasks - before.tasks };
}

async function countOf({ database: { prisma } }: Services): Promise<{ alerts: number; tasks: number }> {
  return { alerts: await prisma.alert.count(), tasks: await prisma.task.count() };
}

/** The next instant at which one of the jobs has something to do, up to and including `until`; null where none has. */
export async function nextDue(jobs: readonly Job[], services: Services, until: Date): Promise<Date | null> {
  const stored = jobs.flatMap(({ next }) => (next && 'sql' in next ? [next.sql(until)] : []));
  const dates: (Date | null)[] = [];
  if (stored.length > 0) {
    // One statement for all that is stored, for a month has thousands of instants.
    dates.push(await firstOf(services.database.prisma, stored));
  }
  for (const { next } of jobs) if (typeof next === 'function') dates.push(await next(services, until));
  const instants = dates.flatMap((at) => (at ? [at.getTime()] : []));
  return instants.length > 0 ? new Date(Math.min(...instants)) : null;
}
