import { Decimal } from 'decimal.js';

/**
 * Decimals for rules. decimal.js rounds what it computes to 20 digits unless told otherwise, and money times a weight
 * has more.
 */
export const Exact = Decimal.clone({ defaults: true, precision: 100 });
export type Exact = Decimal;

/** Places after the point that an answer may have (answers.ts). */
const MAX_PLACES = 12;

/** The decimal as an answer carries it: no exponent, no trailing zeros. */
export function decimalText(value: Exact): string {
  return value.toDecimalPlaces(MAX_PLACES, Decimal.ROUND_HALF_UP).toFixed();
}
