import type { Policy } from '../../server/engine/policy/contract.ts';
import { becauseOf, evaluate } from '../../server/engine/policy/evaluate.ts';
import type { GradeFacts } from '../../server/engine/policy/facts.ts';
import type { SchemeRule } from '../../server/engine/policy/vocabulary.ts';
import { gradeFacts } from './support.ts';

export const text = (word: string) => ({ en: word, zh: word });

export const policy: Policy = {
  id: 'example',
  contract: 1,
  version: '1.0.0',
  label: text('Example'),
  access: 'CENTRAL',
  metrics: {
    DEMAND_AVERAGE: { label: { en: 'Demand deposits, monthly average', zh: '活期存款月均' }, unit: 'CNY' },
    TIME_BALANCE: { label: { en: 'Time deposits', zh: '定期存款' }, unit: 'CNY' },
    POINTS: { label: text('Points'), unit: 'points' },
  },
};

export const TIERS = { VIP: 1, GOLD: 1, PLATINUM: 2, DIAMOND: 3 };

export function grade(
  rule: SchemeRule,
  facts: Partial<GradeFacts> & { figures?: Record<string, string | number> },
  parameters = {},
) {
  const { figures = {}, ...more } = facts;
  const tiers = Object.fromEntries(Object.entries(TIERS).map(([code, rank]) => [code, { label: text(code), rank }]));
  const scheme = { label: text('Scheme'), customerKinds: ['INDIVIDUAL' as const], tiers, rule };
  const answer = evaluate({ policy, scheme, facts: gradeFacts('scheme', figures, more), parameters });
  return { ...answer, codes: answer.reasons.map(({ code }) => code), because: becauseOf({ scheme }, answer) };
}
