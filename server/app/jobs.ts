import { sweepClimbs, sweepNewAlerts, sweepSnoozes } from '../domain/alerts/climb.ts';
import { sweepAcknowledgements } from '../domain/alerts/expire.ts';
import { careRuns } from '../domain/care/care-schedule.ts';
import { refreshSearch } from '../domain/customers/refresh-search.ts';
import { followShadows } from '../domain/decisions/follow-shadows.ts';
import { decisionRetention } from '../domain/decisions/retain.ts';
import { DecisionSample } from '../domain/decisions/sample.ts';
import { staleUploads } from '../domain/files/stale-uploads.ts';
import { sweepGrades } from '../domain/grades/due-grades.ts';
import { gradingRuns } from '../domain/grades/runs/continue-run.ts';
import { deliverMessages } from '../domain/messages/deliver.ts';
import { policyApplications } from '../domain/policies/continue-application.ts';
import { blockedPolicies } from '../domain/policies/health.ts';
import { periodEnds } from '../domain/reports/period-end.ts';
import { missingSamples } from '../domain/reports/service-sample.ts';
import { rotaGaps } from '../domain/rota/gaps.ts';
import { sweepTasks } from '../domain/tasks/sweep-tasks.ts';
import { complaintSurge } from '../domain/tickets/complaint-surge.ts';
import { addUpTicketCounts } from '../domain/tickets/counts.ts';
import { reactToDue } from '../domain/tickets/reactions/react-due.ts';
import { makeUpReactions } from '../domain/tickets/reactions/unsaid.ts';
import { alertRetention } from '../engine/alert-log/retention-job.ts';
import type { Job } from '../engine/services/job.ts';
import { abandoned } from '../engine/services/long-work.ts';
import type { Services } from '../engine/services/services.ts';
import { sweepClocks } from '../engine/sla/sweep-clocks.ts';
import { sweepSubjectClocks } from '../engine/sla/sweep-subjects.ts';
import { sweepBackups } from './operations/overdue.ts';
import * as due from './sql.ts';

/** What runs by itself, by how often. Each list is done from top to bottom, one job after the other. */
export interface Jobs {
  /** Every second. */
  readonly sweeps: readonly Job[];
  /** What may take long, so that the sweeps do not wait for it: once a day and line, and after an upgrade. */
  readonly daily: readonly Job[];
  /** What waits for others' systems, which may be slow. */
  readonly deliveries: readonly Job[];
  /** What nobody waits for. */
  readonly beside: readonly Job[];
}

/** The jobs of one app, with a memory of their own. */
export function createJobs(decisions: DecisionSample = new DecisionSample()): Jobs {
  return {
    sweeps: [
      // Before the tasks, for what it makes is due at once.
      missingSamples(),
      rotaGaps(),
      { name: 'sla.clocks', run: sweepClocks, next: { sql: due.nextClock } },
      { name: 'sla.subject-clocks', run: sweepSubjectClocks, next: { sql: due.nextSubjectClock } },
      { name: 'tasks.overdue', run: sweepTasks, next: { sql: due.nextTask } },
      { name: 'alerts.acknowledgements', run: sweepAcknowledgements, next: { sql: due.nextAcknowledgement } },
      { name: 'alerts.ladders', run: sweepNewAlerts, next: { sql: due.nextLadder } },
      { name: 'alerts.climbs', run: sweepClimbs, next: { sql: due.nextClimb } },
      { name: 'alerts.snoozes', run: sweepSnoozes, next: { sql: due.nextSnoozeEnd } },
      { name: 'grades.due', run: sweepGrades, next: { sql: due.nextGrade } },
      complaintSurge(),
      periodEnds(),
      { name: 'operations.backups', run: sweepBackups },
      blockedPolicies(),
      alertRetention(),
      { name: 'decisions.sample', run: ({ database }) => decisions.write(database) },
      decisionRetention(decisions.keepDays),
      staleUploads(),
      { name: 'tickets.reactions', run: reactToDue },
      { name: 'tickets.owed-reactions', run: makeUpReactions },
      { name: 'tickets.counts', run: ({ database }) => addUpTicketCounts(database) },
    ],
    daily: [
      abandoned(gradingRuns),
      abandoned(policyApplications),
      careRuns(),
      { name: 'customers.search', run: refreshSearch },
    ],
    deliveries: [{ name: 'messages.deliver', run: deliverMessages, next: { sql: due.nextMessage } }],
    beside: [followShadows()],
  };
}

/** Told of each run: the job, how long it took, and whether it did its work. */
export type OnRun = (job: string, ms: number, isDone: boolean) => void;

/**
 * Runs each job; one that fails stops no other.
 *
 * @throws what a job threw, with the job's name; an AggregateError where several did
 */
export async function runJobs(
  jobs: readonly Job[],
  services: Services,
  signal?: AbortSignal,
  onRun?: OnRun,
): Promise<void> {
  const failures: Error[] = [];
  for (const { name, run } of jobs) {
    const began = performance.now();
    try {
      await run(services, signal);
      onRun?.(name, performance.now() - began, true);
    } catch (cause) {
      onRun?.(name, performance.now() - began, false);
      failures.push(new Error(`${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }));
    }
  }
  const [first, ...others] = failures;
  if (others.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  if (first) throw first;
}

export interface JobRunnerOptions {
  readonly everyMs?: number;
  /** Asked before each round; a round that may not be is left out. */
  readonly mayRun?: () => Promise<boolean>;
  readonly onRun?: OnRun | undefined;
}

/** Runs what is due, again and again, until it is stopped; a failure is logged and tried again. */
export class JobRunner {
  readonly #services: Services;
  readonly #jobs: readonly Job[];
  readonly #everyMs: number;
  readonly #mayRun: () => Promise<boolean>;
  readonly #onRun: OnRun | undefined;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #stop = new AbortController();

  constructor(
    services: Services,
    jobs: readonly Job[],
    { everyMs = 1000, mayRun = () => Promise.resolve(true), onRun }: JobRunnerOptions = {},
  ) {
    this.#services = services;
    this.#jobs = jobs;
    this.#everyMs = everyMs;
    this.#mayRun = mayRun;
    this.#onRun = onRun;
  }

  start(): void {
    if (this.#stop.signal.aborted || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#round()
        .catch((error: unknown) => this.#services.log.error({ err: error }, 'a job failed and is tried again'))
        .finally(() => this.start());
    }, this.#everyMs);
  }

  async #round(): Promise<void> {
    if (await this.#mayRun()) await runJobs(this.#jobs, this.#services, this.#stop.signal, this.#onRun);
  }

  /** Ends after the job that is under way; what takes long ends at its next batch. */
  async stop(): Promise<void> {
    this.#stop.abort();
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }
}
