import { zoneOf } from '../../engine/policy/line-zone.ts';
import { ownLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { Period } from '../../engine/sla/periods.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visibleSql } from '../../platform/access/scope.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import type { Text } from '../../platform/values/text.ts';
import { percent } from '../reports/scorecards/scorecard-figures.ts';
import { answersByTopic, type CustomerAverage, leastSatisfied, responsesOf } from './sql.ts';

export interface TopicFigures {
  readonly topic: string;
  readonly label: Text;
  readonly responses: number;
  /** Per cent of the answers that are 4 or 5 of 5; null without any. */
  readonly rate: string | null;
}

/** What customers answered in a period. */
export interface SatisfactionFigures {
  readonly responses: number;
  readonly rate: string | null;
  readonly topics: readonly TopicFigures[];
  /** Topics of the policy's set about which nobody was asked. */
  readonly missingTopics: readonly string[];
  /** Whether the set is covered; null where the policy declares none. */
  readonly isComplete: boolean | null;
  /** Customers who are least satisfied on average, at most 100. */
  readonly lowest: readonly CustomerAverage[];
}

/** Satisfaction of a period by topic and by customer: which topics nobody was asked about, and whom to call back. */
export async function satisfaction(
  services: Services,
  { actor }: Caller,
  policyId: string,
  period: Period,
): Promise<SatisfactionFigures> {
  requirePermission(actor, 'readScorecard');
  const policy = ownLine(services, actor, policyId);
  if (period.to < period.from) throw new InvalidInput([{ path: 'period.to', message: 'lies before period.from' }]);
  const { prisma } = services.database;
  const mine = responsesOf(policyId, visibleSql(actor, 't'), { ...period, timeZone: zoneOf(policy.declaration) });
  const [rows, lowest] = await Promise.all([answersByTopic(prisma, mine), leastSatisfied(prisma, mine)]);
  const declared = policy.declaration.surveyTopics ?? {};
  const keys = [...new Set([...Object.keys(declared), ...rows.map(({ topic }) => topic)])];
  const topics = keys.map((topic): TopicFigures => {
    const { responses = 0, satisfied = 0 } = rows.find((row) => row.topic === topic) ?? {};
    const label = declared[topic]?.label ?? { en: topic, zh: topic };
    return { topic, label, responses, rate: responses === 0 ? null : percent(satisfied, responses) };
  });
  const responses = rows.reduce((sum, row) => sum + row.responses, 0);
  const satisfied = rows.reduce((sum, row) => sum + row.satisfied, 0);
  const missingTopics = topics.filter((one) => one.responses === 0).map(({ topic }) => topic);
  return {
    responses,
    rate: responses === 0 ? null : percent(satisfied, responses),
    topics,
    missingTopics,
    isComplete: policy.declaration.surveyTopics ? missingTopics.length === 0 : null,
    lowest,
  };
}
