import { describe, expect, test } from 'vitest';
import { clocksOf } from '../../server/engine/sla/clock.ts';
import { firesUntil, nextFireAt, readClock } from '../../server/engine/sla/reading.ts';
import { at, calendars, clockOf, endOfDays, event, given, HOUR, hours, promise, shown } from './support.ts';

const level = (target: number, atRisk = [80]) => [promise({ metric: 'RESOLUTION', target: hours(target), atRisk })];
const due = (events: Parameters<typeof clocksOf>[0], metric: Parameters<typeof clockOf>[1] = 'RESOLUTION', cycle = 1) =>
  shown(clockOf(clocksOf(events, calendars), metric, cycle).dueAt);
const hallHours = (count: number, key = 'hall@1') =>
  promise({ metric: 'RESOLUTION', target: hours(count), calendarKey: key });

describe('complaint levels', () => {
  test.each([
    { it: 'A-124 level 1', opened: '2026-03-02T08:00', target: 5, expected: '2026-03-02T13:00' },
    { it: 'A-125 level 2', opened: '2026-03-02T08:00', target: 8, expected: '2026-03-02T16:00' },
    { it: 'A-126 level 3', opened: '2026-03-02T08:00', target: 12, expected: '2026-03-02T20:00' },
    { it: 'A-127 level 3 over the night', opened: '2026-03-02T20:00', target: 12, expected: '2026-03-03T08:00' },
    { it: 'level 3 over the year end', opened: '2026-12-31T20:00', target: 12, expected: '2027-01-01T08:00' },
  ])('$it', ({ opened, target, expected }) => {
    expect(due([event(opened, 'OPENED', { promises: level(target) })])).toBe(expected);
  });

  test('A-129 level 2 warns at 14:24, then breaches at 16:00', () => {
    const [clock] = clocksOf([event('2026-03-02T08:00', 'OPENED', { promises: level(8) })], calendars);
    expect(clock?.fires).toEqual([
      { kind: 'AT_RISK', percent: 80, at: at('2026-03-02T14:24') },
      { kind: 'BREACH', at: at('2026-03-02T16:00') + 1 },
    ]);
    expect(nextFireAt(given(clock))).toBe(at('2026-03-02T14:24'));
    expect(nextFireAt(given(clock), at('2026-03-02T14:24'))).toBe(at('2026-03-02T16:00') + 1);
    expect(nextFireAt(given(clock), at('2026-03-02T16:00') + 1)).toBeUndefined();
  });

  test('A-130 level 1 of 08:00 escalated to 2 at 11:00 is due 16:00', () => {
    const clocks = clocksOf(
      [
        event('2026-03-02T08:00', 'OPENED', { promises: level(5) }),
        event('2026-03-02T11:00', 'ESCALATED', { promises: level(8) }),
      ],
      calendars,
    );
    expect(clocks).toHaveLength(1);
    expect(clocks[0]).toMatchObject({ cycle: 1, startedAt: at('2026-03-02T08:00'), dueAt: at('2026-03-02T16:00') });
    expect(readClock(given(clocks[0]), at('2026-03-02T12:00'), calendars)).toEqual({
      state: 'RUNNING',
      dueAt: at('2026-03-02T16:00'),
      elapsedMs: 4 * HOUR,
      remainingMs: 4 * HOUR,
      percent: 50,
    });
  });

  test('escalated after its breach, it is owed anew, and the breach is not forgotten', () => {
    const clock = clockOf(
      clocksOf(
        [
          event('2026-03-02T08:00', 'OPENED', { promises: level(5) }),
          event('2026-03-02T14:00', 'ESCALATED', { promises: level(8) }),
        ],
        calendars,
      ),
      'RESOLUTION',
    );
    expect(clock).toMatchObject({
      state: 'BREACHED',
      breachedAt: at('2026-03-02T13:00'),
      dueAt: at('2026-03-02T16:00'),
      earlierBreaches: [at('2026-03-02T13:00')],
    });
    expect(firesUntil(clock, at('2026-03-02T17:00'))).toEqual([
      { kind: 'AT_RISK', percent: 80, at: at('2026-03-02T12:00') },
      { kind: 'BREACH', at: at('2026-03-02T13:00') + 1 },
      { kind: 'AT_RISK', percent: 80, at: at('2026-03-02T14:24') },
      { kind: 'BREACH', at: at('2026-03-02T16:00') + 1 },
    ]);
  });
});

describe('provisioning', () => {
  const fulfilment = (days: number, count: 'CALENDAR' | 'WORKING' = 'CALENDAR', key = 'always@1') =>
    promise({ metric: 'FULFILMENT', target: endOfDays(days, count), from: 'APPOINTMENT', calendarKey: key });
  const booked = (appointment: string, offer: ReturnType<typeof fulfilment>) =>
    event('2026-03-01T10:00', 'OPENED', { appointmentAt: at(appointment), promises: [offer] });

  test('A-137 at once is 30 minutes', () => {
    const offer = promise({ metric: 'FULFILMENT', target: { kind: 'DURATION', minutes: 30 } });
    expect(due([event('2026-03-02T09:00', 'OPENED', { promises: [offer] })], 'FULFILMENT')).toBe('2026-03-02T09:30');
  });

  test.each([
    { it: 'A-138 the same day', appointment: '2026-03-02T09:00', days: 0, expected: '2026-03-02T23:59:59' },
    { it: 'A-139 within 3 days', appointment: '2026-03-02T00:00', days: 3, expected: '2026-03-05T23:59:59' },
    { it: 'A-140 within 5 days', appointment: '2026-03-02T00:00', days: 5, expected: '2026-03-07T23:59:59' },
    { it: 'over the year end', appointment: '2026-12-30T15:00', days: 3, expected: '2027-01-02T23:59:59' },
  ])('$it', ({ appointment, days, expected }) => {
    expect(due([booked(appointment, fulfilment(days))], 'FULFILMENT')).toBe(expected);
  });

  test('working days skip the weekend, and the target is their open time', () => {
    const clock = clockOf(
      clocksOf([booked('2026-03-06T15:00', fulfilment(1, 'WORKING', 'hall@1'))], calendars),
      'FULFILMENT',
    );
    expect(shown(clock.dueAt)).toBe('2026-03-09T23:59:59');
    expect(clock.targetMs).toBe(10.5 * HOUR);
  });

  test('it counts from the appointment, and another appointment moves it', () => {
    const events = [
      booked('2026-03-02T09:00', fulfilment(0)),
      event('2026-03-02T11:00', 'UPDATED', { appointmentAt: at('2026-03-04T14:00') }),
    ];
    const [before] = clocksOf(events.slice(0, 1), calendars);
    expect(readClock(given(before), at('2026-03-01T23:00'), calendars)).toMatchObject({
      state: 'RUNNING',
      elapsedMs: 0,
    });
    const [after] = clocksOf(events, calendars);
    expect(after).toMatchObject({ startedAt: at('2026-03-04T14:00'), dueAt: at('2026-03-04T23:59:59'), stretches: [] });
  });

  test('an appointment put before a pause had it running until then', () => {
    const offer = promise({ metric: 'FULFILMENT', target: hours(4), from: 'APPOINTMENT' });
    const events = [
      event('2026-03-02T07:00', 'OPENED', { appointmentAt: at('2026-03-03T09:00'), promises: [offer] }),
      event('2026-03-02T10:00', 'WAITING', { reason: 'WAITING_ON_CUSTOMER' }),
      event('2026-03-02T11:00', 'UPDATED', { appointmentAt: at('2026-03-02T08:00') }),
    ];
    const clock = clockOf(clocksOf(events, calendars), 'FULFILMENT');
    expect(readClock(clock, at('2026-03-02T12:00'), calendars)).toMatchObject({ state: 'PAUSED', elapsedMs: 2 * HOUR });
    expect(due([...events, event('2026-03-02T12:00', 'RESUMED')], 'FULFILMENT')).toBe('2026-03-02T14:00');
  });

  test('without an appointment it starts at receipt', () => {
    expect(due([event('2026-03-02T10:00', 'OPENED', { promises: [fulfilment(0)] })], 'FULFILMENT')).toBe(
      '2026-03-02T23:59:59',
    );
  });

  test('a pause over the promised evening gives the day on which it ends', () => {
    const events = [
      booked('2026-03-02T09:00', fulfilment(0, 'CALENDAR', 'hall@1')),
      event('2026-03-02T18:30', 'WAITING', { reason: 'WAITING_ON_CUSTOMER' }),
      event('2026-03-04T10:00', 'RESUMED'),
    ];
    expect(due(events, 'FULFILMENT')).toBe('2026-03-04T23:59:59');
  });

  test('an evening without any open hours is still the day that was promised', () => {
    const offer = promise({ metric: 'RESOLUTION', target: endOfDays(0), calendarKey: 'hall@1' });
    const [clock] = clocksOf([event('2026-03-02T19:00', 'OPENED', { promises: [offer] })], calendars);
    expect(clock).toMatchObject({ targetMs: 0, dueAt: at('2026-03-02T23:59:59'), state: 'RUNNING' });
    expect(clock?.fires).toEqual([{ kind: 'BREACH', at: at('2026-03-03T00:00') }]);
  });
});

describe('breach is an instant', () => {
  const opened = event('2026-03-02T08:00', 'OPENED', { promises: level(5) });
  test.each([
    {
      it: 'resolved at the due instant is in time',
      resolvedAt: at('2026-03-02T13:00'),
      state: 'FULFILLED',
      breached: undefined,
    },
    {
      it: 'one millisecond later is late',
      resolvedAt: at('2026-03-02T13:00') + 1,
      state: 'BREACHED',
      breached: at('2026-03-02T13:00'),
    },
  ])('$it', ({ resolvedAt, state, breached }) => {
    const [clock] = clocksOf([opened, { at: resolvedAt, kind: 'RESOLVED' }], calendars);
    expect(clock).toMatchObject({ state, fulfilledAt: resolvedAt, fires: [] });
    expect(clock?.breachedAt).toBe(breached);
    expect(given(clock).fired.some(({ kind }) => kind === 'BREACH')).toBe(breached !== undefined);
  });

  test('it is breached once the due instant is past, and what remains goes below zero', () => {
    const [clock] = clocksOf([opened], calendars);
    expect(readClock(given(clock), at('2026-03-02T13:00'), calendars)).toMatchObject({
      state: 'RUNNING',
      remainingMs: 0,
      percent: 100,
    });
    expect(readClock(given(clock), at('2026-03-02T13:00') + 1, calendars).state).toBe('BREACHED');
    expect(readClock(given(clock), at('2026-03-02T14:00'), calendars).remainingMs).toBe(-HOUR);
  });

  test('a ticket closed without a solution cancels what ran, not what was breached', () => {
    const [running] = clocksOf([opened, event('2026-03-02T09:00', 'CANCELLED')], calendars);
    const [breached] = clocksOf([opened, event('2026-03-02T14:00', 'CLOSED')], calendars);
    expect([running?.state, breached?.state, breached?.cancelledAt]).toEqual([
      'CANCELLED',
      'BREACHED',
      at('2026-03-02T14:00'),
    ]);
  });
});

describe('pausing', () => {
  const wait = (time: string, reason: 'WAITING_ON_CUSTOMER' | 'APPROVAL' = 'WAITING_ON_CUSTOMER') =>
    event(time, 'WAITING', { reason });
  const opened = event('2026-03-02T08:00', 'OPENED', {
    promises: [promise({ metric: 'FIRST_RESPONSE', target: hours(1), pauses: ['WAITING_ON_CUSTOMER'] }), ...level(5)],
  });

  test('a listed reason stops the clock, and nothing fires', () => {
    const clocks = clocksOf([opened, wait('2026-03-02T09:00')], calendars);
    const clock = clockOf(clocks, 'RESOLUTION');
    expect(clock).toMatchObject({
      state: 'PAUSED',
      pausedAt: at('2026-03-02T09:00'),
      fires: [],
      dueAt: at('2026-03-02T13:00'),
    });
    expect(readClock(clock, at('2026-03-09T09:00'), calendars)).toMatchObject({
      state: 'PAUSED',
      elapsedMs: HOUR,
      remainingMs: 4 * HOUR,
    });
    expect(readClock(clockOf(clocks, 'FIRST_RESPONSE'), at('2026-03-02T09:01'), calendars).state).toBe('BREACHED');
  });

  test('at the point of which it warns it has warned, whatever follows', () => {
    const warned = { kind: 'AT_RISK', percent: 80, at: at('2026-03-02T12:00') };
    const events = [opened, wait('2026-03-02T12:00'), event('2026-03-02T13:00', 'RESUMED')];
    expect(clockOf(clocksOf(events.slice(0, 2), calendars), 'RESOLUTION')).toMatchObject({
      fired: [warned],
      fires: [],
    });
    expect(firesUntil(clockOf(clocksOf(events, calendars), 'RESOLUTION'), at('2026-03-03T12:00'))).toEqual([
      warned,
      { kind: 'BREACH', at: at('2026-03-02T14:00') + 1 },
    ]);
  });

  test('going on moves the due instant by the pause', () => {
    expect(due([opened, wait('2026-03-02T09:00'), event('2026-03-02T10:30', 'RESUMED')])).toBe('2026-03-02T14:30');
  });

  test('a reason that is not listed does not stop it', () => {
    expect(due([opened, wait('2026-03-02T09:00', 'APPROVAL'), event('2026-03-02T10:30', 'RESUMED')])).toBe(
      '2026-03-02T13:00',
    );
  });

  test('what was breached before a pause stays breached', () => {
    const clock = clockOf(clocksOf([opened, wait('2026-03-02T14:00')], calendars), 'RESOLUTION');
    expect(clock).toMatchObject({
      state: 'BREACHED',
      breachedAt: at('2026-03-02T13:00'),
      pausedAt: at('2026-03-02T14:00'),
    });
  });

  test('resolved while it stands still, it is in time', () => {
    const clock = clockOf(
      clocksOf([opened, wait('2026-03-02T12:00'), event('2026-03-05T12:00', 'RESOLVED')], calendars),
      'RESOLUTION',
    );
    expect(clock).toMatchObject({ state: 'FULFILLED', dueAt: at('2026-03-05T13:00') });
    expect(clock.pausedAt).toBeUndefined();
  });

  test('escalated while it stands still, it stands still, and pauses survive', () => {
    const events = [opened, wait('2026-03-02T09:00'), event('2026-03-02T10:00', 'ESCALATED', { promises: level(8) })];
    expect(clockOf(clocksOf(events, calendars), 'RESOLUTION').state).toBe('PAUSED');
    expect(due([...events, event('2026-03-02T11:00', 'RESUMED')])).toBe('2026-03-02T18:00');
  });

  test('a new policy that no longer pauses for the reason lets it go on', () => {
    const offer = promise({ metric: 'RESOLUTION', target: hours(5), pauses: [] });
    expect(
      due([opened, wait('2026-03-02T09:00'), event('2026-03-02T10:00', 'POLICY_APPLIED', { promises: [offer] })]),
    ).toBe('2026-03-02T14:00');
  });
});

test('a promise that runs past the known holidays says so', () => {
  const [clock] = clocksOf([event('2026-12-31T17:00', 'OPENED', { promises: [hallHours(400)] })], calendars);
  expect(clock?.beyondHorizon).toBe(true);
});

test('a promise of 8.2 hours is one of whole milliseconds', () => {
  const [clock] = clocksOf([event('2026-03-02T08:00', 'OPENED', { promises: level(8.2) })], calendars);
  expect(clock).toMatchObject({ targetMs: 29_520_000, dueAt: at('2026-03-02T16:12') });
});

test('a promise of no time is due at the first open moment', () => {
  const offer = promise({ metric: 'RESOLUTION', target: hours(0), calendarKey: 'hall@1' });
  expect(due([event('2026-03-02T19:00', 'OPENED', { promises: [offer] })])).toBe('2026-03-03T09:00');
  expect(due([event('2026-03-02T10:00', 'OPENED', { promises: [offer] })])).toBe('2026-03-02T10:00');
  const wait = event('2026-03-02T20:00', 'WAITING', { reason: 'WAITING_ON_CUSTOMER' });
  const overnight = [event('2026-03-02T19:00', 'OPENED', { promises: [offer] }), wait];
  expect(due([...overnight, event('2026-03-03T10:00', 'RESUMED')])).toBe('2026-03-03T10:00');
});
