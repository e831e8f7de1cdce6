import { Decimal } from 'decimal.js';
import type { Issue } from './errors.ts';

/** The currency of an amount that names none, and of all amounts in a policy's parameters. */
export const CURRENCY = 'CNY';

/** An amount as somebody states it. */
export interface StatedMoney {
  /** An exact decimal. */
  readonly amount: string;
  /** ISO 4217; CNY where it is left out. */
  readonly currency?: string | null;
}

/** What an amount may not be, by what it has to be. */
const WRONG = {
  POSITIVE: { when: (amount: Decimal) => amount.lte(0), message: 'is not above zero' },
  NOT_NEGATIVE: { when: (amount: Decimal) => amount.lt(0), message: 'is negative' },
  NOT_ZERO: { when: (amount: Decimal) => amount.isZero(), message: 'is zero' },
} as const;

/** Digits of an amount before the point, at most: columns hold 18, and what adds up has to fit too. */
const MAX_DIGITS = 15;

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const TOO_FINE = [
  'has decimal places, of which its currency has none',
  'has more than one decimal place',
  'has more than two decimal places',
] as const;

/** Decimal places of a currency: a yen has none. Columns hold two. */
function placesOf(currency: string): 0 | 1 | 2 {
  if (!CURRENCIES.has(currency)) return 2;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  return maximumFractionDigits === 0 ? 0 : maximumFractionDigits === 1 ? 1 : 2;
}

/**
 * What is wrong with an amount: its sign, its size, a fraction of a cent, or a currency that there is not.
 *
 * @param path of the amount in the input, e.g. `input.budget`
 */
export function moneyIssues({ amount, currency }: StatedMoney, path: string, has: keyof typeof WRONG): Issue[] {
  const issues: Issue[] = [];
  const read = new Decimal(amount);
  const { when, message } = WRONG[has];
  if (when(read)) issues.push({ path: `${path}.amount`, message });
  const places = placesOf(currency ?? CURRENCY);
  if (read.decimalPlaces() > places) issues.push({ path: `${path}.amount`, message: TOO_FINE[places] });
  if (read.abs().gte(new Decimal(10).pow(MAX_DIGITS)))
    issues.push({ path: `${path}.amount`, message: `has more than ${MAX_DIGITS} digits before the point` });
  if (!CURRENCIES.has(currency ?? CURRENCY))
    issues.push({ path: `${path}.currency`, message: 'is no currency of ISO 4217' });
  return issues;
}

/** What is wrong with a part of a plan's money: the above, or another currency than the plan's, for there are no rates. */
export function partIssues(part: StatedMoney, of: string, path: string, has: keyof typeof WRONG): Issue[] {
  const issues = moneyIssues(part, path, has);
  if ((part.currency ?? CURRENCY) !== of) issues.push({ path: `${path}.currency`, message: "is not the plan's" });
  return issues;
}
