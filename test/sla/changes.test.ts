import { describe, expect, test } from 'vitest';
import { clocksOf } from '../../server/engine/sla/clock.ts';
import { firesUntil, nextFireAt } from '../../server/engine/sla/reading.ts';
import { at, calendars, clockOf, event, given, hours, promise, shown } from './support.ts';

const level = (target: number, atRisk = [80]) => [promise({ metric: 'RESOLUTION', target: hours(target), atRisk })];
const due = (events: Parameters<typeof clocksOf>[0], metric: Parameters<typeof clockOf>[1] = 'RESOLUTION', cycle = 1) =>
  shown(clockOf(clocksOf(events, calendars), metric, cycle).dueAt);
const hallHours = (count: number, key = 'hall@1') =>
  promise({ metric: 'RESOLUTION', target: hours(count), calendarKey: key });

describe('policy and calendar changes', () => {
  test('counted hours stay counted; the rest counts on the new calendar', () => {
    const events = [
      event('2026-03-02T09:00', 'OPENED', { promises: [hallHours(8)] }),
      event('2026-03-02T14:00', 'POLICY_APPLIED', { promises: [hallHours(8, 'hall@2')] }),
    ];
    // 3.5 h until 14:00 with lunch off; 4 h until 18:00; half an hour of Tuesday.
    expect(due(events)).toBe('2026-03-03T09:30');
  });

  test('a shorter target may have been missed already, and that is told once', () => {
    const events = [
      event('2026-03-02T08:00', 'OPENED', { promises: level(12) }),
      event('2026-03-02T14:00', 'POLICY_APPLIED', { promises: level(5) }),
    ];
    const [clock] = clocksOf(events, calendars);
    expect(clock).toMatchObject({ state: 'BREACHED', breachedAt: at('2026-03-02T13:00') });
    expect(clock?.fires).toEqual([{ kind: 'BREACH', at: at('2026-03-02T13:00') + 1 }]);
    expect(nextFireAt(given(clock))).toBe(at('2026-03-02T13:00') + 1);
    const [later] = clocksOf(
      [...events, event('2026-03-02T15:00', 'POLICY_APPLIED', { promises: level(4) })],
      calendars,
    );
    expect(later?.fires).toEqual([]);
    expect(firesUntil(given(later), at('2026-03-02T16:00'))).toEqual([
      { kind: 'BREACH', at: at('2026-03-02T13:00') + 1 },
    ]);
  });

  test('a shorter target of which nobody was warned in time warns at once, by its highest point', () => {
    const events = [
      event('2026-03-02T08:00', 'OPENED', { promises: level(24) }),
      event('2026-03-02T15:00', 'POLICY_APPLIED', { promises: level(8, [50, 80]) }),
    ];
    const [clock] = clocksOf(events, calendars);
    expect(clock?.fires).toEqual([
      { kind: 'AT_RISK', percent: 80, at: at('2026-03-02T14:24') },
      { kind: 'BREACH', at: at('2026-03-02T16:00') + 1 },
    ]);
    const [later] = clocksOf(
      [...events, event('2026-03-02T15:30', 'POLICY_APPLIED', { promises: level(9, [80]) })],
      calendars,
    );
    expect(firesUntil(given(later), at('2026-03-02T18:00'))).toEqual([
      { kind: 'AT_RISK', percent: 80, at: at('2026-03-02T14:24') },
      { kind: 'BREACH', at: at('2026-03-02T17:00') + 1 },
    ]);
  });

  test('a metric that the change leaves out stays promised', () => {
    const events = [
      event('2026-03-02T08:00', 'OPENED', {
        promises: [promise({ metric: 'FIRST_RESPONSE', target: hours(1) }), ...level(5)],
      }),
      event('2026-03-02T08:30', 'ESCALATED', { promises: level(8) }),
    ];
    expect(due(events, 'FIRST_RESPONSE')).toBe('2026-03-02T09:00');
  });
});

describe('several clocks', () => {
  const all = [
    promise({ metric: 'FIRST_RESPONSE', target: hours(1) }),
    promise({ metric: 'RESOLUTION', target: hours(8) }),
    promise({ metric: 'NEXT_UPDATE', target: hours(2) }),
    promise({ metric: 'CALLBACK', target: hours(24) }),
  ];
  const opened = event('2026-03-02T08:00', 'OPENED', { promises: all });
  const kinds = (events: Parameters<typeof clocksOf>[0]) =>
    clocksOf(events, calendars).map(({ metric, cycle, state }) => `${metric} ${cycle} ${state}`);

  test('updates start with the first response and repeat with each public comment', () => {
    const events = [
      opened,
      event('2026-03-02T08:30', 'ACKNOWLEDGED'),
      event('2026-03-02T09:00', 'COMMENTED', { isPublic: false }),
      event('2026-03-02T10:00', 'COMMENTED', { isPublic: true }),
    ];
    expect(kinds(events.slice(0, 1))).toEqual(['FIRST_RESPONSE 1 RUNNING', 'RESOLUTION 1 RUNNING']);
    expect(due(events.slice(0, 3), 'NEXT_UPDATE')).toBe('2026-03-02T10:30');
    expect(due(events, 'NEXT_UPDATE', 2)).toBe('2026-03-02T12:00');
    expect(kinds([...events, event('2026-03-02T13:00', 'RESOLVED')])).toEqual([
      'FIRST_RESPONSE 1 FULFILLED',
      'RESOLUTION 1 FULFILLED',
      'NEXT_UPDATE 1 FULFILLED',
      'NEXT_UPDATE 2 BREACHED',
      'CALLBACK 1 RUNNING',
    ]);
  });

  test('without a first response to wait for, updates start at opening', () => {
    expect(due([event('2026-03-02T08:00', 'OPENED', { promises: all.slice(1) })], 'NEXT_UPDATE')).toBe(
      '2026-03-02T10:00',
    );
  });

  test('the callback runs from the solution until the call', () => {
    const events = [opened, event('2026-03-02T09:00', 'RESOLVED'), event('2026-03-03T09:00', 'CALLED_BACK')];
    expect(clockOf(clocksOf(events, calendars), 'CALLBACK')).toMatchObject({
      startedAt: at('2026-03-02T09:00'),
      dueAt: at('2026-03-03T09:00'),
      state: 'FULFILLED',
    });
  });

  test('reopening starts a new resolution; the old one keeps its outcome, and the callback comes after the next', () => {
    const events = [
      opened,
      event('2026-03-02T17:00', 'RESOLVED'),
      event('2026-03-03T08:00', 'REOPENED', { promises: [promise({ metric: 'RESOLUTION', target: hours(4) })] }),
      event('2026-03-03T09:00', 'RESOLVED'),
    ];
    expect(due(events, 'RESOLUTION', 2)).toBe('2026-03-03T12:00');
    expect(kinds(events)).toEqual([
      'FIRST_RESPONSE 1 BREACHED',
      'RESOLUTION 1 BREACHED',
      'CALLBACK 1 CANCELLED',
      'RESOLUTION 2 FULFILLED',
      'CALLBACK 2 RUNNING',
    ]);
  });

  test('reopened without a word, it is promised what it was promised before', () => {
    const events = [opened, event('2026-03-02T09:00', 'RESOLVED'), event('2026-03-05T10:00', 'REOPENED')];
    expect(due(events, 'RESOLUTION', 2)).toBe('2026-03-05T18:00');
  });

  test('resolving twice starts one callback', () => {
    expect(kinds([opened, event('2026-03-02T08:30', 'RESOLVED'), event('2026-03-02T09:00', 'RESOLVED')])).toHaveLength(
      3,
    );
  });

  test('events out of order are refused', () => {
    expect(() => clocksOf([opened, event('2026-03-02T07:59', 'RESOLVED')], calendars)).toThrow(RangeError);
  });
});
