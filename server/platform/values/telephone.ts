import { parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** Where numbers without a country's code are from: the lines of the documents work in China. */
const HOME = 'CN';

export interface Telephone {
  /** As it was written, with full-width characters and marks of writing direction made plain. */
  readonly text: string;
  /** By which numbers are compared: E.164, and what only its own network dials (10086) in plain digits. Without extension. */
  readonly number: string;
  readonly extension: string | null;
  /** How it is dialled at home: `13912341234`, `01088881234`; a foreign number in E.164. */
  readonly dialled: string;
}

/** Words for an extension in Chinese, and the third group of `010-88881234-801`. */
const CHINESE_EXTENSION = /\s*(?:转分机|转内线|转接|分机号?|内线|转)\s*[:.]?\s*(?=\d)/;
const THIRD_GROUP = /^([+(]?[\d() -]{3,16}-\d{7,8})-(\d{1,6})$/;
const EXTENSION = /^(.*\d\D*?)(?:ext(?:ension|n)?\.?|x|#|;ext=)\s*[:.]?\s*(\d{1,7})#?$/i;
const DASHES = /[\p{Dash_Punctuation}\u2212\u30fc]/gu;

/** Numbers that one network alone knows, hotlines and local ones: the library takes them for too short. */
const SHORT = /^\d{5,8}$/;

/** A mobile number of China. Of some that begin with 12 the library takes the beginning for a carrier's code. */
const WHOLE_MOBILE = /^(?:\+86|86|0086)?(1[2-9]\d{9})$/;

/** How mobile numbers of China begin; the library takes one that lacks a digit for a possible landline. */
const MOBILE = /^1[3-9]/;

/**
 * A telephone number, however it is written: with or without +86, 86 or 0086, spaces, hyphens, brackets, full-width digits,
 * an extension (`转801`, `ext. 801`, `-801`). A number without a country's code is one of China.
 *
 * @returns null where it is none, or more than one
 */
export function telephoneOf(written: string): Telephone | null {
  const text = written
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  const plain = text.replace(DASHES, '-').replace(CHINESE_EXTENSION, ' ext ');
  const [, main = plain, extension = null] = EXTENSION.exec(plain) ?? THIRD_GROUP.exec(plain) ?? [];
  if (!/^\+?[\d\s().-]+$/.test(main.trim())) return null;
  const digits = main.replace(/\D/g, '');
  if (SHORT.test(digits) && !main.includes('+')) return { text, number: digits, extension, dialled: digits };
  const [, mobile] = WHOLE_MOBILE.exec(main.includes('+') ? `+${digits}` : digits) ?? [];
  if (mobile) return { text, number: `+86${mobile}`, extension, dialled: mobile };
  const parsed = parsePhoneNumberFromString(main.trim(), { defaultCountry: HOME, extract: false });
  if (!parsed?.isPossible()) return null;
  if (parsed.country === HOME && MOBILE.test(parsed.nationalNumber) && parsed.nationalNumber.length !== 11) return null;
  return { text, number: parsed.number, extension, dialled: dialledAtHome(parsed) };
}

function dialledAtHome(parsed: NonNullable<ReturnType<typeof parsePhoneNumberFromString>>): string {
  if (parsed.country !== HOME) return parsed.number;
  // The library writes landlines with the zero that is dialled before them.
  return parsed.formatNational().replace(/\D/g, '');
}
