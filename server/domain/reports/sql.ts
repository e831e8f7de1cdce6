import { Prisma, type PrismaClient } from '../../../prisma/generated/client/client.ts';
import { type Period, yearToDate } from '../../engine/sla/periods.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { lateFromSql } from '../tasks/sql.ts';

type Reading = Pick<PrismaClient, '$queryRaw'>;

/** The rows that count: those of a line that lie in `scope`, a condition on a table aliased `t`, in the line's zone. */
export interface Counted {
  readonly policyId: string;
  readonly scope: Prisma.Sql;
  readonly zone: string;
}

/** No narrowing: all rows of the line. */
export const EVERYTHING = Prisma.sql`true`;

/** The rows of one branch. */
export function ofBranch(branchId: string): Prisma.Sql {
  return Prisma.sql`t.branch_id = ${branchId}::uuid`;
}

/** The days of a period as half-open instants of a column, in a zone. */
export function within(column: Prisma.Sql, period: Period, zone: string): Prisma.Sql {
  return Prisma.sql`${column} >= ${startOf(period, zone)} and ${column} < ${endOf(period, zone)}`;
}

/** The first instant of a period. */
function startOf({ from }: Period, zone: string): Prisma.Sql {
  return Prisma.sql`(${from.toISOString().slice(0, 10)}::date::timestamp at time zone ${zone})`;
}

/** The first instant after a period. */
function endOf({ to }: Period, zone: string): Prisma.Sql {
  return Prisma.sql`((${to.toISOString().slice(0, 10)}::date + 1)::timestamp at time zone ${zone})`;
}

/** What is counted of a period. */
export interface FigureRow {
  readonly responses: number;
  readonly satisfied: number;
  readonly opened: number;
  readonly complaints: number;
  readonly resolved: number;
  readonly vips: number;
  readonly lost: number;
  readonly top_vips: number;
  readonly top_lost: number;
  readonly reports_missed: number;
  readonly tasks_missed: number;
  readonly held: number;
  readonly planned: number;
}

/**
 * Counts what scorecards and reports tell of a period.
 *
 * @param topTiers the tiers that the policy declares as the top ones, by scheme
 */
export async function countFigures(
  prisma: Reading,
  { policyId, scope, zone }: Counted,
  period: Period,
  topTiers: Readonly<Record<string, readonly string[]>>,
): Promise<FigureRow | undefined> {
  const mine = Prisma.sql`${scope} and t.policy_id = ${policyId}`;
  const submitted = within(Prisma.sql`t.submitted_at`, period, zone);
  const opened = within(Prisma.sql`t.opened_at`, period, zone);
  const year = yearToDate(period);
  const january = startOf(year, zone);
  const top = isTopTier(topTiers);
  const [row] = await prisma.$queryRaw<FigureRow[]>`
    /* reports.countFigures */
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
        and (t.status = 'OVERDUE' or (t.status = 'DONE' and t.completed_at >= ${lateFromSql(Prisma.sql`t.due_at`)}))
    ), cared as (
      select count(*)::int as held, count(*) filter (where exists (
          select 1 from maintenance_plan p where p.customer_id = t.id and p.status in ('APPROVED', 'IN_PROGRESS', 'COMPLETED')
            and p.starts_on <= ${period.to.toISOString().slice(0, 10)}::date and p.ends_on >= ${period.from.toISOString().slice(0, 10)}::date
        ))::int as planned
      from customer t
      where ${mine} and t.tier_rank is not null and t.departed_at is null
    )
    select * from answered, worked, churned, owed, late, cared`;
  return row;
}

/** Whether a row of `grade g` is of one of these tiers. */
function isTopTier(topTiers: Readonly<Record<string, readonly string[]>>): Prisma.Sql {
  const schemes = Object.entries(topTiers);
  if (schemes.length === 0) return Prisma.sql`false`;
  const conditions = schemes.map(
    ([scheme, tiers]) => Prisma.sql`(g.scheme_id = ${scheme} and g.tier_code = any(${[...tiers]}::text[]))`,
  );
  return Prisma.sql`(${Prisma.join(conditions, ' or ')})`;
}

/** What a person handled in a month. */
export interface StaffMonth {
  readonly staff_id: string;
  /** E.g. `2026-03`. */
  readonly month: string;
  /** Of the period. */
  readonly handled: number;
  readonly resolved: number;
  /** Of the whole month, and of these what was resolved within it. */
  readonly in_month: number;
  readonly in_time: number;
}

/**
 * Tickets by the person who works on them and the month in which they were opened.
 *
 * @param since from which day on months are told; the period may begin later
 */
export function ticketsByStaffAndMonth(
  prisma: Reading,
  { policyId, scope, zone }: Counted,
  period: Period,
  since: Date,
): Promise<StaffMonth[]> {
  const { to } = period;
  const local = Prisma.sql`(t.opened_at at time zone ${zone})`;
  return prisma.$queryRaw`
    /* reports.ticketsByStaffAndMonth */
    select t.assignee_id as staff_id, to_char(${local}, 'YYYY-MM') as month,
      count(*) filter (where ${within(Prisma.sql`t.opened_at`, period, zone)})::int as handled,
      count(*) filter (where ${within(Prisma.sql`t.opened_at`, period, zone)} and t.resolved_at < ${endOf(period, zone)})::int as resolved,
      count(*)::int as in_month,
      count(*) filter (where t.resolved_at < ((date_trunc('month', ${local}) + interval '1 month') at time zone ${zone}))::int as in_time
    from ticket t
    where ${scope} and t.policy_id = ${policyId} and t.assignee_id is not null
      and ${within(Prisma.sql`t.opened_at`, { from: since, to }, zone)}
    group by 1, 2 order by 1, 2`;
}

/** Tickets of a type that were opened in a period. */
export interface IssueRow {
  readonly type: string;
  readonly opened: number;
  readonly resolved: number;
  readonly open: number;
}

/** Tickets that were opened in a period, by type. */
export function ticketsByType(
  prisma: Reading,
  { policyId, scope, zone }: Counted,
  period: Period,
): Promise<IssueRow[]> {
  return prisma.$queryRaw`
    /* reports.ticketsByType */
    select t.type, count(*)::int as opened, count(t.resolved_at)::int as resolved,
      count(*) filter (where t.resolved_at is null)::int as open
    from ticket t
    where ${scope} and t.policy_id = ${policyId} and ${within(Prisma.sql`t.opened_at`, period, zone)}
    group by 1 order by 2 desc, 1`;
}

/** The service records that a sample is drawn from: of a line, from `start` until before `end`, and not after `now`. */
export interface Records {
  readonly policyId: string;
  readonly start: Date;
  readonly end: Date;
  readonly now: Date;
}

function recordsSql({ policyId, start, end, now }: Records): Prisma.Sql {
  return Prisma.sql`from interaction where policy_id = ${policyId}
    and happened_at >= ${start} and happened_at < ${end} and happened_at <= ${now}`;
}

/** How many records there are to draw from. */
export async function countRecords(tx: TransactionClient, records: Records): Promise<number> {
  const [counted] = await tx.$queryRaw<{ count: number }[]>`
    /* reports.countRecords */ select count(*)::int as count ${recordsSql(records)}`;
  return counted?.count ?? 0;
}

/** Draws records at random; returns their ids. */
export async function drawRecords(tx: TransactionClient, records: Records, size: number): Promise<string[]> {
  const drawn = await tx.$queryRaw<{ id: string }[]>`
    /* reports.drawRecords */ select id ${recordsSql(records)} order by random() limit ${size}`;
  return drawn.map(({ id }) => id);
}
