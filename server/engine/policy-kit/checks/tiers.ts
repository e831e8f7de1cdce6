import { tiersIn } from '../../policy/declaration/check-declaration.ts';
import { leavesOf, plain } from '../../policy/evaluate/plain.ts';
import type { GradeFacts } from '../../policy/facts.ts';
import { ask } from '../ask.ts';
import { axesOf, factsOf } from '../facts/grade.ts';
import type { Watch } from '../progress.ts';
import { seeded } from '../random.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings, type Result } from './result.ts';

/** Customers of each scheme of whom one figure is raised from the lowest to the highest. */
const CLIMBERS = 12;

/** Every tier is reached by somebody, and every recommendation of a scorecard is given to somebody. */
export function reachabilityFindings({ policy }: Subject, results: readonly Result[]): Finding[] {
  const found = new Findings('reachability');
  const reached = new Set<string>();
  for (const { asked, outcome } of results) {
    if (asked.question !== 'grade' || outcome.kind !== 'ANSWERED') continue;
    const { tier, result } = outcome.answered.answer as { tier: string | null; result?: string | null };
    reached.add(`${asked.facts.scheme} ${tier}`).add(`${asked.facts.scheme} =${result}`);
  }
  for (const [scheme, { tiers, rule }] of Object.entries(policy.schemes ?? {})) {
    for (const [tier, { byRequest }] of Object.entries(tiers)) {
      if (byRequest || reached.has(`${scheme} ${tier}`)) continue;
      const isNamed = rule.by === 'ANNUAL_LIST' || tiersIn(rule).includes(tier);
      const why = isNamed ? 'no customer reaches it' : 'its rule never gives it, and it is not declared byRequest';
      found.add(`scheme ${scheme}, tier ${tier}`, why);
    }
    if (rule.by !== 'SCORECARD') continue;
    for (const { result } of rule.bands)
      if (!reached.has(`${scheme} =${result}`)) found.add(`scheme ${scheme}`, `no total is answered with ${result}`);
  }
  return found.all();
}

/** More of a metric never gives a lower tier, where the rule or the declaration says so. */
export function monotonicityFindings(subject: Subject, watch: Watch): Finding[] {
  const found = new Findings('monotonicity');
  for (const scheme of Object.keys(subject.policy.schemes ?? {})) {
    const random = seeded(subject.seed);
    const axes = axesOf(subject, scheme);
    for (const metric of monotoneIn(subject, scheme)) {
      const values = (axes.metrics.find(({ key }) => key === metric)?.values ?? []).filter((one) => one !== undefined);
      for (let climber = 0; climber < CLIMBERS; climber += 1) {
        const facts = factsOf(subject, scheme, axes, random, (_key, others) => random.pick(others));
        climb(subject, facts, metric, values, watch, found);
      }
    }
  }
  return found.all();
}

function climb(
  { policy, sampled }: Subject,
  facts: GradeFacts,
  metric: string,
  values: readonly string[],
  watch: Watch,
  found: Findings,
): void {
  let before: { value: string; tier: string | null; rank: number } | null = null;
  for (const value of values) {
    const metrics = { ...facts.metrics, [metric]: { value, asOf: '2026-03-01' } };
    const outcome = ask(policy, { question: 'grade', facts: { ...facts, metrics } }, sampled, watch);
    if (outcome.kind !== 'ANSWERED') continue;
    const { tier } = outcome.answered.answer as { tier: string | null };
    const rank = tier === null ? Number.NEGATIVE_INFINITY : (policy.schemes?.[facts.scheme]?.tiers[tier]?.rank ?? 0);
    if (before && rank < before.rank)
      found.add(
        `scheme ${facts.scheme}, tier ${before.tier}`,
        `more ${metric} gives a lower tier: ${before.value} gives ${before.tier}, ${value} gives ${tier ?? 'none'}`,
      );
    before = { value, tier, rank };
  }
}

/** The metrics that a scheme declares monotone, and those that its rule asks for from below alone. */
function monotoneIn({ policy }: Subject, scheme: string): string[] {
  const { rule, monotone = [] } = policy.schemes?.[scheme] ?? {};
  if (!rule || policy.answers?.grade) return [...monotone];
  if (rule.by === 'BANDS') return [...new Set([...monotone, rule.metric])];
  if (rule.by !== 'CONDITIONS') return [...monotone];
  const asked = rule.tiers.flatMap(({ when }) => leavesOf(plain(when))).filter((leaf) => 'metric' in leaf);
  const down = new Set(asked.filter(({ op }) => op !== 'atLeast' && op !== 'above').map(({ metric }) => metric));
  return [...new Set([...monotone, ...asked.map(({ metric }) => metric).filter((metric) => !down.has(metric))])];
}
