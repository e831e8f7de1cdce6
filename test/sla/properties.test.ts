import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addOpenTime, isOpenAt, openTimeBetween, segmentsBetween } from '../../server/engine/sla/business-time.ts';
import { applyEvent, type ClockEvent, clocksOf, noClocks, type TicketClocks } from '../../server/engine/sla/clock.ts';
import { explainClock } from '../../server/engine/sla/explain.ts';
import { firesUntil, isOver, readClock } from '../../server/engine/sla/reading.ts';
import { calendarKeys, durations, histories, instants, pauses, resolutions, shifted, weeks } from './histories.ts';
import { naiveCalendar, naiveCalendars, walk } from './naive.ts';
import { at, calendars, calendarsOf, clockOf, compiled, DAY, hall, MINUTE, plain, promise } from './support.ts';

/** Random histories a property; together 100,000, which CI affords. */
const RUNS = {
  replay: 30_000,
  explanation: 15_000,
  naive: 10_000,
  shift: 12_500,
  target: 15_000,
  pause: 12_500,
  fires: 5_000,
};
const TIMEOUT = 120_000;

/** The same calendars after a restart, whose tables have grown another way. */
const restarted = calendarsOf();

const keys = fc.constantFrom(...calendarKeys);
const aligned = (events: readonly ClockEvent[]) => (events.at(-1)?.at ?? 0) + 90 * MINUTE;

test(
  'the clocks kept event by event are those replayed from the beginning, at every prefix',
  () => {
    fc.assert(
      fc.property(histories, fc.nat(10), (events, somewhere) => {
        let kept: TicketClocks = noClocks;
        let replayed: TicketClocks = noClocks;
        let stored = JSON.stringify(noClocks);
        const anyPrefix = Math.min(somewhere, events.length - 1);
        events.forEach((event, i) => {
          // As a row would: through JSON and back, its calendars read from definitions anew.
          kept = applyEvent(JSON.parse(stored) as TicketClocks, event, restarted);
          replayed = applyEvent(replayed, event, calendars);
          stored = JSON.stringify(kept);
          if (stored !== JSON.stringify(replayed)) expect(kept).toEqual(replayed);
          if (i === anyPrefix) expect(kept.clocks).toEqual(clocksOf(events.slice(0, i + 1), calendars));
        });
      }),
      { numRuns: RUNS.replay },
    );
  },
  TIMEOUT,
);

test(
  'counted stretches add up to what has elapsed, and shares to the whole time, at any instant, without a gap',
  () => {
    fc.assert(
      fc.property(histories, fc.nat(20 * DAY), (events, after) => {
        const when = (events[0]?.at ?? 0) + after;
        for (const { metric, cycle } of clocksOf(events, calendars)) {
          const explained = explainClock(events, { metric, cycle }, when, calendars);
          if (explained === undefined) continue;
          const { segments, shares, elapsed } = explained;
          const whole = segments.reduce((sum, { duration }) => sum + duration, 0);
          expect(shares.reduce((sum, { duration }) => sum + duration, 0)).toBe(whole);
          expect(shares.filter(({ duration }) => duration < 0)).toEqual([]);
          expect(segments.reduce((sum, s) => sum + (s.counted ? s.duration : 0), 0)).toBe(elapsed);
          const broken = segments.filter(
            (s, i) => s.duration !== s.to - s.from || s.duration <= 0 || (i > 0 && s.from !== segments[i - 1]?.to),
          );
          expect(broken).toEqual([]);
        }
      }),
      { numRuns: RUNS.explanation },
    );
  },
  TIMEOUT,
);

test(
  'an adder that looks at the wall once a minute agrees',
  () => {
    const open = naiveCalendars();
    // It knows the holidays of one autumn only.
    const autumn = resolutions.filter((events) => (events.at(-1)?.at ?? 0) < at('2026-12-01T00:00'));
    fc.assert(
      fc.property(autumn, (events) => {
        const until = aligned(events);
        const expected = walk(events, until, open);
        const clock = clockOf(clocksOf(events, calendars), 'RESOLUTION');
        const { elapsedMs, state } = readClock(clock, until, calendars);
        expect(elapsedMs).toBe(expected.elapsed * MINUTE);
        if (expected.dueAt !== undefined) {
          expect(clock.dueAt).toBe(expected.dueAt);
          expect(state).toBe(expected.dueAt < until || clock.earlierBreaches.length > 0 ? 'BREACHED' : 'RUNNING');
        }
      }),
      { numRuns: RUNS.naive },
    );
  },
  TIMEOUT,
);

test(
  'whole weeks later, everything is whole weeks later, where no holiday interferes',
  () => {
    const here = (events: readonly ClockEvent[]) =>
      clocksOf(events, () => desk).map(({ dueAt, startedAt, state, fires }) => ({
        dueAt,
        startedAt,
        state,
        fires: fires.map((f) => f.at),
      }));
    const desk = compiled(plain);
    fc.assert(
      fc.property(histories, weeks, (events, by) => {
        const expected = here(events).map(({ dueAt, startedAt, state, fires }) => ({
          dueAt: dueAt + by,
          startedAt: startedAt + by,
          state,
          fires: fires.map((when) => when + by),
        }));
        expect(here(shifted(events, by))).toEqual(expected);
      }),
      { numRuns: RUNS.shift },
    );
  },
  TIMEOUT,
);

test(
  'a longer target is never due earlier',
  () => {
    fc.assert(
      fc.property(resolutions, durations, durations, keys, pauses, (events, a, b, calendarKey, paused) => {
        const dueWith = (target: typeof a) => {
          const promises = [promise({ metric: 'RESOLUTION', target, calendarKey, pauses: paused })];
          const last = { at: aligned(events), kind: 'POLICY_APPLIED' as const, promises };
          return clockOf(clocksOf([...events, last], calendars), 'RESOLUTION').dueAt;
        };
        const minutes = (target: typeof a) => (target.kind === 'DURATION' ? target.minutes : 0);
        const [shorter, longer] = minutes(a) <= minutes(b) ? [a, b] : [b, a];
        expect(dueWith(shorter)).toBeLessThanOrEqual(dueWith(longer));
      }),
      { numRuns: RUNS.target },
    );
  },
  TIMEOUT,
);

test(
  'a pause never brings the due instant nearer',
  () => {
    fc.assert(
      fc.property(histories, fc.nat(4 * 24 * 60), fc.nat(3 * 24 * 60), (events, after, length) => {
        const before = clocksOf(events, calendars);
        const waitedAt = aligned(events) + after * MINUTE;
        const paused: ClockEvent[] = [
          { at: waitedAt, kind: 'WAITING', reason: 'WAITING_ON_CUSTOMER' },
          { at: waitedAt + length * MINUTE, kind: 'RESUMED' },
        ];
        // A ticket that waits already would be resumed by the second event, which is no pause.
        if (before.some((clock) => !isOver(clock) && clock.pausedAt !== undefined)) return;
        const later = clocksOf([...events, ...paused], calendars);
        before.forEach((clock, i) => {
          expect(later[i]?.dueAt).toBeGreaterThanOrEqual(clock.dueAt);
        });
      }),
      { numRuns: RUNS.pause },
    );
  },
  TIMEOUT,
);

test(
  'a breach fires once an instant, never while paused or over, and always when breached',
  () => {
    fc.assert(
      fc.property(histories, (events) => {
        for (const clock of clocksOf(events, calendars)) {
          if (isOver(clock) || clock.state === 'PAUSED') expect(clock.fires).toEqual([]);
          const when = aligned(events);
          const all = firesUntil(clock, when).map((fire) => JSON.stringify(fire));
          expect(new Set(all).size).toBe(all.length);
          if (readClock(clock, when, calendars).state === 'BREACHED')
            expect(all.some((fire) => fire.includes('BREACH'))).toBe(true);
          expect(clock.fires.toSorted((a, b) => a.at - b.at)).toEqual(clock.fires);
        }
      }),
      { numRuns: RUNS.fires },
    );
  },
  TIMEOUT,
);

test('adding open time and measuring it are each other’s inverse', () => {
  fc.assert(
    fc.property(keys, instants, fc.integer({ min: 1, max: 5 * DAY }), (key, from, ms) => {
      const calendar = calendars(key);
      const due = addOpenTime(calendar, from, ms).at;
      expect(openTimeBetween(calendar, from, due)).toBe(ms);
      expect(openTimeBetween(calendar, from, due - 1)).toBe(ms - 1);
      const open = segmentsBetween(calendar, from, due).filter(({ isOpen }) => isOpen);
      expect(open.reduce((sum, s) => sum + s.to - s.from, 0)).toBe(ms);
      expect(isOpenAt(calendar, addOpenTime(calendar, from, 0).at)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  { zone: 'America/New_York', from: '2026-03-06T00:00Z' },
  { zone: 'America/New_York', from: '2026-10-30T00:00Z' },
  { zone: 'Europe/Berlin', from: '2026-03-27T00:00Z' },
  { zone: 'Europe/Berlin', from: '2026-10-23T00:00Z' },
  { zone: 'Australia/Lord_Howe', from: '2026-04-03T00:00Z' },
  { zone: 'Australia/Lord_Howe', from: '2026-10-02T00:00Z' },
])('the wall clock agrees at every minute while the clocks change in $zone from $from', ({ zone, from }) => {
  const hours = [
    { start: '01:15', end: '02:20' },
    { start: '02:40', end: '03:10' },
    { start: '22:00', end: '00:30' },
  ];
  const week = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [day, hours]));
  const definition = { ...hall, holidays: 'NONE', timeZone: zone, week } as const;
  const naive = naiveCalendar(definition, at(from), at(from) + 5 * DAY);
  const calendar = compiled(definition);
  const differing: string[] = [];
  for (let now = at(from); now < at(from) + 5 * DAY; now += MINUTE) {
    if (isOpenAt(calendar, now) !== naive(now)) differing.push(new Date(now).toISOString());
  }
  expect(differing).toEqual([]);
});
