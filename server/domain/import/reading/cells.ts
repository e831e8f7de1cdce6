import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

/** Cells as zod schemas: from the text of a cell, null where it is empty, absent where the file has no such column. */

export const optional = (limit: number) => z.string().max(limit, `is longer than ${limit} characters`).nullish();

export const needed = (limit: number) => z.string('is empty').max(limit, `is longer than ${limit} characters`);

/** One of the codes, upper or lower case, or what they are called otherwise. */
export function choice<Code extends string>(codes: readonly Code[], also: Readonly<Record<string, Code>> = {}) {
  return z.string('is empty').transform((text, context): Code => {
    const found = codes.find((code) => code === text.toUpperCase()) ?? also[text];
    if (found) return found;
    context.addIssue(`is none of ${codes.join(', ')}`);
    return z.NEVER;
  });
}

const TRUE = ['true', 'yes', 'y', '1', '是', '同意'];
const FALSE = ['false', 'no', 'n', '0', '否', '不同意'];

/** Whether a text says yes or no; null where it says neither. */
export function flagOf(text: string): boolean | null {
  const word = text.toLowerCase();
  if (TRUE.includes(word)) return true;
  return FALSE.includes(word) ? false : null;
}

export const flag = z
  .string()
  .transform((text, context): boolean => {
    const read = flagOf(text);
    if (read !== null) return read;
    context.addIssue('is neither yes nor no');
    return z.NEVER;
  })
  .nullish();

const DATE =
  /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|(\d{2})(\d{2})|年(\d{1,2})月(\d{1,2})(?=日))/;
const MIDNIGHT = /^[T ]+0?0:00(?::00(?:\.0+)?)?$/;

/** The parts of a date at the beginning of a text, and what follows it. */
function leadingDate(text: string): { readonly parts: readonly number[]; readonly rest: string } | null {
  const found = DATE.exec(text);
  const parts = found?.slice(1).filter((part) => part !== undefined);
  return found && parts ? { parts: parts.map(Number), rest: text.slice(found[0].length).replace(/^日 /, ' ') } : null;
}

/**
 * A date as midnight UTC, from `2026-03-02`, `2026/3/2`, `2026.3.2`, `20260302` or `2026年3月2日`, with the midnight that
 * spreadsheets write after it; null where it is none.
 */
export function dateOf(text: string): Date | null {
  const { parts: [year = 0, month = 0, day = 0] = [], rest = '?' } = leadingDate(text.normalize('NFKC')) ?? {};
  if (!/^日?$/.test(rest) && !MIDNIGHT.test(rest)) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : null;
}

const dateCell = z.string('is empty').transform((text, context): Date => {
  const date = dateOf(text);
  if (date) return date;
  context.addIssue('is no date like 2026-03-02');
  return z.NEVER;
});

export const neededDate = dateCell;
export const date = dateCell.nullish();

const OFFSET = /(?:[zZ]|[+-]\d{2}:?\d{2})$/;
const TIME = /^(?:[T ]+|日)(\d{1,2})[:点时](\d{2})(?:[:分](\d{2})(\.\d{1,9})?秒?|分)?$/;

/**
 * An instant, from RFC 3339 or from local date and time in a zone, the date in any form that a date has; null where it is
 * none. A local time that the clocks show twice is the first, one that they skip is read as if they did not.
 */
export function instantOf(written: string, timeZone: string): Date | null {
  const text = written.normalize('NFKC');
  try {
    if (OFFSET.test(text) && text.length > 16) {
      return new Date(Temporal.Instant.from(text.replace(' ', 'T')).epochMilliseconds);
    }
    const { parts: [year = 0, month = 0, day = 0] = [], rest = '' } = leadingDate(text) ?? {};
    const time = TIME.exec(rest);
    if (!time) return null;
    const [hour = 0, minute = 0, second = 0] = time.slice(1, 4).map((part) => Number(part ?? 0));
    const millisecond = Math.floor(Number(time[4] ?? 0) * 1000);
    const local = Temporal.PlainDateTime.from(
      { year, month, day, hour, minute, second, millisecond },
      { overflow: 'reject' },
    );
    return new Date(local.toZonedDateTime(timeZone).epochMilliseconds);
  } catch {
    return null;
  }
}

/** An exact decimal as the database holds figures: up to 18 digits and 6 decimals; thousands may be set apart by commas. */
export const decimal = z.string('is empty').transform((text, context): string => {
  const plain = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
  if (/^[+-]?\d{1,18}(\.\d{1,6})?$/.test(plain)) return plain.replace(/^\+/, '');
  context.addIssue('is no decimal of at most 18 digits and 6 decimals');
  return z.NEVER;
});

/** Words set apart by spaces. */
export const words = z
  .string()
  .transform((text) => text.split(/[\s;；、|]+/).filter(Boolean))
  .nullish();
