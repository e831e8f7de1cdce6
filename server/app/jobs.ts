import { sweepAcknowledgements } from '../domain/alerts/expire.ts';
import { sweepCare } from '../domain/care/schedule.ts';
import { sweepGrades } from '../domain/grades/due.ts';
import { deliverMessages } from '../domain/messages/deliver.ts';
import { nextPeriodEnd, sweepPeriods } from '../domain/reports/period-end.ts';
import { nextSampleTask, sweepSamples } from '../domain/reports/service-sample.ts';
import { sweepTasks } from '../domain/tasks/sweep.ts';
import { nextComplaintCheck, sweepComplaints } from '../domain/tickets/complaint-surge.ts';
import { addUpTicketCounts } from '../domain/tickets/counts.ts';
import { reactToDue } from '../domain/tickets/react-due.ts';
import { makeUpReactions } from '../domain/tickets/unsaid.ts';
import { sweepOldAlerts } from '../engine/alert-log/retention-job.ts';
import type { Services } from '../engine/services/services.ts';
import { sweepClocks } from '../engine/sla/sweep.ts';
import { sweepSubjectClocks } from '../engine/sla/sweep-subjects.ts';
import { sweepBackups } from './operations/overdue.ts';

/** Runs everything that is due by now. Returns how many alerts were raised. */
export async function sweepAll(services: Services): Promise<number> {
  let raised = 0;
  for (const sweep of [
    // Before the tasks, for what it makes is due at once.
    sweepSamples,
    sweepClocks,
    sweepSubjectClocks,
    sweepTasks,
    sweepAcknowledgements,
    sweepGrades,
    sweepComplaints,
    sweepPeriods,
    sweepBackups,
    sweepOldAlerts,
  ])
    raised += await sweep(services);
  await reactToDue(services);
  await makeUpReactions(services);
  await addUpTicketCounts(services.database);
  // In production others deliver, for a provider may be slow; on a held clock nobody else would.
  if (services.clock.held) await deliverMessages(services);
  return raised;
}

/** The next instant at which something falls due, up to and including `until`; null when nothing does. */
export async function nextDue(
  services: Pick<Services, 'database' | 'clock' | 'policies'>,
  until: Date,
): Promise<Date | null> {
  const [row] = await services.database.prisma.$queryRaw<{ at: Date | null }[]>`
    select least(
      (select min(next_fire_at) from sla_clock where next_fire_at <= ${until}),
      (select min(next_fire_at) from subject_clock where next_fire_at <= ${until}),
      (select min(next_fire_at) from task where next_fire_at <= ${until}),
      (select min(acknowledgement_expires_at) from alert where acknowledgement_expires_at <= ${until}),
      (select min(next_attempt_at) from message where next_attempt_at <= ${until}),
      (select min(since) from grade where scheduled and since <= ${until}),
      (select min(ends_at) from grade where ends_at <= ${until} and ends_at is not null and state <> 'ENDED')
    ) as at`;
  const others = [nextComplaintCheck, nextPeriodEnd, nextSampleTask];
  const dates = [row?.at, ...(await Promise.all(others.map(async (next) => next(services, until))))];
  const instants = dates.flatMap((at) => (at ? [at.getTime()] : []));
  return instants.length > 0 ? new Date(Math.min(...instants)) : null;
}

/** Runs what is due once a day. It may take long, and the sweeps of each second do not wait for it. */
export async function runDaily(services: Services, signal?: AbortSignal): Promise<void> {
  await sweepCare(services, signal);
}

type Work = (services: Services, signal?: AbortSignal) => Promise<unknown>;

export interface JobRunnerOptions {
  readonly everyMs?: number;
  /** Asked before each round; a round that may not be is left out. */
  readonly mayRun?: () => Promise<boolean>;
}

/** Runs what is due, again and again, until it is stopped; a failure is logged and tried again. */
export class JobRunner {
  readonly #services: Services;
  readonly #work: Work;
  readonly #everyMs: number;
  readonly #mayRun: () => Promise<boolean>;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #stop = new AbortController();

  constructor(
    services: Services,
    work: Work,
    { everyMs = 1000, mayRun = () => Promise.resolve(true) }: JobRunnerOptions = {},
  ) {
    this.#services = services;
    this.#work = work;
    this.#everyMs = everyMs;
    this.#mayRun = mayRun;
  }

  start(): void {
    if (this.#stop.signal.aborted || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#round()
        .catch((error: unknown) => this.#services.log.error({ err: error }, 'a sweep failed and is tried again'))
        .finally(() => this.start());
    }, this.#everyMs);
  }

  async #round(): Promise<void> {
    if (await this.#mayRun()) await this.#work(this.#services, this.#stop.signal);
  }

  /** Ends after the sweep that is under way; what takes long ends at its next batch. */
  async stop(): Promise<void> {
    this.#stop.abort();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }
}
