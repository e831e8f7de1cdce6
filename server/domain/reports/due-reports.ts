import type { ReportDeclaration } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Services } from '../../engine/services/services.ts';
import { monthOf, type Period, periodEndingAt } from '../../engine/sla/periods.ts';
import { subjectClockRow } from '../../engine/sla/subject-clock.ts';
import { dateIn, dueAtEndOf, endOfDayIn } from '../../platform/values/days.ts';
import { newId } from '../../platform/values/ids.ts';

/** A report that a place owes for a month. */
export interface OwedReport {
  readonly kind: string;
  readonly declaration: ReportDeclaration;
  readonly branchId: string;
  /** The month's first day, as midnight UTC. */
  readonly month: Date;
  /** 23:59:59 of the day by which it is due; null where it is due without being late. */
  readonly dueAt: Date | null;
}

/** The key of the clock that runs until a report is filed. */
export function reportKey(
  policyId: string,
  { branchId, kind, month }: Pick<OwedReport, 'branchId' | 'kind' | 'month'>,
): string {
  return `report:${policyId}:${branchId}:${kind}:${month.toISOString().slice(0, 7)}`;
}

/** When a month's report is due: the end of the declared day of the next month. */
export function reportDueAt({ dueDay }: ReportDeclaration, month: Date, zone: string): Date | null {
  if (dueDay === undefined) return null;
  return dueAtEndOf(new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, dueDay)), zone);
}

/**
 * What the places of a line owe for a month: head office for the line, or each branch of the line below it. Nobody owes
 * anything for a month that was over before the branch was there, but may file it.
 *
 * @param whether `FILED` asks for what may be filed, also of those months
 */
export async function owedReports(
  { database, actors }: Pick<Services, 'database' | 'actors'>,
  { declaration }: InstalledPolicy,
  month: Date,
  whether: 'OWED' | 'FILED' = 'OWED',
): Promise<OwedReport[]> {
  const { id, reports = {} } = declaration;
  const timeZone = zoneOf(declaration);
  const organisation = await actors.organisation();
  const office = organisation.officeOf(id);
  if (office === null) return [];
  const all = [...organisation.subtree(office)];
  const there = await database.prisma.branch.findMany({
    where: {
      id: { in: all },
      ...(whether === 'OWED' && { createdAt: { lt: endOfDayIn(monthOf(month).to, timeZone) } }),
    },
    select: { id: true },
    orderBy: { code: 'asc' },
  });
  const below = there.map((branch) => branch.id).filter((branchId) => branchId !== office);
  return Object.entries(reports).flatMap(([kind, report]) => {
    const places =
      report.per === 'LINE' || all.length === 1 ? there.filter((one) => one.id === office).map((one) => one.id) : below;
    const dueAt = reportDueAt(report, month, timeZone);
    return places.map((branchId) => ({ kind, declaration: report, branchId, month, dueAt }));
  });
}

/** Whether a month is over at an instant, so that its reports are due. */
export function isOver(month: Date, now: Date, zone: string): boolean {
  return monthOf(month).to < dateIn(now, zone);
}

/** Starts the clocks of the reports of a month that has ended, unless they were filed. */
export async function startReportClocks(services: Services, policy: InstalledPolicy, end: Date): Promise<void> {
  const { database, calendars } = services;
  const zone = zoneOf(policy.declaration);
  const month = periodEndingAt('MONTH', end, zone).from;
  const filed = await database.prisma.periodReport.findMany({
    where: { policyId: policy.declaration.id, month },
    select: { branchId: true, kind: true },
  });
  const owed = await owedReports(services, policy, month);
  const rows = owed
    .filter(({ dueAt }) => dueAt !== null)
    .filter(({ branchId, kind }) => !filed.some((one) => one.branchId === branchId && one.kind === kind))
    .map((one) => {
      const { label, dueDay = 1 } = one.declaration;
      const name = month.toISOString().slice(0, 7);
      return subjectClockRow(
        calendars,
        {
          key: reportKey(policy.declaration.id, one),
          subject: { type: 'PeriodReport', id: newId() },
          policyId: policy.declaration.id,
          branchId: one.branchId,
          alertKind: 'TASK_OVERDUE',
          label: { en: `${label.en}, ${name}`, zh: `${label.zh}（${name}）` },
          audience: ['SUPERVISOR', 'DIRECTOR'],
          policyVersion: policy.version,
          within: { target: { kind: 'END_OF_DAY', days: dueDay - 1, count: 'CALENDAR' } },
        },
        end,
      );
    });
  if (rows.length > 0) await database.prisma.subjectClock.createMany({ data: rows, skipDuplicates: true });
}

/** Months of one question about reports, at most. */
export const MAX_MONTHS = 24;

/** The first days of a period's months, the first first. */
export function monthsOf({ from, to }: Period): Date[] {
  const count = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth() + 1;
  return Array.from(
    { length: Math.min(count, MAX_MONTHS) },
    (_, index) => new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + index, 1)),
  );
}
