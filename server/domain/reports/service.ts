import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import { ownLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { monthOf, type Period } from '../../engine/sla/periods.ts';
import { endSubjectClocks } from '../../engine/sla/subject-clock.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { maySee } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { isUniqueViolation } from '../../platform/storage/unique.ts';
import { InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { fulfilDuties } from '../duties/fulfil.ts';
import { type ReportContent, reportContent } from './content.ts';
import { isOver, MAX_MONTHS, monthsOf, type OwedReport, owedReports, reportKey } from './due.ts';

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
  const { database, clock, actors } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'fileReport');
  const now = clock.now();
  if (input.summary.trim() === '') throw new InvalidInput([{ path: 'input.summary', message: 'is empty' }]);
  const { policy, owed } = await findOwed(services, actor, input);
  const policyId = policy.declaration.id;
  if (!isOver(owed.month, now, zoneOf(policy.declaration)))
    throw new InvalidInput([{ path: 'input.month', message: 'is not over' }]);
  const content = await reportContent(database, policy, owed);
  const missing = (owed.declaration.needs ?? []).filter((key) => content.figures[key] === undefined);
  if (missing.includes('SATISFACTION'))
    throw Refused.because('NO_SATISFACTION_DATA', 'Nobody was asked how satisfied they are; the report needs it.');
  if (missing.length > 0) throw Refused.because('FIGURES_MISSING', `The report needs ${missing.join(', ')}.`);
  const id = newId();
  const { kind, branchId, month, dueAt } = owed;
  const officeId = (await actors.organisation()).officeOf(policyId);
  try {
    await inTransaction(database, async (tx) => {
      await tx.periodReport.create({
        data: {
          id,
          policyId,
          branchId,
          kind,
          month,
          summary: input.summary.trim(),
          content: {
            ...content,
            figures: { ...content.figures },
            issues: content.issues.map((issue) => ({ ...issue })),
          },
          dueAt,
          late: dueAt !== null && now > dueAt,
          filedById: actor.id,
          filedAt: now,
        },
        select: { id: true },
      });
      const done = {
        branchId,
        officeId,
        day: month.toISOString().slice(0, 10),
        at: now,
        outcome: input.summary.trim(),
      };
      await fulfilDuties(tx, policy, { report: kind }, done);
      await endSubjectClocks(tx, [reportKey(policyId, owed)], 'FULFILLED', now);
      await writeAudit(tx, {
        at: now,
        actorId: actor.id,
        requestId,
        action: 'FILE_REPORT',
        subject: { type: 'PeriodReport', id },
        policyId,
        branchId,
        changes: [{ field: 'month', before: null, after: content.month }],
      });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw Refused.because('REPORT_FILED', 'This report was filed before.');
    throw error;
  }
  services.alerts.wake();
  return id;
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
    const report = filed.find(
      ({ branchId, kind, month }) =>
        branchId === one.branchId && kind === one.kind && month.getTime() === one.month.getTime(),
    );
    const isLate = one.dueAt !== null && now > one.dueAt;
    const status = report ? (report.late ? 'LATE' : 'FILED') : isLate ? 'MISSING' : 'DUE';
    return { ...one, policyId, status, reportId: report?.id ?? null };
  });
}

async function findOwed(
  services: Services,
  actor: Actor,
  { policyId, kind, month }: ReportOf,
): Promise<{ policy: InstalledPolicy; owed: OwedReport }> {
  const policy = ownLine(services, actor, policyId);
  if (!policy.declaration.reports?.[kind])
    throw new InvalidInput([{ path: 'input.kind', message: `is no report of ${policyId}` }]);
  const owed = await owedReports(services, policy, monthOf(month).from, 'FILED');
  const mine = owed.find((one) => one.kind === kind && one.branchId === actor.branchId);
  if (!mine) throw new NotFound('report of your branch');
  return { policy, owed: mine };
}
