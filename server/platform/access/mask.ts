import { telephoneOf } from '../values/telephone.ts';

/** How a phone number is shown to those who may not see it: per policy, as its documents show it. */
export type PhoneMask = 'MIDDLE' | 'PREFIX';

/** `139****1234`, or as in the telecom hall's sample `139*** *****`. */
export function maskPhone(phone: string, style: PhoneMask = 'MIDDLE'): string {
  // As it is dialled, so that the mask is the same however the number is written.
  const digits = telephoneOf(phone)?.dialled ?? phone.replace(/[^\d+]/g, '');
  if (digits.length < 7) return '****';
  return style === 'PREFIX' ? `${digits.slice(0, 3)}*** *****` : `${digits.slice(0, 3)}****${digits.slice(-4)}`;
}

/** `z***@example.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '***' : `${email[0]}***${email.slice(at)}`;
}

/** The first three and the last four characters: `110***********1234`. */
export function maskIdNumber(idNumber: string): string {
  if (idNumber.length < 10) return '*'.repeat(idNumber.length);
  return `${idNumber.slice(0, 3)}${'*'.repeat(idNumber.length - 7)}${idNumber.slice(-4)}`;
}
