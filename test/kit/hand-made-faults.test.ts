// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are pieces of source
import { expect, test } from 'vitest';
import { findingsAfter } from './support.ts';

/**
 * Faults that people make when they write a policy from a document, each in a copy of a plugin whose examples were taken from the document.
 * They compile, or are what plain JavaScript lets through.
 */
const FAULTS: readonly (readonly [string, string, string])[] = [
  ['the zone of the calendar', '      timeZone,\n      week:', "      timeZone: 'America/New_York',\n      week:"],
  ['the zone of the days', "const timeZone = 'Asia/Shanghai'", "const timeZone = 'America/New_York'"],
  ['lunch is forgotten', 'const DAY = [morning, afternoon]', "const DAY = [{ start: '08:00', end: '17:30' }]"],
  ['lunch ends half an hour early', "start: '13:30'", "start: '13:00'"],
  ['it opens an hour late', "start: '08:00'", "start: '09:00'"],
  ['it closes half an hour late', "end: '17:30'", "end: '18:00'"],
  ['Sunday is open', '6: [morning] }', '6: [morning], 7: DAY }'],
  ['Saturday is closed', '5: DAY, 6: [morning] }', '5: DAY }'],
  ['Saturday is a whole day', '6: [morning] }', '6: DAY }'],
  ['holidays are forgotten', "holidays: 'CN'", "holidays: 'NONE'"],
  ['hours overlap', "end: '12:00'", "end: '14:00'"],
  ['the calendar is forgotten', "target: minutes(limit), calendar: 'desk'", 'target: minutes(limit)'],
  [
    'another calendar is named',
    "hours(ticket.level >= 2 ? 8 : 16), calendar: 'desk'",
    "hours(ticket.level >= 2 ? 8 : 16), calendar: 'dsek' as 'desk'",
  ],
  ['hours for minutes', 'minutes(limit)', 'hours(limit)'],
  ['minutes for hours', 'hours(ticket.level', 'minutes(ticket.level'],
  ['an emergency in 5 hours', 'minutes(5)', 'hours(5)'],
  ['the wrong level is grave', 'ticket.level >= 2', 'ticket.level >= 3'],
  ['no level is ever grave', 'ticket.level >= 2', 'ticket.level >= 4'],
  ['the wrong level in a guard', 'ticket.level >= 3 &&', 'ticket.level >= 2 &&'],
  ['a level that there is not in a guard', 'ticket.level >= 3 &&', 'ticket.level >= 5 &&'],
  ['a guard that asks the wrong way round', '!input.rootCause', 'input.rootCause'],
  [
    'a guard of another type',
    "ticket?.type === 'COMPLAINT' && ticket.level",
    "ticket?.type === ('COMPLANT' as string) && ticket.level",
  ],
  [
    'a tier is misspelt in a promise',
    "tier === 'GOLD' ? answerMinutes / 2",
    "tier === ('GLOD' as string) ? answerMinutes / 2",
  ],
  ['twice instead of half', 'answerMinutes / 2', 'answerMinutes * 2'],
  [
    'a tier is misspelt in the life cycle',
    'missesBeforeDemotion: { GOLD: 2 }',
    "missesBeforeDemotion: { ['GLOD' as string]: 2 }",
  ],
  ['a miss too many', 'missesBeforeDemotion: { GOLD: 2 }', 'missesBeforeDemotion: { GOLD: 3 }'],
  ['a fraction for a percentage', "atLeast('ATTENDANCE', 80)", "atLeast('ATTENDANCE', 0.8)"],
  ['a percentage that nobody reaches', "atLeast('ATTENDANCE', 80)", "atLeast('ATTENDANCE', 800)"],
  ['either instead of both', "all(atLeast('SPEND'", "((...of: any[]) => ({ op: 'any' as const, of }))(atLeast('SPEND'"],
  ['a threshold ten times too high', "atLeast('SPEND', 5000)", "atLeast('SPEND', 50000)"],
  ['a default ten times too low', "default: '20000'", "default: '2000'"],
  ['another metric', "when: atLeast('VISITS', 1)", "when: atLeast('SPEND', 1)"],
  ['two tiers in the wrong order', 'rank: 3, benefits', 'rank: 0, benefits'],
  ['a benefit of the wrong tier', "rank: 3, benefits: ['OWN_DOCTOR'] }", 'rank: 3 }'],
  [
    'a blank parameter is read at once',
    'route: ({ kind, amount }, parameters) => {',
    'route: ({ kind, amount }, { freeUpTo: _freeUpTo, ...parameters }: any) => {\n      parameters = { ...parameters, freeUpTo: _freeUpTo };',
  ],
  ['a limit that is excluded', '<= Number(parameters.freeUpTo)', '< Number(parameters.freeUpTo)'],
  ['the wrong place decides', "isSmall ? 'SAME_BRANCH' : 'HEAD_OFFICE'", "isSmall ? 'HEAD_OFFICE' : 'HEAD_OFFICE'"],
  ['English as Chinese in a reason', "zh: '按金额审批。'", "zh: 'Spending is decided by its amount.'"],
  ['English as Chinese in a label', "zh: '患者等级'", "zh: 'Patients of all tiers'"],
  ['Chinese as English in a label', "en: 'Severe', zh", "en: '特大', zh"],
  ['the local day is forgotten', "addDays(now.slice(0, 10), 1), '12:00'", "addDays(now.slice(0, 10), 0), '12:00'"],
  ['due by midnight', "'12:00', timeZone)", "'00:00', timeZone)"],
  ['at every event', "event.kind !== 'BREACHED' ||", ''],
  ['each quarter instead of each month', "every: 'MONTH'", "every: 'QUARTER'"],
  ['by any contact', "by: ['PHONE']", "by: ['PHONE', 'VISIT']"],
  ['a key of the day', "key: 'apologise'", 'key: `apologise:${now}`'],
  ['a field is misspelt that is to be masked', "sensitive: ['idCard']", "sensitive: ['idCrad' as 'idCard']"],
  ['a review too late', 'reviewMonths: 12', 'reviewMonths: 24'],
  ['all see all', "access: 'BRANCH_AND_BELOW'", "access: 'CENTRAL'"],
  ['the clock of the machine', 'event.kind !== ', 'Date.now() > 0 && event.kind !== '],
];

/** Of a hundred such faults so many are found. */
const BAR = 90;

test('nine of ten faults that people make are found', async () => {
  const missed: string[] = [];
  for (const [it, from, to] of FAULTS) {
    const found = await findingsAfter('../test/kit/plugins/clinic', 'index.ts', from, to).catch((error: Error) => {
      // What cannot even be loaded is found; a text that is not there is a fault of this test.
      if (error instanceof RangeError) throw error;
      return [error.message];
    });
    if (found.length === 0) missed.push(it);
  }
  expect(FAULTS.length).toBeGreaterThanOrEqual(40);
  expect(missed.length / FAULTS.length, missed.join(', ')).toBeLessThanOrEqual((100 - BAR) / 100);
  console.log(`missed: ${missed.join(', ') || 'none'}`);
});

test('the plugin itself has none', async () => {
  expect(await findingsAfter('../test/kit/plugins/clinic', 'index.ts', "id: 'clinic'", "id: 'clinic'")).toEqual([]);
});
