import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BookmarkTimer } from '../../server/engine/alert-log/bookmark-timer.ts';

beforeEach(() => void vi.useFakeTimers({ now: 10_123 }));
afterEach(() => void vi.useRealTimers());

/** A beat, and the instants at which it came. */
function listen(everyMs: number) {
  const instants: number[] = [];
  const beat = new BookmarkTimer(everyMs, () => instants.push(Date.now()));
  return { beat, instants };
}

test('a beat falls on every whole multiple of its period, whenever it was begun', () => {
  const first = listen(500);
  vi.advanceTimersByTime(700);
  const second = listen(500);
  vi.advanceTimersByTime(1_200);
  expect(first.instants).toEqual([10_500, 11_000, 11_500, 12_000]);
  expect(second.instants).toEqual([11_000, 11_500, 12_000]);
  for (const { beat } of [first, second]) beat.end();
});

test('it is due until somebody has dealt with it, and comes again all the same', () => {
  const { beat, instants } = listen(500);
  expect(beat.due).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect([beat.due, instants.length]).toEqual([true, 2]);
  beat.due = false;
  vi.advanceTimersByTime(100);
  expect(beat.due).toBe(false);
  beat.end();
});

test('a clock that jumps moves the beat and nothing more', () => {
  const { beat, instants } = listen(500);
  vi.advanceTimersByTime(377);
  vi.setSystemTime(70_250);
  // The one that was on its way, then every multiple of the new time.
  vi.advanceTimersByTime(2_000);
  expect(instants).toEqual([10_500, 70_750, 71_000, 71_500, 72_000]);
  beat.end();
});

test('after its end it is silent', () => {
  const { beat, instants } = listen(500);
  beat.end();
  vi.advanceTimersByTime(5_000);
  expect(instants).toEqual([]);
});
