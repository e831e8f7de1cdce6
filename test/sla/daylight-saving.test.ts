import { expect, test } from 'vitest';
import { addOpenTime, endOfDay, openTimeBetween } from '../../server/engine/sla/business-time.ts';
import type { CalendarDefinition } from '../../server/engine/sla/calendar.ts';
import { at, compiled, HOUR, MINUTE, plain } from './support.ts';

const everyDay = (timeZone: string, start: string, end: string): CalendarDefinition => ({
  ...plain,
  timeZone,
  week: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [day, [{ start, end }]])),
});

const NEW_YORK = 'America/New_York';
const BERLIN = 'Europe/Berlin';
const LORD_HOWE = 'Australia/Lord_Howe';

test.each([
  // In the night of 8 March New York goes from 02:00 to 03:00, on 1 November from 02:00 back to 01:00.
  {
    it: 'a spring day has 23 hours',
    zone: NEW_YORK,
    hours: ['00:00', '24:00'],
    from: '2026-03-08T00:00-05:00',
    to: '2026-03-09T00:00-04:00',
    open: 23 * 60,
  },
  {
    it: 'an autumn day has 25 hours',
    zone: NEW_YORK,
    hours: ['00:00', '24:00'],
    from: '2026-11-01T00:00-04:00',
    to: '2026-11-02T00:00-05:00',
    open: 25 * 60,
  },
  {
    it: 'the spring night shift is an hour short',
    zone: NEW_YORK,
    hours: ['22:00', '06:00'],
    from: '2026-03-07T12:00-05:00',
    to: '2026-03-08T12:00-04:00',
    open: 7 * 60,
  },
  {
    it: 'the autumn night shift is an hour long',
    zone: NEW_YORK,
    hours: ['22:00', '06:00'],
    from: '2026-10-31T12:00-04:00',
    to: '2026-11-01T12:00-05:00',
    open: 9 * 60,
  },
  {
    it: 'opening inside the gap is opening after it',
    zone: NEW_YORK,
    hours: ['02:30', '05:00'],
    from: '2026-03-08T00:00-05:00',
    to: '2026-03-08T12:00-04:00',
    open: 120,
  },
  {
    it: 'closing inside the gap is closing before it',
    zone: NEW_YORK,
    hours: ['01:00', '02:30'],
    from: '2026-03-08T00:00-05:00',
    to: '2026-03-08T12:00-04:00',
    open: 60,
  },
  {
    it: 'hours that lie in the gap do not happen',
    zone: NEW_YORK,
    hours: ['02:10', '02:50'],
    from: '2026-03-08T00:00-05:00',
    to: '2026-03-08T12:00-04:00',
    open: 0,
  },
  {
    it: 'hours that lie in the overlap happen twice',
    zone: NEW_YORK,
    hours: ['01:10', '01:50'],
    from: '2026-11-01T00:00-04:00',
    to: '2026-11-01T12:00-05:00',
    open: 80,
  },
  {
    it: 'the clocks change elsewhere on another day',
    zone: BERLIN,
    hours: ['00:00', '06:00'],
    from: '2026-03-29T00:00+01:00',
    to: '2026-03-29T12:00+02:00',
    open: 5 * 60,
  },
  {
    it: 'and back',
    zone: BERLIN,
    hours: ['00:00', '06:00'],
    from: '2026-10-25T00:00+02:00',
    to: '2026-10-25T12:00+01:00',
    open: 7 * 60,
  },
  {
    it: 'by half an hour forward',
    zone: LORD_HOWE,
    hours: ['00:00', '06:00'],
    from: '2026-10-04T00:00+10:30',
    to: '2026-10-04T12:00+11:00',
    open: 5.5 * 60,
  },
  {
    it: 'by half an hour back',
    zone: LORD_HOWE,
    hours: ['00:00', '06:00'],
    from: '2026-04-05T00:00+11:00',
    to: '2026-04-05T12:00+10:30',
    open: 6.5 * 60,
  },
  {
    it: 'office hours do not notice',
    zone: BERLIN,
    hours: ['09:00', '18:00'],
    from: '2026-03-28T00:00+01:00',
    to: '2026-03-30T00:00+02:00',
    open: 18 * 60,
  },
])('$it ($zone)', ({ zone, hours: [start = '', end = ''], from, to, open }) => {
  expect(openTimeBetween(compiled(everyDay(zone, start, end)), at(from), at(to)) / MINUTE).toBe(open);
});

test('a deadline keeps to the local clock on both sides of a change', () => {
  const office = compiled(everyDay(BERLIN, '09:00', '18:00'));
  expect(addOpenTime(office, at('2026-03-28T17:00+01:00'), 2 * HOUR).at).toBe(at('2026-03-29T10:00+02:00'));
  expect(addOpenTime(office, at('2026-10-24T17:00+02:00'), 2 * HOUR).at).toBe(at('2026-10-25T10:00+01:00'));
});

test('the end of a day is the later one where the clocks go back over midnight', () => {
  // Beirut goes from 24:00 back to 23:00 on 24 October 2026, so 23:59:59 comes twice.
  const beirut = compiled(everyDay('Asia/Beirut', '09:00', '18:00'));
  expect(endOfDay(beirut, at('2026-10-24T12:00+03:00'), 0, 'CALENDAR').at).toBe(at('2026-10-24T23:59:59+02:00'));
  expect(endOfDay(beirut, at('2026-10-24T22:30Z'), 0, 'CALENDAR').at).toBe(at('2026-10-25T23:59:59+02:00'));
});
