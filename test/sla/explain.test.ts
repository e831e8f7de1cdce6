import { expect, test } from 'vitest';
import { explainClock } from '../../server/engine/sla/explain.ts';
import { at, calendars, endOfDays, event, HOUR, hours, promise, shown } from './support.ts';

const resolution = (target: number, calendarKey: string) =>
  promise({ metric: 'RESOLUTION', target: hours(target), calendarKey });

test('a level-3 complaint across National Day, with its make-up Saturday', () => {
  const events = [
    event('2026-09-30T16:00', 'OPENED', { promises: [resolution(12, 'hall@2')] }),
    event('2026-10-08T11:00', 'WAITING', { reason: 'WAITING_ON_CUSTOMER' }),
    event('2026-10-09T17:00', 'RESUMED'),
  ];
  const explained = explainClock(events, { metric: 'RESOLUTION', cycle: 1 }, at('2026-10-10T10:00'), calendars);
  expect(explained?.segments.map((s) => [shown(s.from), shown(s.to), s.cause, s.counted])).toEqual([
    ['2026-09-30T16:00', '2026-09-30T18:00', 'BUSINESS_HOURS', true],
    ['2026-09-30T18:00', '2026-10-01T00:00', 'OUTSIDE_HOURS', false],
    ['2026-10-01T00:00', '2026-10-08T00:00', 'HOLIDAY', false],
    ['2026-10-08T00:00', '2026-10-08T09:00', 'OUTSIDE_HOURS', false],
    ['2026-10-08T09:00', '2026-10-08T11:00', 'BUSINESS_HOURS', true],
    ['2026-10-08T11:00', '2026-10-09T17:00', 'WAITING_ON_CUSTOMER', false],
    ['2026-10-09T17:00', '2026-10-09T18:00', 'BUSINESS_HOURS', true],
    ['2026-10-09T18:00', '2026-10-10T09:00', 'OUTSIDE_HOURS', false],
    ['2026-10-10T09:00', '2026-10-10T10:00', 'MAKE_UP_DAY', true],
  ]);
  expect(explained).toMatchObject({
    state: 'RUNNING',
    dueAt: at('2026-10-10T16:00'),
    elapsed: 6 * HOUR,
    remaining: 6 * HOUR,
    beyondHorizon: false,
  });
  expect(explained?.segments[2]?.because).toEqual({ en: 'Not counted: National Day.', zh: '不计时：国庆节。' });
});

test('a past instant is told as it was then', () => {
  const events = [
    event('2026-03-02T08:00', 'OPENED', { promises: [resolution(5, 'always@1')] }),
    event('2026-03-02T11:00', 'ESCALATED', { promises: [resolution(8, 'always@1')] }),
    event('2026-03-02T12:00', 'RESOLVED'),
  ];
  const told = (time: string) => explainClock(events, { metric: 'RESOLUTION', cycle: 1 }, at(time), calendars);
  expect(told('2026-03-02T10:00')).toMatchObject({
    state: 'RUNNING',
    dueAt: at('2026-03-02T13:00'),
    elapsed: 2 * HOUR,
  });
  expect(told('2026-03-02T11:30')).toMatchObject({ state: 'RUNNING', dueAt: at('2026-03-02T16:00') });
  expect(told('2026-03-05T11:30')).toMatchObject({ state: 'FULFILLED', elapsed: 4 * HOUR, remaining: 4 * HOUR });
  expect(told('2026-03-05T11:30')?.segments.at(-1)).toMatchObject({
    to: at('2026-03-02T12:00'),
    cause: 'ALWAYS',
    counted: true,
  });
  expect(told('2026-03-02T07:59')).toBeUndefined();
});

test('the wait for an appointment is not counted', () => {
  const offer = promise({ metric: 'FULFILMENT', target: endOfDays(0), from: 'APPOINTMENT' });
  const events = [event('2026-03-01T10:00', 'OPENED', { appointmentAt: at('2026-03-02T09:00'), promises: [offer] })];
  const explained = explainClock(events, { metric: 'FULFILMENT', cycle: 1 }, at('2026-03-02T10:00'), calendars);
  expect(explained?.segments.map(({ cause, duration, counted }) => [cause, duration, counted])).toEqual([
    ['APPOINTMENT', 23 * HOUR, false],
    ['ALWAYS', HOUR, true],
  ]);
});

test('an explanation past the known holidays says so', () => {
  const events = [event('2026-12-31T17:00', 'OPENED', { promises: [resolution(400, 'hall@1')] })];
  expect(
    explainClock(events, { metric: 'RESOLUTION', cycle: 1 }, at('2026-12-31T18:00'), calendars)?.beyondHorizon,
  ).toBe(true);
});
