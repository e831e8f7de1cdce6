import { expect, test } from 'vitest';
import { dueAtEndOf, endOfDayIn, startOfDayIn } from '../server/platform/values/days.ts';

test.each([
  {
    it: 'a day in China has no surprises',
    zone: 'Asia/Shanghai',
    day: '2026-03-02',
    starts: '03-01T16:00',
    ends: '03-02T16:00',
  },
  {
    it: 'the day before the clocks go forward',
    zone: 'Australia/Sydney',
    day: '2026-10-03',
    starts: '10-02T14:00',
    ends: '10-03T14:00',
  },
  {
    it: 'the day on which they do has 23 hours',
    zone: 'Australia/Sydney',
    day: '2026-10-04',
    starts: '10-03T14:00',
    ends: '10-04T13:00',
  },
  {
    it: 'the day on which they go back has 25',
    zone: 'Australia/Sydney',
    day: '2026-04-05',
    starts: '04-04T13:00',
    ends: '04-05T14:00',
  },
  {
    it: 'and so west of Greenwich',
    zone: 'America/New_York',
    day: '2026-03-08',
    starts: '03-08T05:00',
    ends: '03-09T04:00',
  },
])('$it', ({ zone, day, starts, ends }) => {
  expect(startOfDayIn(day, zone)).toEqual(new Date(`2026-${starts}Z`));
  expect(endOfDayIn(new Date(day), zone)).toEqual(new Date(`2026-${ends}Z`));
  expect(dueAtEndOf(new Date(day), zone).getTime()).toBe(Date.parse(`2026-${ends}Z`) - 1_000);
});
