import { expect, test } from 'vitest';
import type {
  CareFacts,
  ContactFact,
  CustomerFacts,
  GuardFacts,
  TicketFacts,
} from '../../server/engine/policy/contract.ts';
import { guard, measure, promise } from './answers.ts';
import { ageCode, BRANDS, isBusyDay, PHONE_HABITS, PREFERENCES, profiles, spendCode } from './archive.ts';
import { care } from './care.ts';
import { checkParameters, parameters as declared, type Parameters, schemes } from './club.ts';
import policy from './index.ts';

const now = '2026-03-01T18:00:00.000Z';

type Figures = Readonly<Record<string, string>>;
const parameters = { complaintHours: 24, greetingsPerHoliday: 1, faceToFaceMonths: 3 } as Parameters;
const customer: CustomerFacts = {
  kind: 'INDIVIDUAL',
  stage: 'FORMAL',
  grade: null,
  consent: { vipService: true, marketing: null },
  profile: {},
};
const ticket: TicketFacts = {
  type: 'COMPLAINT',
  level: 1,
  case: null,
  channel: 'PHONE',
  openedAt: now,
  appointmentAt: null,
};
const tier = (code: string) =>
  ({ scheme: 'club', tier: code, rank: 1, since: '2025-01-01T00:00:00Z', state: 'ACTIVE', misses: 0 }) as const;

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
const consent = (vipService: boolean, marketing: boolean | null) => ({
  ...customer,
  consent: { vipService, marketing },
});

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

type Caring = Omit<Partial<CareFacts>, 'customer'> & { customer?: Partial<CustomerFacts> };

const caredFor = (facts: Caring) =>
  care(
    {
      today: '2026-04-30',
      birthday: null,
      important: false,
      contacts: [],
      holidays: [],
      ...facts,
      customer: { ...customer, ...facts.customer },
    },
    parameters,
  ).answer.map(({ key, dueAt }) => [key, dueAt]);
const contacts = (...days: string[]) => days.map((on): ContactFact => ({ on, channel: 'PHONE', purpose: 'CARE' }));
const willing = { vipService: true, marketing: true };

test.each<{ it: string; facts: Caring; tasks: string[][] }>([
  {
    it: 'is satisfied in March and April by a contact in each (A-087)',
    facts: { contacts: contacts('2026-03-31', '2026-04-30'), customer: { grade: tier('DIAMOND') } },
    tasks: [],
  },
  {
    it: 'wants gold contacted by the end of April (A-088)',
    facts: { contacts: contacts('2026-03-31'), customer: { grade: tier('GOLD') } },
    tasks: [['contact:2026-04-01', '2026-04-30T23:59:59+08:00']],
  },
  {
    it: 'is satisfied for the quarter by one contact with silver (A-089)',
    facts: { today: '2026-03-31', contacts: contacts('2026-01-05'), customer: { grade: tier('SILVER') } },
    tasks: [],
  },
  {
    it: 'wants silver again in the next quarter',
    facts: { today: '2026-04-01', contacts: contacts('2026-01-05'), customer: { grade: tier('SILVER') } },
    tasks: [['contact-3-months:2026-04-01', '2026-06-30T23:59:59+08:00']],
  },
  {
    it: 'wants silver within the first quarter (A-090)',
    facts: { today: '2026-03-31', customer: { grade: tier('SILVER') } },
    tasks: [['contact-3-months:2026-01-01', '2026-03-31T23:59:59+08:00']],
  },
  {
    it: 'wants an important VIP met, not only called (A-091)',
    facts: { important: true, contacts: contacts('2026-04-02'), customer: { grade: tier('GOLD') } },
    tasks: [['face-to-face:2026-04-01', '2026-06-30T23:59:59+08:00']],
  },
  { it: 'asks nothing for an ordinary customer', facts: {}, tasks: [] },
  {
    it: 'introduces the hall within a week of storing the number (A-110)',
    facts: {
      today: '2026-03-02',
      contacts: [{ on: '2026-03-01', channel: 'SMS', purpose: 'CARE' }],
      customer: { consent: willing, profile: { enteredOn: '2026-03-02' } },
    },
    tasks: [['introduction', '2026-03-09T23:59:59+08:00']],
  },
  {
    it: 'wants a service message each month (A-112)',
    facts: { customer: { consent: willing } },
    tasks: [['service-sms:2026-04-01', '2026-04-30T23:59:59+08:00']],
  },
  {
    it: 'sends nothing to who did not agree',
    facts: { customer: { profile: { enteredOn: '2026-04-30' } } },
    tasks: [],
  },
  {
    it: 'greets on a holiday',
    facts: {
      today: '2026-05-01',
      contacts: [{ on: '2026-05-01', channel: 'SMS', purpose: 'CARE' }],
      holidays: [{ on: '2026-05-01', name: '劳动节' }],
      customer: { consent: willing },
    },
    tasks: [['holiday:2026-05-01:劳动节', '2026-05-01T23:59:59+08:00']],
  },
  {
    it: 'does not greet again who was greeted on the eve',
    facts: {
      today: '2026-05-01',
      contacts: [
        { on: '2026-05-01', channel: 'SMS', purpose: 'CARE' },
        { on: '2026-04-30', channel: 'PHONE', purpose: 'GREETING' },
      ],
      holidays: [{ on: '2026-05-01', name: '劳动节' }],
      holidaySeasonFrom: '2026-04-07',
      customer: { consent: willing },
    },
    tasks: [],
  },
])('care $it', ({ facts, tasks }) => {
  expect(caredFor(facts)).toEqual(tasks);
});

test("numbers show as in the hall's sample (A-118)", () => {
  expect(policy.phoneMask).toBe('PREFIX');
});
