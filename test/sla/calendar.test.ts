import { expect, test } from 'vitest';
import {
  alwaysCalendar,
  type CalendarDefinition,
  calendarInForce,
  calendarKey,
  isAroundTheClock,
} from '../../server/engine/sla/calendar.ts';
import { checkCalendar } from '../../server/engine/sla/check-calendar.ts';
import { always, at, hall, hallWithoutLunch, nights, plain } from './support.ts';

test('sound calendars have nothing against them', () => {
  for (const calendar of [hall, hallWithoutLunch, nights, plain, always]) expect(checkCalendar(calendar)).toEqual([]);
});

const nine = { start: '09:00', end: '12:00' };
test.each<{ it: string; change: Partial<CalendarDefinition>; field: string; rule: string }>([
  {
    it: 'a time that is none',
    change: { week: { 1: [{ start: '9:00', end: '12:00' }] } },
    field: 'week.1[0].start',
    rule: 'BAD_TIME',
  },
  {
    it: 'an hour past the day',
    change: { week: { 1: [{ start: '09:00', end: '24:30' }] } },
    field: 'week.1[0].end',
    rule: 'BAD_TIME',
  },
  {
    it: 'an opening at 24:00',
    change: { week: { 1: [{ start: '24:00', end: '06:00' }] } },
    field: 'week.1[0].start',
    rule: 'BAD_TIME',
  },
  {
    it: 'an overlap',
    change: { week: { 1: [nine, { start: '11:59', end: '18:00' }] } },
    field: 'week.1[1]',
    rule: 'OVERLAP',
  },
  {
    it: 'a night shift into the next morning',
    change: { week: { 1: [{ start: '22:00', end: '10:00' }], 2: [nine] } },
    field: 'week.2[0]',
    rule: 'OVERLAP',
  },
  {
    it: 'a Sunday night into Monday',
    change: { week: { 1: [nine], 7: [{ start: '22:00', end: '10:00' }] } },
    field: 'week.1[0]',
    rule: 'OVERLAP',
  },
  { it: 'no hours at all', change: { week: { 1: [] } }, field: 'week', rule: 'EMPTY' },
  {
    it: 'no such weekday',
    change: { week: { 1: [nine], 8: [nine] } as CalendarDefinition['week'] },
    field: 'week.8',
    rule: 'BAD_WEEKDAY',
  },
  { it: 'no such zone', change: { timeZone: 'Asia/Peking City' }, field: 'timeZone', rule: 'BAD_ZONE' },
  { it: 'no label', change: { label: { en: 'Hall', zh: ' ' } }, field: 'label.zh', rule: 'REQUIRED' },
  { it: 'an id with the separator', change: { id: 'hall@2' }, field: 'id', rule: 'REQUIRED' },
  { it: 'no version', change: { version: 0 }, field: 'version', rule: 'REQUIRED' },
  {
    it: 'no such date',
    change: { exceptions: [{ date: '2026-02-29', kind: 'CLOSED' }] },
    field: 'exceptions[0].date',
    rule: 'BAD_DATE',
  },
  {
    it: 'a date twice',
    change: {
      exceptions: [
        { date: '2026-03-01', kind: 'CLOSED' },
        { date: '2026-03-01', kind: 'CLOSED' },
      ],
    },
    field: 'exceptions[1].date',
    rule: 'DUPLICATE',
  },
  {
    it: 'an exception without hours',
    change: { exceptions: [{ date: '2026-03-01', kind: 'HOURS', hours: [] }] },
    field: 'exceptions[0].hours',
    rule: 'EMPTY',
  },
  {
    it: 'an exception that overlaps itself',
    change: { exceptions: [{ date: '2026-03-01', kind: 'HOURS', hours: [nine, nine] }] },
    field: 'exceptions[0].hours[1]',
    rule: 'OVERLAP',
  },
  {
    it: 'a make-up day like a closed one',
    change: { exceptions: [{ date: '2026-03-01', kind: 'WORKING_DAY', like: 7 }] },
    field: 'exceptions[0].like',
    rule: 'BAD_WEEKDAY',
  },
  {
    it: 'statutory make-up days like a closed one',
    change: { makeUpLike: 7 },
    field: 'makeUpLike',
    rule: 'BAD_WEEKDAY',
  },
  {
    it: 'an end before the beginning',
    change: { effectiveFrom: '2026-03-01', effectiveTo: '2026-03-01' },
    field: 'effectiveTo',
    rule: 'OUT_OF_ORDER',
  },
  {
    it: 'a correction of no date',
    change: { holidayCorrections: { days: [{ date: '20261001', kind: 'HOLIDAY' }] } },
    field: 'holidayCorrections.days[0].date',
    rule: 'BAD_DATE',
  },
])('refuses $it', ({ change, field, rule }) => {
  expect(checkCalendar({ ...hall, ...change }).map((issue) => [issue.field, issue.rule])).toEqual([[field, rule]]);
});

test('hours may touch, and may run until 24:00', () => {
  const week = { 1: [nine, { start: '12:00', end: '24:00' }], 2: [{ start: '00:00', end: '09:00' }] };
  expect(checkCalendar({ ...hall, week })).toEqual([]);
});

test('a promise is made on the newest version in force on its local date', () => {
  const versions = [
    hall,
    { ...hall, version: 2, effectiveFrom: '2026-04-01' },
    { ...hall, version: 3, effectiveFrom: '2026-05-01', effectiveTo: '2026-06-01' },
  ];
  const inForce = (time: string) => calendarKey(calendarInForce(versions, at(time)) ?? plain);
  expect(inForce('2026-03-31T23:59')).toBe('hall@1');
  expect(inForce('2026-04-01T00:00')).toBe('hall@2');
  expect(inForce('2026-05-31T23:59')).toBe('hall@3');
  expect(inForce('2026-06-01T00:00')).toBe('hall@2');
  expect(calendarInForce([], 0)).toBeUndefined();
});

test('around the clock is what it says, not what it is called', () => {
  expect(isAroundTheClock(alwaysCalendar('UTC'))).toBe(true);
  expect(isAroundTheClock({ ...alwaysCalendar('UTC'), exceptions: [{ date: '2026-03-01', kind: 'CLOSED' }] })).toBe(
    false,
  );
  expect(isAroundTheClock({ ...hall, id: 'always' })).toBe(false);
});
