import { expect, test } from 'vitest';
import { explainClock } from '../../server/engine/sla/explain.ts';
import { at, calendars, endOfDays, event, HOUR, hours, promise } from './support.ts';

// Who had the time: open hours are whose the ticket waits for, else ours; closed ones are nobody's.

const hoursOf = (events: Parameters<typeof explainClock>[0], metric: 'RESOLUTION' | 'FULFILMENT', now: string) => {
  const told = explainClock(events, { metric, cycle: 1 }, at(now), calendars)?.shares ?? [];
  return Object.fromEntries(
    told.filter(({ duration }) => duration > 0).map((one) => [one.holder, one.duration / HOUR]),
  );
};
const resolution = (calendarKey: string) => promise({ metric: 'RESOLUTION', target: hours(12), calendarKey });

test('a day of which everybody had some', () => {
  const events = [
    event('2026-03-02T16:00', 'OPENED', { promises: [resolution('hall@2')] }),
    event('2026-03-02T17:00', 'WAITING', { reason: 'WAITING_ON_CUSTOMER' }),
    event('2026-03-03T10:00', 'RESUMED'),
    event('2026-03-03T11:00', 'WAITING', { reason: 'ANOTHER_DEPARTMENT' }),
    event('2026-03-03T12:30', 'WAITING', { reason: 'APPROVAL' }),
    event('2026-03-03T13:00', 'RESUMED'),
    event('2026-03-03T14:00', 'WAITING', { reason: 'ANOTHER_PARTY' }),
    event('2026-03-03T15:00', 'RESUMED'),
    event('2026-03-03T16:00', 'RESOLVED'),
  ];
  // The counter is open from 9 to 18: of the customer's seventeen hours fifteen were at night.
  const all = { US: 4, ANOTHER_DEPARTMENT: 1.5, CUSTOMER: 2, APPROVAL: 0.5, ANOTHER_PARTY: 1, CLOSED_HOURS: 15 };
  expect(hoursOf(events, 'RESOLUTION', '2026-03-10T12:00')).toEqual(all);
  expect(hoursOf(events, 'RESOLUTION', '2026-03-03T09:30')).toEqual({ US: 1, CUSTOMER: 1.5, CLOSED_HOURS: 15 });
});

test('around the clock no hour is closed, and a wait that goes on is whose it is', () => {
  const events = [
    event('2026-03-02T16:00', 'OPENED', { promises: [resolution('always@1')] }),
    event('2026-03-02T20:00', 'WAITING', { reason: 'WAITING_ON_CUSTOMER' }),
  ];
  expect(hoursOf(events, 'RESOLUTION', '2026-03-03T20:00')).toEqual({ US: 4, CUSTOMER: 24 });
});

test('a wait for which no clock stands still has its share all the same', () => {
  const events = [
    event('2026-03-02T10:00', 'OPENED', { promises: [resolution('always@1')] }),
    event('2026-03-02T11:00', 'WAITING', { reason: 'ANOTHER_DEPARTMENT' }),
  ];
  const told = explainClock(events, { metric: 'RESOLUTION', cycle: 1 }, at('2026-03-02T15:00'), calendars);
  expect(told).toMatchObject({ state: 'RUNNING', elapsed: 5 * HOUR });
  expect(hoursOf(events, 'RESOLUTION', '2026-03-02T15:00')).toEqual({ US: 1, ANOTHER_DEPARTMENT: 4 });
});

test("until the appointment the time is the appointment's", () => {
  const offer = promise({ metric: 'FULFILMENT', target: endOfDays(0), from: 'APPOINTMENT' });
  const events = [event('2026-03-01T10:00', 'OPENED', { appointmentAt: at('2026-03-02T09:00'), promises: [offer] })];
  expect(hoursOf(events, 'FULFILMENT', '2026-03-02T11:00')).toEqual({ APPOINTMENT: 23, US: 2 });
});
