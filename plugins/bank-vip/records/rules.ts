import {
  type Because,
  Decimal,
  type GuardFacts,
  type GuardOffer,
  periodOf,
  type ReactFacts,
  type ReactOffer,
  refuse,
} from '../../../server/engine/policy/contract.ts';
import type { Parameters } from '../parameters.ts';

const ONCE = {
  MONTHLY_ASSESSMENT: 'MONTH',
  QUARTERLY_ASSESSMENT: 'QUARTER',
  SELF_ASSESSMENT: 'MONTH',
  SUPERIOR_ASSESSMENT: 'QUARTER',
} as const;

/** One assessment of a month and of a quarter; unannounced checks stand apart. */
export function recordGuard(facts: GuardFacts): Because<GuardOffer> | undefined {
  if (facts.action !== 'START_RECORD') return undefined;
  const { kind, fields, earlier } = facts.input;
  const every = ONCE[kind as keyof typeof ONCE];
  if (!every || typeof fields.period !== 'string') return undefined;
  const { from } = periodOf(every, fields.period);
  const isSame = (other: (typeof earlier)[number]) =>
    other.kind === kind &&
    other.state !== 'CANCELLED' &&
    typeof other.fields.period === 'string' &&
    periodOf(every, other.fields.period).from === from;
  if (!earlier.some(isSame)) return undefined;
  return refuse('ASSESSED', {
    en: `There is one for the period from ${from} already.`,
    zh: `自 ${from} 起的期间已有一份考核。`,
  });
}

/** Whether a figure lies further from those before it than so many of their standard deviations. */
export function isAbnormal(value: string, before: readonly string[], deviations: number): boolean {
  // Of two figures nobody can say what is usual.
  if (before.length < 3) return false;
  const figures = before.map((one) => new Decimal(one));
  const mean = Decimal.sum(...figures).div(figures.length);
  const variance = Decimal.sum(...figures.map((one) => one.minus(mean).pow(2))).div(figures.length - 1);
  return new Decimal(value).minus(mean).abs().gt(variance.sqrt().times(deviations));
}

/** An abnormal transaction is told to the manager, and a measure has to be recorded. */
export function recordReact({ event }: ReactFacts, parameters: Parameters): Because<ReactOffer> | undefined {
  if (event.kind !== 'METRIC_RECORDED' || event.value === undefined) return undefined;
  const { metric = '', value, before = [] } = event;
  if (!isAbnormal(value, before, parameters.anomalyDeviations)) return undefined;
  const because = {
    en: `${metric} of ${value} lies more than ${parameters.anomalyDeviations} standard deviations from what was usual: record a measure.`,
    zh: `${metric} 为 ${value}，偏离以往超过 ${parameters.anomalyDeviations} 个标准差，须登记处置措施。`,
  };
  return {
    answer: {
      alerts: [
        {
          key: 'abnormal',
          kind: 'ATTENTION',
          severity: 'WARNING',
          message: because,
          audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
        },
      ],
      records: [{ kind: 'ABNORMAL_TRANSACTION', fields: { metric, value: new Decimal(value).abs().toFixed() } }],
    },
    because,
  };
}
