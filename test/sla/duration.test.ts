import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../server/engine/sla/duration.ts';
import { HOUR, MINUTE } from './support.ts';

test.each([
  { ms: 5 * HOUR, text: 'PT5H' },
  { ms: 4.5 * HOUR, text: 'PT4H30M' },
  { ms: 0, text: 'PT0S' },
  { ms: -HOUR, text: '-PT1H' },
  { ms: 72 * HOUR, text: 'PT72H' },
  { ms: 90 * MINUTE + 1500, text: 'PT1H30M1.5S' },
])('$ms ms is $text, both ways', ({ ms, text }) => {
  expect(formatDuration(ms)).toBe(text);
  expect(parseDuration(text)).toBe(ms);
});

test('any length is written as Temporal writes it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer({ min: -9e12, max: 9e12 }), fc.integer({ min: -70_000, max: 70_000 })), (ms) => {
      const expected = Temporal.Duration.from({ milliseconds: ms }).round({ largestUnit: 'hours' }).toString();
      expect(formatDuration(ms)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});

test('days count 24 hours, and nothing is negative zero', () => {
  expect(parseDuration('P1DT2H')).toBe(26 * HOUR);
  expect(Object.is(parseDuration('-PT0S'), 0)).toBe(true);
});

test.each(['P1M', 'P1W', 'P1Y', 'PT', '5 hours', 'PT0.0001S'])('%s is refused', (text) => {
  expect(() => parseDuration(text)).toThrow(RangeError);
});

test('a broken millisecond is refused', () => {
  expect(() => formatDuration(0.5)).toThrow(RangeError);
});
