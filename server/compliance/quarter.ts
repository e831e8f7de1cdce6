import { Temporal } from 'temporal-polyfill';

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
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const number = Math.ceil(local.month / 3);
  const first = local.toPlainDate().with({ month: number * 3 - 2, day: 1 });
  const instant = (date: Temporal.PlainDate) => date.toZonedDateTime(zone).epochMilliseconds;
  return {
    name: `${local.year}-Q${number}`,
    start: instant(first),
    end: instant(first.add({ months: 3 })),
  };
}

/** The quarter of a name as `Quarter` has it; null when it is none. */
export function quarterNamed(name: string, zone: string): Quarter | null {
  const match = /^(\d{4})-Q([1-4])$/.exec(name);
  if (!match) return null;
  const middle = Temporal.PlainDate.from({ year: Number(match[1]), month: Number(match[2]) * 3 - 1, day: 15 });
  return quarterOf(middle.toZonedDateTime(zone).epochMilliseconds, zone);
}
