import { Decimal } from 'decimal.js';
import { Prisma } from '../../../../prisma/generated/client/client.ts';
import type { InstalledPolicy } from '../../../engine/policy/policies.ts';
import { zoneOf } from '../../../engine/policy/zone.ts';
import { type Period, yearToDate } from '../../../engine/sla/periods.ts';
import type { Database } from '../../../platform/storage/database.ts';
import type { Figure } from '../../../platform/values/enums.ts';
import { lateFromSql } from '../../tasks/sql.ts';

/** The days of a period as half-open instants of a column, in a zone. */
export function within(column: Prisma.Sql, period: Period, zone: string): Prisma.Sql {
  return Prisma.sql`${column} >= ${startOf(period, zone)} and ${column} < ${endOf(period, zone)}`;
}

/** The first instant of a period. */
function startOf({ from }: Period, zone: string): Prisma.Sql {
  return Prisma.sql`(${from.toISOString().slice(0, 10)}::date::timestamp at time zone ${zone})`;
}

/** The first instant after a period. */
export function endOf({ to }: Period, zone: string): Prisma.Sql {
  return Prisma.sql`((${to.toISOString().slice(0, 10)}::date + 1)::timestamp at time zone ${zone})`;
}

interface FigureRow {
  responses: number;
  satisfied: number;
  opened: number;
  complaints: number;
  resolved: number;
  vips: number;
  lost: number;
  top_vips: number;
  top_lost: number;
  reports_missed: number;
  tasks_missed: number;
  held: number;
  planned: number;
}

/**
 * What is counted of a period, by key; a rate of nothing is absent. Rates are per cent.
 *
 * SATISFACTION: answers of 4 or 5 of 5 over all answers. COMPLAINT_RATE: complaints over all tickets. RESOLUTION_RATE: tickets
 * of the period that were resolved before it ended. CHURN: of the customers who held a tier when the year began, those who
 * left from then to the period's end (S03-telecom-vip-work: cumulative, of the year); their tier is the one of that day,
 * whatever became of it. CHURN_TOP_TIERS: the same of the tiers that the policy declares as the top ones. REPORTS_MISSED and
 * TASKS_MISSED: what fell due in the period and was not there in time. PLANS_MISSING: customers who hold a tier and have no
 * approved plan that reaches into the period.
 *
 * @param scope the rows that count, as a condition on a table aliased `t` with `policy_id` and `branch_id`
 */
export async function figuresOf(
  { prisma }: Pick<Database, 'prisma'>,
  policy: InstalledPolicy,
  scope: Prisma.Sql,
  period: Period,
): Promise<Record<string, string>> {
  const zone = zoneOf(policy.declaration);
  const policyId = policy.declaration.id;
  const mine = Prisma.sql`${scope} and t.policy_id = ${policyId}`;
  const submitted = within(Prisma.sql`t.submitted_at`, period, zone);
  const opened = within(Prisma.sql`t.opened_at`, period, zone);
  const year = yearToDate(period);
  const january = startOf(year, zone);
  const top = topTiers(policy);
  const [row] = await prisma.$queryRaw<FigureRow[]>`
    with answered as (
      select count(*)::int as responses, count(*) filter (where t.score >= 4)::int as satisfied
      from survey_response t where ${mine} and ${submitted}
    ), worked as (
      select count(*)::int as opened, count(*) filter (where t.type = 'COMPLAINT')::int as complaints,
        count(*) filter (where t.resolved_at < ${endOf(period, zone)})::int as resolved
      from ticket t where ${mine} and ${opened}
    ), base as (
      select t.id, bool_or(${top}) as top, t.departed_at < ${endOf(year, zone)} as lost
      from customer t join grade g on g.customer_id = t.id
      where ${mine} and (t.departed_at is null or t.departed_at >= ${january})
        and g.since <= ${january} and (g.ended_at is null or g.ended_at > ${january})
      group by t.id
    ), churned as (
      select count(*)::int as vips, count(*) filter (where lost)::int as lost,
        count(*) filter (where top)::int as top_vips, count(*) filter (where top and lost)::int as top_lost
      from base
    ), owed as (
      select count(*)::int as reports_missed from subject_clock t
      where ${mine} and t.subject_type = 'PeriodReport' and t.state = 'BREACHED' and ${within(Prisma.sql`t.due_at`, period, zone)}
    ), late as (
      select count(*)::int as tasks_missed from task t
      where ${mine} and ${within(Prisma.sql`t.due_at`, period, zone)}
        and (t.status = 'OVERDUE' or (t.status = 'DONE' and t.completed_at > t.due_at and t.completed_at >= ${lateFromSql(Prisma.sql`t.due_at`)}))
    ), cared as (
      select count(*)::int as held, count(*) filter (where exists (
          select 1 from maintenance_plan p where p.customer_id = t.id and p.status in ('APPROVED', 'IN_PROGRESS', 'COMPLETED')
            and p.starts_on <= ${period.to.toISOString().slice(0, 10)}::date and p.ends_on >= ${period.from.toISOString().slice(0, 10)}::date
        ))::int as planned
      from customer t
      where ${mine} and t.tier_rank is not null and t.departed_at is null
    )
    select * from answered, worked, churned, owed, late, cared`;
  if (!row) return {};
  const rates = {
    SATISFACTION: [row.satisfied, row.responses],
    COMPLAINT_RATE: [row.complaints, row.opened],
    RESOLUTION_RATE: [row.resolved, row.opened],
    CHURN: [row.lost, row.vips],
    CHURN_TOP_TIERS: [row.top_lost, row.top_vips],
  } satisfies Partial<Record<Figure, readonly [number, number]>>;
  const figures = Object.entries(rates).flatMap(([key, [part, whole]]) =>
    whole === 0 ? [] : [[key, percent(part, whole)] as const],
  );
  const counts: Readonly<Record<Exclude<Figure, keyof typeof rates>, number>> = {
    COMPLAINTS: row.complaints,
    TICKETS: row.opened,
    REPORTS_MISSED: row.reports_missed,
    TASKS_MISSED: row.tasks_missed,
    PLANS_MISSING: row.held - row.planned,
  };
  return Object.fromEntries([
    ...figures,
    ...Object.entries(counts).map(([key, count]) => [key, String(count)] as const),
  ]);
}

/** Whether a row of `grade g` is of one of the policy's top tiers. */
function topTiers({ declaration }: InstalledPolicy): Prisma.Sql {
  const schemes = Object.entries(declaration.performance?.topTiers ?? {});
  if (schemes.length === 0) return Prisma.sql`false`;
  const conditions = schemes.map(
    ([scheme, tiers]) => Prisma.sql`(g.scheme_id = ${scheme} and g.tier_code = any(${[...tiers]}::text[]))`,
  );
  return Prisma.sql`(${Prisma.join(conditions, ' or ')})`;
}

/** A share in per cent, four places at most: cut and not rounded, for what is just below a target is not on it. */
export function percent(part: number, whole: number): string {
  return new Decimal(part).times(100).div(whole).toDecimalPlaces(4, Decimal.ROUND_DOWN).toFixed();
}
