import { expect, test, vi } from 'vitest';
import { newId } from '../../server/platform/values/ids.ts';

test('ids ascend in the order in which they were made, also within a millisecond', () => {
  const ids = Array.from({ length: 10_000 }, newId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});

test('ids ascend when the clock is set back', () => {
  const before = newId();
  using _clock = vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2020-01-01T00:00:00Z'));
  const after = newId();
  expect(after > before).toBe(true);
});
