import { type Answers, type Because, Decimal, type Facts } from '../../server/engine/policy/contract.ts';

/** Stated by S01-bank-relationship-dept: satisfaction of 90 % or more, the complaint rate reduced by 20 %. */
const SATISFACTION = '90';
const REDUCTION = '20';

/** Targets of the customer relationship department; the reduction is relative to the period before. */
export function measure({ figures, before }: Facts['measure']): Because<Answers['measure']> {
  const satisfaction = figures.SATISFACTION ?? null;
  const reduction = reductionOf(complaintRate(before), complaintRate(figures));
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

type Figures = Facts['measure']['figures'];

/** Complaints of tickets, as counted: a rate that was rounded misses a fifth of thirds. */
function complaintRate({ COMPLAINTS, TICKETS, COMPLAINT_RATE }: Figures): Share | null {
  if (COMPLAINTS !== undefined && TICKETS !== undefined && !new Decimal(TICKETS).isZero())
    return { part: new Decimal(COMPLAINTS), whole: new Decimal(TICKETS) };
  return COMPLAINT_RATE === undefined ? null : { part: new Decimal(COMPLAINT_RATE), whole: new Decimal(100) };
}

interface Share {
  readonly part: Decimal;
  readonly whole: Decimal;
}

/** Per cent by which a share fell; nothing where there is none to compare with. */
function reductionOf(before: Share | null, now: Share | null): Decimal | null {
  if (before === null || now === null || before.part.isZero()) return null;
  const [was, is] = [before.part.times(now.whole), now.part.times(before.whole)];
  return was.minus(is).times(100).div(was);
}
