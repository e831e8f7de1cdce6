import { Decimal } from 'decimal.js';
import { requirePermission } from '../access/permissions.ts';
import { visibleSql } from '../access/scope.ts';
import type { Caller, Services } from '../context.ts';
import { businessLine } from '../customers/service.ts';
import { InvalidInput } from '../errors.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { groupBy } from '../group-by.ts';
import type { MeasureAnswer } from '../policy/answers.ts';

export interface Period {
  readonly from: Date;
  /** Inclusive. */
  readonly to: Date;
}

export interface StaffScore {
  readonly staffId: string;
  readonly handled: number;
  readonly resolved: number;
  /** Per cent of the handled, two places; null when nothing was handled. */
  readonly resolutionRate: string | null;
  /** Months in a row, up to the period's last, in which the resolution rate reached the policy's target. */
  readonly consecutiveMonthsOnTarget: number;
}

/** The targets that a policy sets, against the figures of a period, and what each person did in it. */
export async function scorecard(
  services: Services,
  { actor }: Caller,
  policyId: string,
  period: Period,
): Promise<{ targets: MeasureAnswer; staff: StaffScore[] }> {
  requirePermission(actor, 'readScorecard');
  const { declaration } = businessLine(services.policies.get(policyId), policyId);
  if (period.to < period.from) throw new InvalidInput([{ path: 'period.to', message: 'lies before period.from' }]);
  const scope = visibleSql(actor, 't');
  const days = Math.round((period.to.getTime() - period.from.getTime()) / 86_400_000) + 1;
  const previous = {
    from: new Date(period.from.getTime() - days * 86_400_000),
    to: new Date(period.from.getTime() - 86_400_000),
  };
  const zone = declaration.timeZone ?? 'Asia/Shanghai';
  const [figures, before, staff] = await Promise.all([
    figuresOf(services, declaration.id, scope, period, zone),
    figuresOf(services, declaration.id, scope, previous, zone),
    staffOf(services, declaration.id, scope, period, zone),
  ]);
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const { answer } = await services.policies.ask(declaration.id, 'measure', {
    period: { from: day(period.from), to: day(period.to) },
    figures,
    before,
  });
  return { targets: answer, staff };
}

/** The half-open instants of a period's days in a zone, as SQL bounds of a column. */
function within(column: Prisma.Sql, { from, to }: Period, zone: string): Prisma.Sql {
  const bound = (date: Date, days: number) =>
    Prisma.sql`((${date.toISOString().slice(0, 10)}::date + ${days}::int)::timestamp at time zone ${zone})`;
  return Prisma.sql`${column} >= ${bound(from, 0)} and ${column} < ${bound(to, 1)}`;
}

interface FigureRow {
  responses: number;
  satisfied: number;
  opened: number;
  complaints: number;
  resolved: number;
  customers: number;
  lost: number;
  top_customers: number;
  top_lost: number;
}

/** What is counted of a period: satisfaction (4 or 5 of 5 over all answers), complaints, resolution, churn. */
async function figuresOf(
  services: Services,
  policyId: string,
  scope: Prisma.Sql,
  period: Period,
  zone: string,
): Promise<Record<string, string>> {
  const start = Prisma.sql`(${period.from.toISOString().slice(0, 10)}::date::timestamp at time zone ${zone})`;
  const [row] = await services.database.prisma.$queryRaw<FigureRow[]>`
    select
      (select count(*)::int from survey_response t where ${scope} and t.policy_id = ${policyId} and ${within(Prisma.sql`t.submitted_at`, period, zone)}) as responses,
      (select count(*)::int from survey_response t where ${scope} and t.policy_id = ${policyId} and t.score >= 4 and ${within(Prisma.sql`t.submitted_at`, period, zone)}) as satisfied,
      (select count(*)::int from ticket t where ${scope} and t.policy_id = ${policyId} and ${within(Prisma.sql`t.opened_at`, period, zone)}) as opened,
      (select count(*)::int from ticket t where ${scope} and t.policy_id = ${policyId} and t.type = 'COMPLAINT' and ${within(Prisma.sql`t.opened_at`, period, zone)}) as complaints,
      (select count(*)::int from ticket t where ${scope} and t.policy_id = ${policyId} and t.resolved_at is not null and ${within(Prisma.sql`t.opened_at`, period, zone)}) as resolved,
      (select count(*)::int from customer t where ${scope} and t.policy_id = ${policyId} and t.created_at < ${start} and (t.departed_at is null or t.departed_at >= ${start}) and t.tier_rank is not null) as customers,
      (select count(*)::int from customer t where ${scope} and t.policy_id = ${policyId} and t.tier_rank is not null and t.created_at < ${start} and ${within(Prisma.sql`t.departed_at`, period, zone)}) as lost,
      (select count(*)::int from customer t where ${scope} and t.policy_id = ${policyId} and t.created_at < ${start} and (t.departed_at is null or t.departed_at >= ${start}) and t.tier_rank >= 2) as top_customers,
      (select count(*)::int from customer t where ${scope} and t.policy_id = ${policyId} and t.tier_rank >= 2 and t.created_at < ${start} and ${within(Prisma.sql`t.departed_at`, period, zone)}) as top_lost`;
  if (!row) return {};
  const rates: Record<string, [number, number]> = {
    SATISFACTION: [row.satisfied, row.responses],
    COMPLAINT_RATE: [row.complaints, row.opened],
    RESOLUTION_RATE: [row.resolved, row.opened],
    CHURN: [row.lost, row.customers],
    CHURN_TOP_TIERS: [row.top_lost, row.top_customers],
  };
  const figures = Object.entries(rates).flatMap(([key, [part, whole]]) =>
    whole === 0 ? [] : [[key, percent(part, whole)] as const],
  );
  return Object.fromEntries([...figures, ['COMPLAINTS', String(row.complaints)], ['TICKETS', String(row.opened)]]);
}

function percent(part: number, whole: number): string {
  return new Decimal(part).times(100).div(whole).toDecimalPlaces(4).toFixed();
}

/** The resolution rate that a month has to reach to count for the bonus (S01-bank-relationship-dept names none: ours). */
const MONTHLY_TARGET = 90;

async function staffOf(
  services: Services,
  policyId: string,
  scope: Prisma.Sql,
  period: Period,
  zone: string,
): Promise<StaffScore[]> {
  const months = await services.database.prisma.$queryRaw<
    { staff_id: string; month: string; handled: number; resolved: number; in_period: boolean }[]
  >`
    select t.assignee_id as staff_id, to_char(t.opened_at at time zone ${zone}, 'YYYY-MM') as month,
      count(*)::int as handled, count(t.resolved_at)::int as resolved,
      (${within(Prisma.sql`t.opened_at`, period, zone)}) as in_period
    from ticket t
    where ${scope} and t.policy_id = ${policyId} and t.assignee_id is not null
      and t.opened_at >= (((${period.to.toISOString().slice(0, 10)}::date - interval '13 months')) at time zone ${zone})
      and ${within(Prisma.sql`t.opened_at`, { from: new Date(period.to.getTime() - 400 * 86_400_000), to: period.to }, zone)}
    group by 1, 2, 5 order by 1, 2`;
  const people = groupBy(months, ({ staff_id }) => staff_id);
  return [...people]
    .map(([staffId, rows]) => {
      const inPeriod = rows.filter(({ in_period }) => in_period);
      const sum = (list: typeof rows, field: 'handled' | 'resolved') =>
        list.reduce((total, row) => total + row[field], 0);
      const [handled, resolved] = [sum(inPeriod, 'handled'), sum(inPeriod, 'resolved')];
      const resolutionRate =
        handled === 0 ? null : new Decimal(resolved).times(100).div(handled).toDecimalPlaces(2).toFixed();
      return { staffId, handled, resolved, resolutionRate, consecutiveMonthsOnTarget: streak(rows, period.to) };
    })
    .filter(({ handled }) => handled > 0)
    .slice(0, 100);
}

function streak(rows: readonly { month: string; handled: number; resolved: number }[], until: Date): number {
  const byMonth = groupBy(rows, ({ month }) => month);
  let count = 0;
  for (
    const date = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth(), 1));
    ;
    date.setUTCMonth(date.getUTCMonth() - 1)
  ) {
    const month = byMonth.get(date.toISOString().slice(0, 7)) ?? [];
    const handled = month.reduce((sum, row) => sum + row.handled, 0);
    const resolved = month.reduce((sum, row) => sum + row.resolved, 0);
    if (handled === 0 || (resolved / handled) * 100 < MONTHLY_TARGET) return count;
    count += 1;
  }
}
