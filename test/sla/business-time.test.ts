import { expect, test } from 'vitest';
import {
  addOpenTime,
  endOfDay,
  isOpenAt,
  openTimeBetween,
  segmentsBetween,
} from '../../server/engine/sla/business-time.ts';
import type { CalendarDefinition } from '../../server/engine/sla/calendar.ts';
import { always, at, compiled, DAY, HOUR, hall, MINUTE, nights, plain, shown } from './support.ts';

const desk = compiled(plain);

test.each([
  {
    it: 'starts at opening time when opened at night',
    from: '2026-03-02T03:00Z',
    minutes: 60,
    due: '2026-03-02T10:00Z',
  },
  { it: 'carries the rest into the next day', from: '2026-03-02T17:30Z', minutes: 60, due: '2026-03-03T09:30Z' },
  { it: 'may fall due exactly at closing time', from: '2026-03-02T17:00Z', minutes: 60, due: '2026-03-02T18:00Z' },
  {
    it: 'waits for tomorrow when opened at closing time',
    from: '2026-03-02T18:00Z',
    minutes: 1,
    due: '2026-03-03T09:01Z',
  },
  { it: 'counts from opening time itself', from: '2026-03-02T09:00Z', minutes: 1, due: '2026-03-02T09:01Z' },
  {
    it: 'gives the same moment for 0 minutes while open',
    from: '2026-03-02T12:34Z',
    minutes: 0,
    due: '2026-03-02T12:34Z',
  },
  {
    it: 'gives the next opening for 0 minutes at closing time',
    from: '2026-03-02T18:00Z',
    minutes: 0,
    due: '2026-03-03T09:00Z',
  },
  {
    it: 'gives the opening for 0 minutes at opening time',
    from: '2026-03-02T09:00Z',
    minutes: 0,
    due: '2026-03-02T09:00Z',
  },
  { it: 'skips the weekend', from: '2026-03-06T17:00Z', minutes: 120, due: '2026-03-09T10:00Z' },
  { it: 'runs over the year end', from: '2026-12-31T17:00Z', minutes: 120, due: '2027-01-01T10:00Z' },
  {
    it: 'lays out later years when they are asked for',
    from: '2026-03-02T09:00Z',
    minutes: 1566 * 5 * 9 * 60,
    due: '2056-03-03T18:00Z',
  },
  {
    it: 'lays out earlier years when they are asked for',
    from: '2019-12-31T17:00Z',
    minutes: 120,
    due: '2020-01-01T10:00Z',
  },
])('$it', ({ from, minutes, due }) => {
  expect(new Date(addOpenTime(desk, at(from), minutes * MINUTE).at).toISOString()).toBe(
    new Date(at(due)).toISOString(),
  );
});

test.each([
  { it: 'stops over lunch', from: '2026-03-02T11:00', minutes: 120, due: '2026-03-02T14:30' },
  {
    it: 'falls due at the beginning of lunch, not at its end',
    from: '2026-03-02T11:00',
    minutes: 60,
    due: '2026-03-02T12:00',
  },
  {
    it: 'counts from the end of lunch when opened during it',
    from: '2026-03-02T12:20',
    minutes: 30,
    due: '2026-03-02T14:00',
  },
])('$it', ({ from, minutes, due }) => {
  expect(shown(addOpenTime(compiled(hall), at(from), minutes * MINUTE).at)).toBe(due);
});

test.each([
  { it: 'a night shift runs over midnight', from: '2026-03-02T21:00', minutes: 180, due: '2026-03-03T01:00' },
  { it: 'a night shift counts after midnight', from: '2026-03-03T05:30', minutes: 60, due: '2026-03-03T22:30' },
  { it: 'a night shift runs over the year end', from: '2026-12-31T23:00', minutes: 120, due: '2027-01-01T01:00' },
])('$it', ({ from, minutes, due }) => {
  expect(shown(addOpenTime(compiled(nights), at(from), minutes * MINUTE).at)).toBe(due);
});

test('the night shift of the eve is open when the first year begins', () => {
  expect(isOpenAt(compiled(nights), at('2026-01-01T05:59'))).toBe(true);
  expect(isOpenAt(compiled(nights), at('2026-01-01T06:00'))).toBe(false);
});

test('around the clock is plain time', () => {
  const calendar = compiled(always);
  expect(addOpenTime(calendar, at('2026-03-02T20:00'), 12 * HOUR)).toEqual({
    at: at('2026-03-03T08:00'),
    beyondHorizon: false,
  });
  expect(openTimeBetween(calendar, 5, 7)).toBe(2);
  expect(openTimeBetween(calendar, 7, 5)).toBe(0);
});

test('negative time, and times that no calendar knows, are refused', () => {
  expect(() => addOpenTime(desk, at('2026-03-02T09:00Z'), -1)).toThrow(RangeError);
  expect(() => addOpenTime(desk, Number.NaN, 1)).toThrow(RangeError);
  expect(() => addOpenTime(desk, at('2026-03-02T09:00Z'), Number.NaN)).toThrow(RangeError);
  expect(() => openTimeBetween(desk, 0, 9e15)).toThrow(RangeError);
});

test('a calendar that never opens again says so', () => {
  const once: CalendarDefinition = {
    ...plain,
    week: {},
    exceptions: [{ date: '2026-03-02', kind: 'HOURS', hours: [{ start: '09:00', end: '10:00' }] }],
  };
  expect(() => addOpenTime(compiled(once), at('2026-03-02T09:30Z'), HOUR)).toThrow(/does not open long enough/);
});

test('opening times are open, closing times are not', () => {
  const calendar = compiled(hall);
  const open = (time: string) => isOpenAt(calendar, at(`2026-03-02T${time}`));
  expect([open('08:59'), open('09:00'), open('11:59'), open('12:00'), open('13:30'), open('18:00')]).toEqual([
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
});

test('segments have no gaps, name their cause, and agree with the open time', () => {
  const calendar = compiled(hall);
  const from = at('2026-03-02T08:00');
  const to = at('2026-03-02T14:00');
  const segments = segmentsBetween(calendar, from, to);
  expect(segments.map((s) => [shown(s.from).slice(11), shown(s.to).slice(11), s.cause])).toEqual([
    ['08:00', '09:00', 'OUTSIDE_HOURS'],
    ['09:00', '12:00', 'BUSINESS_HOURS'],
    ['12:00', '13:30', 'OUTSIDE_HOURS'],
    ['13:30', '14:00', 'BUSINESS_HOURS'],
  ]);
  expect(openTimeBetween(calendar, from, to)).toBe(3.5 * HOUR);
});

test.each([
  { it: 'the same day', days: 0, count: 'CALENDAR', due: '2026-03-06T23:59:59' },
  { it: 'three calendar days on', days: 3, count: 'CALENDAR', due: '2026-03-09T23:59:59' },
  { it: 'one working day on, over a weekend', days: 1, count: 'WORKING', due: '2026-03-09T23:59:59' },
  { it: 'three working days on', days: 3, count: 'WORKING', due: '2026-03-11T23:59:59' },
] as const)('the end of a day: $it', ({ days, count, due }) => {
  // A Friday.
  expect(shown(endOfDay(compiled(hall), at('2026-03-06T09:00'), days, count).at)).toBe(due);
});

test('the end of a day is local, and counts make-up days as working days', () => {
  expect(shown(endOfDay(compiled(hall), at('2026-03-06T00:30'), 0, 'CALENDAR').at)).toBe('2026-03-06T23:59:59');
  // From 30 September 2026: the 1st to the 7th are holidays, the 8th and 9th work, Saturday the 10th makes up.
  expect(shown(endOfDay(compiled(hall), at('2026-09-30T09:00'), 3, 'WORKING').at)).toBe('2026-10-10T23:59:59');
  expect(() => endOfDay(compiled({ ...plain, week: {} }), 4 * 365 * DAY, 1, 'WORKING')).toThrow(/no working day/);
});
