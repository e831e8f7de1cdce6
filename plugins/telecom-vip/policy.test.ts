import { expect, test } from 'vitest';
import type { GuardFacts, TicketFacts } from '../../server/engine/policy/contract.ts';
import { guard, measure, promise } from './answers.ts';
import { ageCode, BRANDS, isBusyDay, PHONE_HABITS, PREFERENCES, profiles, spendCode } from './archive.ts';
import { checkParameters, parameters as declared, schemes } from './club.ts';
import { customer, parameters } from './fixtures.ts';
import policy from './index.ts';

const consent = (vipService: boolean, marketing: boolean | null) => ({
  ...customer,
  consent: { vipService, marketing },
});

const now = '2026-03-01T18:00:00.000Z';

type Figures = Readonly<Record<string, string>>;
const ticket: TicketFacts = {
  type: 'COMPLAINT',
  level: 1,
  case: null,
  channel: 'PHONE',
  openedAt: now,
  appointmentAt: null,
};
test.each([
  { it: 'diamond skips the IVR (A-100)', code: 'DIAMOND', benefits: ['PRIORITY_HALL', 'PRIORITY_HOTLINE', 'SKIP_IVR'] },
  { it: 'gold as diamond (A-101)', code: 'GOLD', benefits: ['PRIORITY_HALL', 'PRIORITY_HOTLINE', 'SKIP_IVR'] },
  {
    it: 'silver has priority, and no skip that is not granted (A-098, A-102)',
    code: 'SILVER',
    benefits: ['PRIORITY_HALL', 'PRIORITY_HOTLINE'],
  },
] as const)('club: $it', ({ code, benefits }) => {
  expect(schemes.club.tiers[code].benefits).toEqual(benefits);
});

test('the defaults are ours, the thresholds of the club are blank', () => {
  const defaults = Object.entries(declared).map(([key, one]) => [
    key,
    'default' in one ? one.default : undefined,
    'ours' in one,
  ]);
  expect(defaults).toEqual([
    ['silverFrom', undefined, false],
    ['goldFrom', undefined, false],
    ['diamondFrom', undefined, false],
    ['complaintHours', 24, true],
    ['greetingsPerHoliday', 1, true],
    ['faceToFaceMonths', 3, true],
  ]);
});

test.each([
  { it: 'takes ascending thresholds', given: { silverFrom: '1', goldFrom: '2', diamondFrom: '3' }, paths: [] },
  { it: 'refuses silver above gold', given: { silverFrom: '3', goldFrom: '2' }, paths: ['silverFrom'] },
  {
    it: 'refuses silver at diamond while gold is blank',
    given: { silverFrom: '3', diamondFrom: '3' },
    paths: ['silverFrom'],
  },
])('checkParameters $it', ({ given, paths }) => {
  expect(checkParameters(given).map(({ path }) => path)).toEqual(paths);
});

test.each([
  { spend: 25, code: null },
  { spend: '29.99', code: null },
  { spend: 30, code: 1 },
  { spend: 80, code: 2 },
  { spend: 100, code: 2 },
  { spend: 120, code: 3 },
  { spend: 150, code: 3 },
  { spend: 200, code: 4 },
  { spend: 250, code: 4 },
])('a monthly spend of $spend yuan has the code $code (A-104 to A-106)', ({ spend, code }) => {
  expect(spendCode(spend)).toBe(code);
});

test.each([
  { age: 17, code: 1 },
  { age: 18, code: 2 },
  { age: 25, code: 3 },
  { age: 30, code: 3 },
  { age: 35, code: 4 },
  { age: 40, code: 4 },
])('an age of $age has the code $code (A-107, A-108)', ({ age, code }) => {
  expect(ageCode(age)).toBe(code);
});

test('brand 2, preference 4, habits 3 and 4 are M-Zone, music, SMS/MMS and mobile web (A-103)', () => {
  expect([BRANDS[2].en, PREFERENCES[4].en, PHONE_HABITS[3].en, PHONE_HABITS[4].en]).toEqual([
    'M-Zone',
    'music',
    'SMS/MMS often',
    'mobile web often',
  ]);
});

test.each([
  {
    it: 'takes codes that fit',
    file: { brand: 2, preference: 4, phoneHabits: [3, 4], monthlySpend: 80, spendCode: 2, age: 18, ageCode: 2 },
    path: undefined,
  },
  { it: 'refuses a spend code of another bracket', file: { monthlySpend: 80, spendCode: 1 }, path: 'spendCode' },
  { it: 'refuses a spend code where there is none', file: { monthlySpend: 25, spendCode: 1 }, path: 'spendCode' },
  { it: 'refuses an age code of another bracket', file: { age: 35, ageCode: 3 }, path: 'ageCode' },
  { it: 'refuses a brand that does not exist', file: { brand: 4 }, path: 'brand' },
])('the archive $it', ({ file, path }) => {
  expect(profiles.INDIVIDUAL.strict().safeParse(file).error?.issues[0]?.path[0]).toBe(path);
});

test.each([
  { day: '2026-03-24', busy: false },
  { day: '2026-03-25', busy: true },
  { day: '2026-04-05', busy: true },
  { day: '2026-04-06', busy: false },
])('the hall is busy on $day: $busy (A-115)', ({ day, busy }) => {
  expect(isBusyDay(day)).toBe(busy);
});

test.each([
  {
    it: 'answers a complaint of 02:00 within 24 hours, day and night (A-122, A-095)',
    type: 'COMPLAINT',
    minutes: 1440,
  },
  { it: 'answers a 10086 work order as a complaint', type: 'WORK_ORDER', minutes: 1440 },
  { it: 'leaves an inquiry to the next', type: 'INQUIRY', minutes: undefined },
])('promise $it', ({ type, minutes }) => {
  const answer = promise({ now, cause: 'OPENED', ticket: { ...ticket, type }, customer }, parameters)?.answer;
  expect(answer).toEqual(
    minutes && [{ metric: 'FIRST_RESPONSE', target: { kind: 'DURATION', minutes }, calendar: 'always' }],
  );
});

const closing: NonNullable<GuardFacts['ticket']> = { ...ticket, status: 'RESOLVED', calledBack: false, assigned: true };
/** Facts of a guard, with as much of the input as the rule reads. */
type Guarded = {
  readonly [K in keyof GuardFacts]?: K extends 'input' ? Readonly<Record<string, unknown>> : GuardFacts[K];
};

test.each<{ it: string; facts: Guarded; code: string | undefined }>([
  {
    it: 'refuses a complaint closed before it is resolved (A-121)',
    facts: { ticket: { ...closing, status: 'NEW' } },
    code: 'OUTSIDE_PROCESS',
  },
  {
    it: 'refuses a complaint that nobody was assigned',
    facts: { ticket: { ...closing, assigned: false } },
    code: 'OUTSIDE_PROCESS',
  },
  { it: 'leaves a complaint that went through the process to the next', facts: { ticket: closing }, code: undefined },
  {
    it: 'leaves an inquiry to the next',
    facts: { ticket: { ...closing, type: 'INQUIRY', assigned: false } },
    code: undefined,
  },
  {
    it: 'refuses an archive entry of who declines (A-109)',
    facts: { action: 'CREATE_CUSTOMER', customer: consent(false, false) },
    code: 'CUSTOMER_DECLINED',
  },
  {
    it: 'takes an entry of who was not asked yet',
    facts: { action: 'CREATE_CUSTOMER', customer: { ...customer, consent: { vipService: null, marketing: null } } },
    code: undefined,
  },
  {
    it: 'refuses a marketing message to who was never told (A-119)',
    facts: { action: 'RECORD_INTERACTION', input: { channel: 'SMS', purpose: 'PUBLICISE' } },
    code: 'NO_MARKETING_CONSENT',
  },
  {
    it: 'lets a marketing message to who agreed',
    facts: {
      action: 'RECORD_INTERACTION',
      customer: consent(true, true),
      input: { channel: 'SMS', purpose: 'PUBLICISE' },
    },
    code: undefined,
  },
  {
    it: 'refuses the second greeting of a holiday',
    facts: { action: 'SEND_MESSAGE', input: { kind: 'GREETING', sentThisHoliday: 1 } },
    code: 'GREETING_QUOTA',
  },
  {
    it: 'lets a service message without it',
    facts: { action: 'RECORD_INTERACTION', input: { channel: 'SMS', purpose: 'CARE' } },
    code: undefined,
  },
])('guard $it', ({ facts, code }) => {
  const given = {
    now,
    action: 'CLOSE_TICKET',
    viewer: { roles: ['CUSTOMER_MANAGER'] },
    customer,
    ticket: null,
    input: {},
    ...facts,
  } as GuardFacts;
  const answer = guard(given, parameters)?.answer;
  expect(answer?.refusals[0]?.code).toBe(code);
});

test.each<{ it: string; figures: Figures; before: Figures; met: Readonly<Record<string, boolean>> }>([
  { it: '3.49 % churn meets below 3.5 (A-092)', figures: { CHURN: '3.49' }, before: {}, met: { CHURN: true } },
  { it: '3.50 % churn misses', figures: { CHURN: '3.50' }, before: {}, met: { CHURN: false } },
  {
    it: '1.95 % of the top tiers meets below 2 (A-093)',
    figures: { CHURN_TOP_TIERS: '1.95' },
    before: {},
    met: { CHURN_TOP_TIERS: true },
  },
  {
    it: '2.00 % of the top tiers misses',
    figures: { CHURN_TOP_TIERS: '2.00' },
    before: {},
    met: { CHURN_TOP_TIERS: false },
  },
  {
    it: 'the top tiers miss while all meet (A-094)',
    figures: { CHURN: '3.0', CHURN_TOP_TIERS: '2.5' },
    before: {},
    met: { CHURN: true, CHURN_TOP_TIERS: false },
  },
  {
    it: 'the same satisfaction is no rise (A-097)',
    figures: { SATISFACTION: '84' },
    before: { SATISFACTION: '84' },
    met: { SATISFACTION: false },
  },
  {
    it: 'any rise counts',
    figures: { SATISFACTION: '84.01' },
    before: { SATISFACTION: '84' },
    met: { SATISFACTION: true },
  },
  { it: 'a first period is not judged', figures: { SATISFACTION: '84' }, before: {}, met: {} },
])('measure: $it', ({ figures, before, met }) => {
  const { answer } = measure({ period: { from: '2026-01-01', to: '2026-12-31' }, figures, before });
  expect(Object.fromEntries(answer.flatMap((one) => (one.met === null ? [] : [[one.key, one.met]])))).toEqual(met);
});

test("numbers show as in the hall's sample (A-118)", () => {
  expect(policy.phoneMask).toBe('PREFIX');
});
