import { Prisma, type PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Period } from '../../engine/sla/periods.ts';
import { within } from '../reports/sql.ts';

type Client = Pick<PrismaClient, '$queryRaw'>;

/** The responses of a line in a period, among the visible ones: over the alias `t`. */
export function responsesOf(
  policyId: string,
  visible: Prisma.Sql,
  { timeZone, ...period }: Period & { readonly timeZone: string },
): Prisma.Sql {
  return Prisma.sql`${visible} and t.policy_id = ${policyId} and ${within(Prisma.sql`t.submitted_at`, period, timeZone)}`;
}

/** How many answered about each topic, and how many of them are satisfied: 4 or 5 of 5. */
export function answersByTopic(
  prisma: Client,
  responses: Prisma.Sql,
): Promise<{ readonly topic: string; readonly responses: number; readonly satisfied: number }[]> {
  return prisma.$queryRaw`/* surveys.answersByTopic */
      select t.topic, count(*)::int as responses, count(*) filter (where t.score >= 4)::int as satisfied
      from survey_response t where ${responses} group by 1 order by 1`;
}

/** How satisfied a customer is on average, as an exact decimal. */
export interface CustomerAverage {
  readonly customerId: string;
  readonly average: string;
  readonly responses: number;
}

/** Customers who are least satisfied on average, at most 100. */
export function leastSatisfied(prisma: Client, responses: Prisma.Sql): Promise<CustomerAverage[]> {
  return prisma.$queryRaw`/* surveys.leastSatisfied */
      select t.customer_id as "customerId", trim_scale(round(avg(t.score), 2))::text as average, count(*)::int as responses
      from survey_response t where ${responses} group by 1 order by avg(t.score), 1 limit 100`;
}
