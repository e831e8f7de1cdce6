import { Prisma, type PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { RecordFigure } from '../../engine/policy/contract/records.ts';
import type { Period } from '../../engine/sla/periods.ts';
import { type Counted, within } from './sql.ts';

type Reading = Pick<PrismaClient, '$queryRaw'>;

/** What a person has of a figure in a period; null where there is nothing to count. */
export interface PersonFigure {
  readonly staff_id: string;
  readonly branch_id: string;
  readonly value: Prisma.Decimal | null;
}

/** The distinct customers whom each person visited in a period; a manager of customers who visited none has 0. */
export function visitedByStaff(
  prisma: Reading,
  { policyId, scope, zone }: Counted,
  period: Period,
): Promise<PersonFigure[]> {
  return prisma.$queryRaw`
    /* reports.visitedByStaff */
    with visited as (
      select i.staff_id, count(distinct i.customer_id) as value
      from interaction i join customer t on t.id = i.customer_id
      where ${scope} and i.policy_id = ${policyId} and i.channel = 'VISIT' and i.direction = 'OUTBOUND'
        and ${within(Prisma.sql`i.happened_at`, period, zone)}
      group by 1
    ), managing as (
      select distinct t.manager_id as staff_id from customer t
      where ${scope} and t.policy_id = ${policyId} and t.manager_id is not null and t.departed_at is null
    )
    select s.id as staff_id, s.branch_id, coalesce(v.value, 0)::numeric as value
    from staff s left join visited v on v.staff_id = s.id left join managing m on m.staff_id = s.id
    where s.active and (v.staff_id is not null or m.staff_id is not null)
    order by 1`;
}

/** A figure of a kind of record in a period, by the person whose it is. */
export function recordFigureByStaff(
  prisma: Reading,
  { policyId, scope, zone }: Counted,
  period: Period,
  { kind, figure }: { readonly kind: string; readonly figure: RecordFigure },
): Promise<PersonFigure[]> {
  const { when, where = {}, of, person } = figure;
  const isStep = when !== 'START' && when !== 'END';
  const at =
    when === 'START'
      ? Prisma.sql`t.started_at`
      : when === 'END'
        ? Prisma.sql`t.ended_at`
        : Prisma.sql`coalesce(s.decided_at, s.taken_at)`;
  const step = isStep
    ? Prisma.sql`join policy_record_step s on s.record_id = t.id and s.code = ${when} and s.state = 'DONE'`
    : Prisma.empty;
  const whose = person === 'SUBJECT' ? Prisma.sql`t.person_id` : Prisma.sql`t.started_by_id`;
  const value =
    of === 'IN_TIME'
      ? Prisma.sql`100.0 * count(*) filter (where ${at} <= s.due_at) / nullif(count(*) filter (where s.due_at is not null), 0)`
      : of
        ? Prisma.sql`coalesce(sum((t.fields ->> ${of.sum})::numeric), 0)`
        : Prisma.sql`count(*)`;
  return prisma.$queryRaw`
    /* reports.recordFigureByStaff */
    select ${whose} as staff_id, p.branch_id, (${value})::numeric as value
    from policy_record t ${step} join staff p on p.id = ${whose}
    where ${scope} and t.policy_id = ${policyId} and t.kind = ${kind} and t.state not in ('CANCELLED', 'REJECTED')
      and t.fields @> ${JSON.stringify(where)}::jsonb and ${when === 'END' ? Prisma.sql`t.state = 'CLOSED'` : Prisma.sql`true`}
      and ${within(at, period, zone)}
    group by 1, 2 order by 1`;
}
