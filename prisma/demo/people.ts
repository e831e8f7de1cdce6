import type { Random } from './random.ts';
import { COMPANY_NAMES, FIRST_NAMES, GIVEN, LAST_NAMES, LATIN_COMPANIES, SURNAMES, TRADES } from './words.ts';

/** A made-up person: Chinese four times of five. */
export function personName(random: Random): string {
  if (random.chance(0.8)) return `${random.pick(SURNAMES)}${random.pick(GIVEN)}`;
  return `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
}

/** A made-up company with its trade. */
export function company(random: Random): { name: string; trade: string } {
  const trade = random.pick(TRADES);
  if (random.chance(0.75))
    return { name: `${random.pick(COMPANY_NAMES)}${random.pick(COMPANY_NAMES)}${trade.zh}有限公司`, trade: trade.zh };
  return { name: `${random.pick(LATIN_COMPANIES)} ${trade.en} Co., Ltd.`, trade: trade.en };
}

/** No mobile number begins with 129: nobody is called. */
export function mobile(random: Random): string {
  return `129${String(random.between(0, 99_999_999)).padStart(8, '0')}`;
}

/** No area has the code 0300. */
export function landline(random: Random): string {
  return `0300-5${String(random.between(0, 9_999_999)).padStart(7, '0')}`;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/** The shape of an ID number, of a region that there is not, and with a check digit that cannot be. */
export function idNumber(random: Random, birthday: string): string {
  const digits = `990101${birthday.replaceAll('-', '')}${String(random.between(0, 999)).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const right = CHECKS[sum % 11];
  return `${digits}${random.pick([...CHECKS].filter((check) => check !== right))}`;
}

export function birthday(random: Random): string {
  return `${random.between(1950, 2004)}-${String(random.between(1, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`;
}
