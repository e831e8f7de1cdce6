import fc from 'fast-check';
import type { ClockEvent, ClockEventKind } from '../../server/engine/sla/clock.ts';
import type { PinnedPromise } from '../../server/engine/sla/reading.ts';
import { at, DAY, MINUTE, promise } from './support.ts';

const KINDS: readonly ClockEventKind[] = [
  'ACKNOWLEDGED',
  'ASSIGNED',
  'COMMENTED',
  'WAITING',
  'RESUMED',
  'ESCALATED',
  'RESOLVED',
  'CALLED_BACK',
  'CLOSED',
  'REOPENED',
  'POLICY_APPLIED',
  'UPDATED',
  'CANCELLED',
];
const METRICS = ['FIRST_RESPONSE', 'RESOLUTION', 'NEXT_UPDATE', 'FULFILMENT', 'CALLBACK'] as const;

export const calendarKeys = ['hall@1', 'hall@2', 'nights@1', 'plain@1', 'always@1'] as const;

/** Instants, whole minutes, from before National Day to after its make-up Saturday, and around the year's end. */
export const instants = fc
  .tuple(fc.constantFrom(at('2026-09-19T00:00'), at('2026-09-29T00:00'), at('2026-12-27T00:00')), fc.nat(12 * 24 * 60))
  .map(([base, minutes]) => base + minutes * MINUTE);

export const durations = fc
  .oneof(fc.nat(600), fc.constantFrom(0, 30, 60, 300, 480, 720, 2400))
  .map((minutes): PinnedPromise['target'] => ({ kind: 'DURATION', minutes }));

const targets = fc.oneof(
  { weight: 5, arbitrary: durations },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(4), fc.constantFrom('CALENDAR' as const, 'WORKING' as const))
      .map(([days, count]): PinnedPromise['target'] => ({ kind: 'END_OF_DAY', days, count })),
  },
);

export const pauses = fc.subarray(['WAITING_ON_CUSTOMER', 'APPROVAL'] as const);
const atRisk = fc.subarray([25, 50, 80, 99]);

const promises = fc
  .tuple(fc.constantFrom(...METRICS), targets, fc.constantFrom(...calendarKeys), pauses, atRisk, fc.boolean())
  .map(([metric, target, calendarKey, paused, warned, booked]) =>
    promise({ metric, target, calendarKey, pauses: paused, atRisk: warned, from: booked ? 'APPOINTMENT' : 'RECEIPT' }),
  );

/** Promises of several metrics, one each. */
const manyPromises = fc.uniqueArray(promises, { selector: ({ metric }) => metric, maxLength: 4 });

const reasons = fc.constantFrom('WAITING_ON_CUSTOMER' as const, 'APPROVAL' as const, 'ANOTHER_DEPARTMENT' as const);
const gaps = fc.oneof(fc.nat(120), fc.nat(3 * 24 * 60), fc.constant(0));

/** What may follow: mostly life as it is, now and then nonsense. `gap` is in minutes. */
const steps = fc
  .tuple(
    gaps,
    fc.constantFrom(...KINDS, 'WAITING' as const, 'RESUMED' as const, 'WAITING' as const, 'RESUMED' as const),
    reasons,
    fc.boolean(),
    manyPromises,
    fc.option(fc.integer({ min: -600, max: 3000 }), { nil: undefined, freq: 3 }),
  )
  .map(([gap, kind, reason, isPublic, brought, booked]) => ({ gap, kind, reason, isPublic, brought, booked }));

type Step = typeof steps extends fc.Arbitrary<infer S> ? S : never;

const BRINGING: ReadonlySet<ClockEventKind> = new Set(['ESCALATED', 'REOPENED', 'POLICY_APPLIED']);

function eventOf({ kind, reason, isPublic, brought, booked }: Step, when: number): ClockEvent {
  return {
    at: when,
    kind,
    ...(kind === 'WAITING' && { reason }),
    ...(kind === 'COMMENTED' && { isPublic }),
    ...(BRINGING.has(kind) && { promises: brought }),
    ...(kind === 'UPDATED' && booked !== undefined && { appointmentAt: when + booked * MINUTE }),
  };
}

/** A whole ticket: opened with promises, then up to ten events. */
export const histories: fc.Arbitrary<readonly ClockEvent[]> = fc
  .tuple(instants, manyPromises, fc.option(fc.nat(4000), { nil: undefined }), fc.array(steps, { maxLength: 10 }))
  .map(([openedAt, brought, booked, following]) => {
    const events: ClockEvent[] = [
      {
        at: openedAt,
        kind: 'OPENED',
        promises: brought,
        ...(booked !== undefined && { appointmentAt: openedAt + booked * MINUTE }),
      },
    ];
    let when = openedAt;
    for (const step of following) {
      when += step.gap * MINUTE;
      events.push(eventOf(step, when));
    }
    return events;
  });

/** One resolution clock that waits, goes on, and is promised anew: what the naive adder can follow. */
export const resolutions: fc.Arbitrary<readonly ClockEvent[]> = fc
  .tuple(
    instants,
    fc.array(
      fc.tuple(
        gaps,
        fc.constantFrom('WAITING', 'RESUMED', 'ESCALATED', 'POLICY_APPLIED', 'COMMENTED'),
        reasons,
        durations,
        fc.constantFrom(...calendarKeys),
        pauses,
      ),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([openedAt, following]) => {
    let when = openedAt;
    return following.map(([gap, kind, reason, target, calendarKey, paused], i): ClockEvent => {
      const promises = [promise({ metric: 'RESOLUTION', target, calendarKey, pauses: paused })];
      if (i === 0) return { at: openedAt, kind: 'OPENED', promises };
      when += gap * MINUTE;
      if (kind === 'ESCALATED' || kind === 'POLICY_APPLIED') return { at: when, kind, promises };
      return kind === 'WAITING' ? { at: when, kind, reason } : { at: when, kind: kind as ClockEventKind };
    });
  });

/** The same history, later. */
export function shifted(events: readonly ClockEvent[], by: number): ClockEvent[] {
  return events.map((event) => ({
    ...event,
    at: event.at + by,
    ...(event.appointmentAt !== undefined && { appointmentAt: event.appointmentAt + by }),
  }));
}

export const weeks = fc.integer({ min: -30, max: 200 }).map((count) => count * 7 * DAY);
