import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { MeasureAnswer } from '../../engine/policy/answers.ts';
import type { PeriodKind } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Job } from '../../engine/services/job.ts';
import type { Services } from '../../engine/services/services.ts';
import { lastEnd, nextEnd, type Period, periodBefore, periodEndingAt } from '../../engine/sla/periods.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import { startReportClocks } from './due-reports.ts';
import { figuresOf } from './scorecards/scorecard-figures.ts';
import { EVERYTHING } from './sql.ts';

// At the end of a calendar period each line's figures are judged against its targets; a missed one raises an alert, once. And
// the reports of a month that has ended are due. What has been done stands in `job_run`, written with the alerts, so that
// neither a restart nor a second node repeats it.

const JOB = 'targets';
const REPORTS = 'reports';

/** Periods that are made up for after a standstill, at most. */
const CATCH_UP = 12;

/** Milliseconds until it is tried again where it failed. */
const RETRY_MS = 60_000;

/** Judges the periods that have ended since the last look. */
export function periodEnds(): Job {
  /** When the next period ends, as far as this process has judged. */
  let known: { readonly next: number; readonly triedAt: number } | undefined;
  return {
    name: 'reports.period-end',
    next: nextPeriodEnd,
    async run(services) {
      const { clock } = services;
      const now = clock.now();
      if (known && (now.getTime() < known.next || performance.now() - known.triedAt < (clock.held ? 0 : RETRY_MS)))
        return;
      known = { next: known?.next ?? 0, triedAt: performance.now() };
      await judgePeriods(services, now);
      known = { next: nextOf(services, now) ?? Number.POSITIVE_INFINITY, triedAt: Number.NEGATIVE_INFINITY };
    },
  };
}

async function judgePeriods(services: Services, now: Date): Promise<void> {
  let raised = 0;
  for (const { policy, kind, job } of judged(services))
    for (const end of await endsOf(services, job, policy, kind, now))
      raised += job === REPORTS ? await askForReports(services, policy, end) : await judge(services, policy, kind, end);
  if (raised === 0) return;
  services.log.info({ raised }, 'targets were missed');
  services.alerts.wake();
}

/** The next end of a period, up to and including `until`; null when none ends until then. */
function nextPeriodEnd(services: Pick<Services, 'policies' | 'clock'>, until: Date): Date | null {
  const next = nextOf(services, services.clock.now());
  return next !== null && next <= until.getTime() ? new Date(next) : null;
}

function nextOf(services: Pick<Services, 'policies'>, now: Date): number | null {
  const ends = judged(services).map(({ policy, kind }) => nextEnd(kind, now, zoneOf(policy.declaration)).getTime());
  return ends.length === 0 ? null : Math.min(...ends);
}

interface Judged {
  readonly job: typeof JOB | typeof REPORTS;
  readonly policy: InstalledPolicy;
  readonly kind: PeriodKind;
}

function judged({ policies }: Pick<Services, 'policies'>): Judged[] {
  return policies
    .all()
    .filter(({ declaration, enabled }) => declaration.businessLine && enabled)
    .flatMap((policy): Judged[] => [
      ...(policy.declaration.performance?.periods ?? ['MONTH' as const]).map(
        (kind) => ({ job: JOB, policy, kind }) as const,
      ),
      ...(policy.declaration.reports ? [{ job: REPORTS, policy, kind: 'MONTH' } as const] : []),
    ]);
}

/** Starts the clocks of the reports of a month that has ended. They have keys, so that it may be done again. */
async function askForReports(services: Services, policy: InstalledPolicy, end: Date): Promise<0> {
  const { database, clock } = services;
  await startReportClocks(services, policy, end);
  await database.prisma.jobRun.createMany({
    data: { job: REPORTS, scope: scopeOf(policy, 'MONTH'), dueAt: end, finishedAt: clock.now() },
    skipDuplicates: true,
  });
  return 0;
}

function scopeOf({ declaration }: InstalledPolicy, kind: PeriodKind): string {
  return `${declaration.id}:${kind}`;
}

/** The ends by now that nobody has judged, ascending: since the last run, or the last one where there was none. */
async function endsOf(
  { database }: Services,
  job: string,
  policy: InstalledPolicy,
  kind: PeriodKind,
  now: Date,
): Promise<readonly Date[]> {
  const last = await database.prisma.jobRun.findFirst({
    where: { job, scope: scopeOf(policy, kind) },
    orderBy: { dueAt: 'desc' },
  });
  const ends = Array.from({ length: last ? CATCH_UP : 1 }, (_, back) =>
    lastEnd(kind, now, zoneOf(policy.declaration), back),
  );
  return ends.filter((end) => !last || end > last.dueAt).reverse();
}

async function judge(services: Services, policy: InstalledPolicy, kind: PeriodKind, end: Date): Promise<number> {
  const { database, actors, clock } = services;
  const policyId = policy.declaration.id;
  const branchId = (await actors.organisation()).officeOf(policyId);
  if (!branchId) return 0;
  const missed = await missedTargets(services, policy, periodEndingAt(kind, end, zoneOf(policy.declaration)));
  const writes = new WriteSet().insert('alert', ...missed.map((one) => missedAlert(one, { policyId, branchId, end })));
  return inTransaction(database, async (tx) => {
    const { count } = await tx.jobRun.createMany({
      data: { job: JOB, scope: scopeOf(policy, kind), dueAt: end, finishedAt: clock.now() },
      skipDuplicates: true,
    });
    if (count === 0) return 0;
    await writes.execute(tx);
    return missed.length;
  });
}

/** A target that was missed, with the first and last day of its period. */
type MissedTarget = MeasureAnswer[number] & { readonly from: string; readonly to: string };

async function missedTargets(
  { database, policies, log }: Services,
  policy: InstalledPolicy,
  period: Period,
): Promise<MissedTarget[]> {
  const policyId = policy.declaration.id;
  const figures = await figuresOf(database, policy, EVERYTHING, period);
  const before = await figuresOf(database, policy, EVERYTHING, periodBefore(period));
  const [from, to] = [dayOf(period.from), dayOf(period.to)];
  try {
    const { answer } = await policies.ask(policyId, 'measure', { period: { from, to }, figures, before });
    return answer.filter(({ met }) => met === false).map((target) => ({ ...target, from, to }));
  } catch (error) {
    // A policy that is out of order, or lacks a parameter, has no targets of this period; the log says so.
    log.warn({ err: error, policyId }, 'targets could not be judged');
    return [];
  }
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function missedAlert(
  { key, label, target, actual, unit, from, to }: MissedTarget,
  { policyId, branchId, end }: { readonly policyId: string; readonly branchId: string; readonly end: Date },
): Prisma.AlertUncheckedCreateInput {
  const sign = unit === 'percent' ? ' %' : ` ${unit}`;
  return {
    id: newId(),
    dedupeKey: `target:${policyId}:${from}:${to}:${key}`,
    kind: 'TARGET_MISSED',
    severity: 'WARNING',
    raisedAt: end,
    message: {
      en: `${label.en}, ${from} to ${to}: ${actual ?? '–'}${sign}, the target is ${target}${sign}.`,
      zh: `${label.zh}（${from} 至 ${to}）：${actual ?? '–'}${sign}，目标为 ${target}${sign}。`,
    },
    audience: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE'],
    policyId,
    branchId,
  };
}
