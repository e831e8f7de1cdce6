import { Temporal } from 'temporal-polyfill';

/** A stretch during which a zone's clocks are the same `offset` (milliseconds) ahead of UTC. Half-open, epoch ms. */
export interface OffsetSpan {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/**
 * The zone's offsets from `from` to `to`, ascending and without gaps.
 *
 * Local hours become instants through these, not one by one: an hour is open when a clock on the wall shows it. So
 * hours inside the gap of a spring night are skipped, those inside an autumn night's overlap happen twice, and both
 * come out of one subtraction.
 *
 * @throws {RangeError} no such zone
 */
export function offsetSpans(timeZone: string, from: number, to: number): OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  let local: Temporal.ZonedDateTime = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  for (;;) {
    const next = local.getTimeZoneTransition('next');
    const begin = Math.max(local.epochMilliseconds, from);
    const end = next === null ? to : Math.min(next.epochMilliseconds, to);
    spans.push({ from: begin, to: end, offset: local.offsetNanoseconds / 1e6 });
    if (next === null || next.epochMilliseconds >= to) return spans;
    local = next;
  }
}

/** The local date of an instant, with the days counted since 1970-01-01. */
export function localDayOf(timeZone: string, at: number): number {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return Math.floor((at + local.offsetNanoseconds / 1e6) / 86_400_000);
}

/** 23:59:59.000 of a local day, epoch ms; the later one where the clocks show it twice. */
export function lastSecondOf(timeZone: string, day: number): number {
  return Temporal.PlainDate.from('1970-01-01')
    .add({ days: day })
    .toPlainDateTime({ hour: 23, minute: 59, second: 59 })
    .toZonedDateTime(timeZone, { disambiguation: 'later' }).epochMilliseconds;
}
