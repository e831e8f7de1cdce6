import { type Answers, type Because, Decimal, type Facts } from '../../server/policy/contract.ts';

/** Stated by S01-bank-relationship-dept: satisfaction of 90 % or more, the complaint rate reduced by 20 %. */
const SATISFACTION = '90';
const REDUCTION = '20';

/** Targets of the customer relationship department; the reduction is relative to the period before. */
export function measure({ figures, before }: Facts['measure']): Because<Answers['measure']> {
  const satisfaction = figures.SATISFACTION ?? null;
  const reduction = reductionOf(before.COMPLAINT_RATE, figures.COMPLAINT_RATE);
  return {
    answer: [
      {
        key: 'SATISFACTION',
        label: { en: 'Customer satisfaction', zh: '客户满意度' },
        target: SATISFACTION,
        actual: satisfaction,
        unit: 'percent',
        met: satisfaction === null ? null : new Decimal(satisfaction).gte(SATISFACTION),
      },
      {
        key: 'COMPLAINT_RATE_REDUCTION',
        label: { en: 'Reduction of the complaint rate', zh: '投诉率降幅' },
        target: REDUCTION,
        actual: reduction?.toDecimalPlaces(4).toFixed() ?? null,
        unit: 'percent',
        met: reduction?.gte(REDUCTION) ?? null,
      },
    ],
    because: {
      en: 'Satisfaction of 90 % or more; the complaint rate a fifth below the period before.',
      zh: '客户满意度不低于90%；投诉率较上期下降20%。',
    },
  };
}

/** Per cent by which a rate fell; nothing where there is no rate to compare with. */
function reductionOf(before: string | undefined, now: string | undefined): Decimal | null {
  if (before === undefined || now === undefined || new Decimal(before).isZero()) return null;
  return new Decimal(before).minus(now).div(before).times(100);
}
