import { Temporal } from 'temporal-polyfill';
import { lastEnd, nextEnd } from '../../engine/sla/periods.ts';

/** A calendar quarter in a zone. */
export interface Quarter {
  /** E.g. `2026-Q1`. */
  readonly name: string;
  /** Epoch milliseconds: `start` belongs to it, `end` to the next one. */
  readonly start: number;
  readonly end: number;
}

/**
 * The quarter that an instant belongs to.
 *
 * @param at epoch milliseconds
 * @param zone IANA name
 */
export function quarterOf(at: number, zone: string): Quarter {
  const { year, month } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const instant = new Date(at);
  return {
    name: `${year}-Q${Math.ceil(month / 3)}`,
    start: lastEnd('QUARTER', instant, zone).getTime(),
    end: nextEnd('QUARTER', instant, zone).getTime(),
  };
}

/** The quarter of a name as `Quarter` has it; null when it is none. */
export function quarterNamed(name: string, zone: string): Quarter | null {
  const match = /^(\d{4})-Q([1-4])$/.exec(name);
  if (!match) return null;
  const middle = Temporal.PlainDate.from({ year: Number(match[1]), month: Number(match[2]) * 3 - 1, day: 15 });
  return quarterOf(middle.toZonedDateTime(zone).epochMilliseconds, zone);
}
