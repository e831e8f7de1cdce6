import { expect, test } from 'vitest';
import { holidaySeason, holidaysAhead, holidaysBefore } from '../../server/engine/sla/holidays-ahead.ts';

const names = (today: string) => holidaysAhead(today).map(({ on, name }) => `${on} ${name}`);

test.each([
  { it: 'a holiday of seven days is one, by its first day', today: '2026-09-28', ahead: ['2026-10-01 国庆节'] },
  { it: 'two holidays of a month are two', today: '2026-09-20', ahead: ['2026-09-25 中秋', '2026-10-01 国庆节'] },
  { it: 'a holiday that has begun is over', today: '2026-10-02', ahead: [] },
  { it: 'on its day it is there', today: '2026-05-01', ahead: ['2026-05-01 劳动节'] },
  { it: 'one that nobody announced yet goes by the law', today: '2027-09-10', ahead: ['2027-10-01 国庆节'] },
  { it: 'those of the moon wait for the notice', today: '2027-02-01', ahead: [] },
  { it: 'and the day that goes by the sun', today: '2028-04-01', ahead: ['2028-04-04 清明', '2028-05-01 劳动节'] },
  { it: 'across the year’s end', today: '2026-12-20', ahead: ['2027-01-01 元旦'] },
])('$it', ({ today, ahead }) => {
  expect(names(today)).toEqual(ahead);
});

test.each([
  { it: 'the one that began a week ago', today: '2026-10-01', before: ['2026-09-25 中秋'] },
  { it: 'not one of the day', today: '2026-09-25', before: [] },
  { it: 'the one of 31 days ago', today: '2026-11-01', before: ['2026-10-01 国庆节'] },
  { it: 'not the one of 32 days ago', today: '2026-11-02', before: [] },
  { it: 'across the year’s end', today: '2028-01-02', before: ['2028-01-01 元旦'] },
])('before a day there is $it', ({ today, before }) => {
  expect(holidaysBefore(today).map(({ on, name }) => `${on} ${name}`)).toEqual(before);
});

test.each([
  {
    it: 'runs from the end of one holiday to the end of the next',
    day: '2026-09-30',
    season: ['2026-09-28', '2026-10-07'],
  },
  { it: 'holds on the last day of the holiday', day: '2026-10-07', season: ['2026-09-28', '2026-10-07'] },
  { it: 'begins on the day after', day: '2026-10-08', season: ['2026-10-08', '2027-01-01'] },
  { it: 'is a make-up day between too', day: '2026-09-20', season: ['2026-06-22', '2026-09-27'] },
  { it: 'ends where the next holiday begins without a gap', day: '2025-10-05', season: ['2025-06-03', '2025-10-05'] },
  { it: 'begins there', day: '2025-10-06', season: ['2025-10-06', '2025-10-08'] },
  { it: 'goes by the law in years that nobody announced', day: '2028-02-29', season: ['2028-01-02', '2028-04-04'] },
])('the season of a holiday $it', ({ day, season }) => {
  const { from, to } = holidaySeason(day);
  expect([from, to]).toEqual(season);
});
