import { expect, test } from 'vitest';
import { endOfDayIn } from '../server/platform/values/days.ts';
import { inTimeUntil, lateFrom } from '../server/platform/values/late.ts';

test('what is due at the end of a day is late when the next begins', () => {
  expect(lateFrom(new Date('2026-04-30T15:59:59Z')).toISOString()).toBe('2026-04-30T16:00:00.000Z');
  // India is half an hour off.
  expect(lateFrom(new Date('2026-04-30T18:29:59Z')).toISOString()).toBe('2026-04-30T18:30:00.000Z');
});

test('what is due at another instant is late at it', () => {
  expect(lateFrom(new Date('2026-04-30T04:00:00Z')).toISOString()).toBe('2026-04-30T04:00:00.000Z');
  expect(lateFrom(new Date('2026-04-30T04:00:59Z')).toISOString()).toBe('2026-04-30T04:00:59.000Z');
});

test.each([
  { it: 'the last instant of the day that ends', dueAt: '2026-04-30T15:59:59.000Z', until: '2026-04-30T15:59:59.999Z' },
  { it: 'the last instant of a leap day', dueAt: '2028-02-29T15:59:59.000Z', until: '2028-02-29T15:59:59.999Z' },
  { it: 'the instant before another hour', dueAt: '2026-04-30T04:00:00.000Z', until: '2026-04-30T03:59:59.999Z' },
])('in time until $it', ({ dueAt, until }) => {
  expect(inTimeUntil(new Date(dueAt)).toISOString()).toBe(until);
});

test('the last day that there is ends, too', () => {
  expect(endOfDayIn(new Date('9999-12-31'), 'Asia/Shanghai').toISOString()).toBe('9999-12-31T16:00:00.000Z');
  expect(endOfDayIn(new Date('2028-02-29'), 'Europe/Berlin').toISOString()).toBe('2028-02-29T23:00:00.000Z');
});
