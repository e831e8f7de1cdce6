import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { ownLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { monthOf, type Period } from '../../engine/sla/periods.ts';
import { endSubjectClocks } from '../../engine/sla/subject-clock.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { maySee } from '../../platform/access/scope.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { isLate } from '../../platform/values/late.ts';
import { own } from '../../platform/values/own.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { fulfilDuties } from '../duties/fulfil.ts';
import { type ReportContent, reportContent } from './content.ts';
import { isOver, MAX_MONTHS, monthsOf, type OwedReport, owedReports, reportKey } from './due-reports.ts';

export interface ReportOf {
  readonly policyId: string;
  readonly kind: string;
  /** Any day of the month. */
  readonly month: Date;
}

/**
 * Files a month's report of the actor's place: head office for the line, else the actor's branch. Returns its id.
 *
 * @throws {InvalidInput} no such report here, or the month is not over
 * @throws {Refused} NO_SATISFACTION_DATA: it lacks figures that it needs; REPORT_FILED
 */
export async function fileReport(
  services: Services,
  caller: Caller,
  input: ReportOf & { readonly summary: string },
): Promise<string> {
  const act = Act.begin(services, caller, 'fileReport');
  const summary = input.summary.trim();
  if (summary === '') throw new InvalidInput([{ path: 'input.summary', message: 'is empty' }]);
  const { policy, owed } = await findOwed(services, act.actor, input);
  const policyId = policy.declaration.id;
  if (!isOver(owed.month, act.now, zoneOf(policy.declaration)))
    throw new InvalidInput([{ path: 'input.month', message: 'is not over' }]);
  const content = await reportContent(services.database, policy, owed);
  checkFigures(owed, content);
  const officeId = (await services.actors.organisation()).officeOf(policyId);
  const { branchId, kind } = owed;
  const report = reportRow(act, policyId, owed, content, summary);
  const done = { branchId, officeId, day: owed.month.toISOString().slice(0, 10), at: act.now, outcome: summary };
  await onlyOnce(
    act.commit({
      audit: act.audit(
        'FILE_REPORT',
        { type: 'PeriodReport', id: report.id, policyId, branchId },
        { changes: [{ field: 'month', before: null, after: content.month }] },
      ),
      alerts: true,
      async change(tx) {
        await tx.periodReport.create({ data: report, select: { id: true } });
        await fulfilDuties(tx, policy, { report: kind }, done);
        await endSubjectClocks(tx, [reportKey(policyId, owed)], 'FULFILLED', act.now);
      },
    }),
  );
  return report.id;
}

/** @throws {Refused} the report lacks figures that its declaration needs */
function checkFigures({ declaration }: OwedReport, { figures }: ReportContent): void {
  const missing = (declaration.needs ?? []).filter((key) => figures[key] === undefined);
  if (missing.includes('SATISFACTION')) throw refuse('NO_SATISFACTION_DATA');
  if (missing.length > 0) throw refuse('FIGURES_MISSING', { figures: missing.join(', ') });
}

function reportRow(
  { actor, now }: Act,
  policyId: string,
  { kind, branchId, month, dueAt }: OwedReport,
  content: ReportContent,
  summary: string,
) {
  return {
    id: newId(),
    policyId,
    branchId,
    kind,
    month,
    summary,
    content: jsonOf(content),
    dueAt,
    late: dueAt !== null && isLate(dueAt, now),
    filedById: actor.id,
    filedAt: now,
  };
}

/** @throws {Refused} REPORT_FILED */
async function onlyOnce(filing: Promise<void>): Promise<void> {
  try {
    await filing;
  } catch (error) {
    throw isUniqueViolation(error) ? refuse('REPORT_FILED') : error;
  }
}

/** What a month's report of the actor's place would say now. Writes nothing. */
export async function draftReport(services: Services, { actor }: Caller, of: ReportOf): Promise<ReportContent> {
  requirePermission(actor, 'fileReport');
  const { policy, owed } = await findOwed(services, actor, of);
  return reportContent(services.database, policy, owed);
}

/** A report that is owed, and how it stands: DUE until it is late, then MISSING; FILED or LATE once it is there. */
export interface ReportStanding extends OwedReport {
  readonly policyId: string;
  readonly status: 'DUE' | 'MISSING' | 'FILED' | 'LATE';
  readonly reportId: string | null;
}

/** The reports of the months of a period that are over, of the places that the actor sees, and how each stands. */
export async function reportStandings(
  services: Services,
  { actor }: Caller,
  policyId: string,
  period: Period,
): Promise<ReportStanding[]> {
  const { database, clock } = services;
  requirePermission(actor, 'readScorecard');
  const policy = ownLine(services, actor, policyId);
  if (period.to < period.from) throw new InvalidInput([{ path: 'period.to', message: 'lies before period.from' }]);
  const months = monthsOf(period);
  if (months.at(-1)?.getTime() !== monthOf(period.to).from.getTime())
    throw new InvalidInput([{ path: 'period', message: `has more than ${MAX_MONTHS} months` }]);
  const now = clock.now();
  const over = months.filter((month) => isOver(month, now, zoneOf(policy.declaration)));
  const owed = (await Promise.all(over.map((month) => owedReports(services, policy, month))))
    .flat()
    .filter(({ branchId }) => maySee(actor, { policyId, branchId }));
  const filed = await database.prisma.periodReport.findMany({ where: { policyId, month: { in: months } } });
  return owed.map((one) => {
    const report = filed.find((other) => isSameReport(one, other));
    return { ...one, policyId, status: statusOf(one, report, now), reportId: report?.id ?? null };
  });
}

type ReportKey = Pick<OwedReport, 'branchId' | 'kind' | 'month'>;

function isSameReport(one: ReportKey, other: ReportKey): boolean {
  return one.branchId === other.branchId && one.kind === other.kind && one.month.getTime() === other.month.getTime();
}

function statusOf(
  { dueAt }: OwedReport,
  report: { readonly late: boolean } | undefined,
  now: Date,
): ReportStanding['status'] {
  if (report) return report.late ? 'LATE' : 'FILED';
  return dueAt !== null && isLate(dueAt, now) ? 'MISSING' : 'DUE';
}

async function findOwed(
  services: Services,
  actor: Actor,
  { policyId, kind, month }: ReportOf,
): Promise<{ policy: InstalledPolicy; owed: OwedReport }> {
  const policy = ownLine(services, actor, policyId);
  if (!own(policy.declaration.reports, kind))
    throw new InvalidInput([{ path: 'input.kind', message: `is no report of ${policyId}` }]);
  const owed = await owedReports(services, policy, monthOf(month).from, 'FILED');
  const mine = owed.find((one) => one.kind === kind && one.branchId === actor.branchId);
  if (!mine) throw new NotFound('report of your branch');
  return { policy, owed: mine };
}
