import { expect, test } from 'vitest';
import type {
  CareFacts,
  CustomerFacts,
  GuardFacts,
  ReactFacts,
  TicketFacts,
} from '../../server/engine/policy/contract.ts';
import { parameters as declared, type Parameters, schemes } from './accounts.ts';
import { care } from './care.ts';
import policy from './index.ts';
import { guard, promise, react } from './tickets.ts';

const now = '2026-03-02T00:00:00.000Z';
const parameters = Object.fromEntries(
  Object.entries(declared).map(([key, one]) => [key, 'default' in one ? one.default : undefined]),
) as Parameters;
const customer: CustomerFacts = {
  kind: 'INDIVIDUAL',
  stage: 'FORMAL',
  grade: null,
  consent: { vipService: null, marketing: null },
  profile: { keyAccountType: 'SPECIAL_LEADER' },
};
const ticket: TicketFacts = {
  type: 'COMPLAINT',
  level: 1,
  case: null,
  channel: 'PHONE',
  openedAt: now,
  appointmentAt: null,
};

test.each([
  { it: 'level 1: 5 hours, warned of at 80 % (A-124)', level: 1, minutes: 300, atRisk: [80] },
  { it: 'level 2: 8 hours, warned of at 80 % (A-125, A-129)', level: 2, minutes: 480, atRisk: [80] },
  { it: 'level 3: 12 hours, warned of at 60 % (A-126, A-127, X-08)', level: 3, minutes: 720, atRisk: [60] },
])('a complaint of $it', ({ level, minutes, atRisk }) => {
  const answer = promise({ now, cause: 'OPENED', ticket: { ...ticket, level }, customer }, parameters)?.answer;
  const audience = ['CUSTOMER_MANAGER', 'SUPERVISOR'];
  expect(answer).toEqual([
    { metric: 'RESOLUTION', target: { kind: 'DURATION', minutes }, calendar: 'always', atRisk, audience },
  ]);
});

const endOfDay = (days: number) => ({ kind: 'END_OF_DAY', days, count: 'CALENDAR' });

test.each([
  {
    it: 'at once with the device present (A-137)',
    case: 'DEVICE_PRESENT',
    target: { kind: 'DURATION', minutes: 30 },
    from: undefined,
  },
  {
    it: 'on the day of the appointment in a two-way community (A-138)',
    case: 'TWO_WAY_COMMUNITY',
    target: endOfDay(0),
    from: 'APPOINTMENT',
  },
  {
    it: 'within 3 days of it where not upgraded (A-139)',
    case: 'NOT_TWO_WAY_COMMUNITY',
    target: endOfDay(3),
    from: 'APPOINTMENT',
  },
  { it: 'within 5 days of it off the network (A-140)', case: 'OFF_NETWORK', target: endOfDay(5), from: 'APPOINTMENT' },
])('provisions $it', ({ case: caseCode, target, from }) => {
  const answer = promise(
    { now, cause: 'OPENED', ticket: { ...ticket, type: 'PROVISIONING', case: caseCode }, customer },
    parameters,
  )?.answer;
  expect(answer).toEqual([{ metric: 'FULFILMENT', calendar: 'always', target, ...(from && { from }) }]);
});

test.each([
  { it: 'an inquiry, whose fast response has no number', type: 'INQUIRY' },
  { it: 'a provisioning without a case', type: 'PROVISIONING' },
])('leaves $it to the next', ({ type }) => {
  expect(promise({ now, cause: 'OPENED', ticket: { ...ticket, type }, customer }, parameters)).toBeUndefined();
});

const closing: NonNullable<GuardFacts['ticket']> = { ...ticket, status: 'RESOLVED', calledBack: false, assigned: true };
const visit = { channel: 'VISIT', aboutProblem: true, signedByCustomer: null };

/** Facts of a guard, with as much of the input as the rule reads. */
type Guarded = {
  readonly [K in keyof GuardFacts]?: K extends 'input' ? Readonly<Record<string, unknown>> : GuardFacts[K];
};

test.each<{ it: string; facts: Guarded; code: string | undefined }>([
  { it: 'refuses to close a complaint without callback (A-133)', facts: { ticket: closing }, code: 'NO_CALLBACK' },
  {
    it: 'leaves a complaint with callback, cause and a satisfied customer to the next',
    facts: { ticket: { ...closing, calledBack: true }, input: { customerConfirmed: true, rootCause: true } },
    code: undefined,
  },
  { it: 'asks no callback of an inquiry', facts: { ticket: { ...closing, type: 'INQUIRY' } }, code: undefined },
  {
    it: 'refuses a visit about a problem without signature (A-134)',
    facts: { action: 'RECORD_INTERACTION', input: visit },
    code: 'NO_SIGNATURE',
  },
  {
    it: 'refuses a task completed by such a visit',
    facts: { action: 'COMPLETE_TASK', input: { ...visit, signedByCustomer: false } },
    code: 'NO_SIGNATURE',
  },
  {
    it: 'takes a signed visit',
    facts: { action: 'RECORD_INTERACTION', input: { ...visit, signedByCustomer: true } },
    code: undefined,
  },
  {
    it: 'asks no signature of a visit about nothing in particular',
    facts: { action: 'RECORD_INTERACTION', input: { ...visit, aboutProblem: false } },
    code: undefined,
  },
  {
    it: 'asks no signature of a call',
    facts: { action: 'RECORD_INTERACTION', input: { ...visit, channel: 'PHONE' } },
    code: undefined,
  },
])('guard $it', ({ facts, code }) => {
  const answer = guard({
    now,
    action: 'CLOSE_TICKET',
    viewer: { roles: ['CUSTOMER_MANAGER'] },
    customer,
    ticket: null,
    input: {},
    ...facts,
  } as GuardFacts)?.answer;
  expect(answer?.refusals[0]?.code).toBe(code);
});

test.each<{ it: string; event: ReactFacts['event']; about: Partial<typeof ticket>; tasks: string[][] | undefined }>([
  {
    it: 'lays a dedicated line off the network (A-140)',
    event: { kind: 'OPENED' },
    about: { type: 'PROVISIONING', case: 'OFF_NETWORK', appointmentAt: '2026-03-01T20:00:00.000Z' },
    tasks: [['dedicated-line', '2026-03-07T23:59:59+08:00']],
  },
  {
    it: 'brings in departments within the new limit (A-132, A-154)',
    event: { kind: 'ESCALATED' },
    about: { level: 2 },
    tasks: [['departments:2', '2026-03-02T08:00:00.000Z']],
  },
  {
    it: 'calls back after the solution',
    event: { kind: 'RESOLVED' },
    about: {},
    tasks: [[`callback:${now}`, '2026-03-03T00:00:00.000Z']],
  },
  { it: 'leaves a new complaint to the next', event: { kind: 'OPENED' }, about: {}, tasks: undefined },
  {
    it: 'leaves a solved inquiry to the next',
    event: { kind: 'RESOLVED' },
    about: { type: 'INQUIRY' },
    tasks: undefined,
  },
])('react $it', ({ event, about, tasks }) => {
  const answer = react({ now, event, customer, ticket: { ...ticket, ...about, status: 'NEW' } }, parameters)?.answer;
  expect(answer?.tasks?.map(({ key, dueAt }) => [key, dueAt])).toEqual(tasks);
});

type Caring = Omit<Partial<CareFacts>, 'customer'> & { readonly profile?: Readonly<Record<string, unknown>> };

/** What is due beside the review of the week. */
const caredFor = ({ profile, ...facts }: Caring) =>
  care(
    {
      today: '2026-03-02',
      birthday: null,
      important: false,
      contacts: [],
      holidays: [],
      ...facts,
      customer: { ...customer, profile: { ...customer.profile, ...profile } },
    },
    parameters,
  )
    ?.answer.map(({ key, dueAt }) => [key, dueAt])
    .filter(([key]) => !key?.startsWith('review:'));

const expiring = { serviceExpiresOn: '2026-04-30' };
const renewal = ['renewal:2026-04-30', '2026-04-23T23:59:59+08:00'];
const born = { birthday: '1980-05-10', important: true };

test.each<{ it: string; facts: Caring; tasks: string[][] }>([
  { it: 'finds no renewal on 2026-04-13 (A-142)', facts: { today: '2026-04-13', profile: expiring }, tasks: [] },
  {
    it: 'finds it by 2026-04-20, to start by 2026-04-23 (A-141)',
    facts: { today: '2026-04-20', profile: expiring },
    tasks: [renewal],
  },
  {
    it: 'reminds a week ahead, before it lapses (A-143)',
    facts: { today: '2026-04-23', profile: expiring },
    tasks: [renewal, ['expiry:2026-04-30', '2026-04-29T23:59:59+08:00']],
  },
  { it: 'renews nothing that has lapsed', facts: { today: '2026-05-01', profile: expiring }, tasks: [] },
  {
    it: "plans an important customer's birthday a week ahead (A-144)",
    facts: { today: '2026-05-03', ...born },
    tasks: ['flowers', 'cake', 'card', 'sms'].map((name) => [
      `birthday:2026-05-10:${name}`,
      '2026-05-10T23:59:59+08:00',
    ]),
  },
  { it: 'plans no birthday eight days ahead', facts: { today: '2026-05-02', ...born }, tasks: [] },
  { it: 'keeps to important customers', facts: { today: '2026-05-03', ...born, important: false }, tasks: [] },
  {
    it: 'cares on the 28th for an anniversary of 29 February',
    facts: { today: '2027-02-25', profile: { anniversary: '2020-02-29' } },
    tasks: [['anniversary:2027-02-28', '2027-02-28T23:59:59+08:00']],
  },
  {
    it: 'cares once for a holiday of several days (A-145)',
    facts: { today: '2026-09-24', holidays: ['2026-10-01', '2026-10-02'].map((on) => ({ on, name: '国庆节' })) },
    tasks: [['holiday:2026-10-01:国庆节', '2026-10-01T23:59:59+08:00']],
  },
  {
    it: 'serves a group on site each month (A-153)',
    facts: { profile: { keyAccountType: 'GROUP' } },
    tasks: [['on-site:2026-03-01', '2026-03-31T23:59:59+08:00']],
  },
  {
    it: 'is content with a visit to the group this month',
    facts: {
      contacts: [{ on: '2026-03-01', channel: 'VISIT', purpose: 'CARE' }],
      profile: { keyAccountType: 'GROUP' },
    },
    tasks: [],
  },
])('care $it', ({ facts, tasks }) => {
  expect(caredFor(facts)).toEqual(tasks);
});

test('two holidays of one name that begin in a year are two, as New Year of 2022 and of 2023 (A-145)', () => {
  const keys = ['2022-01-01', '2022-12-31'].flatMap((today) =>
    (caredFor({ today, holidays: [{ on: today, name: '元旦' }] }) ?? []).map(([key]) => key),
  );
  expect(new Set(keys).size).toBe(2);
});

test.each([
  { today: '2026-03-02', review: ['review:2026-03-02', '2026-03-08T23:59:59+08:00'] },
  { today: '2026-03-08', review: ['review:2026-03-02', '2026-03-08T23:59:59+08:00'] },
  { today: '2026-03-09', review: ['review:2026-03-09', '2026-03-15T23:59:59+08:00'] },
])('a key account is reviewed within the week of $today (A-146)', ({ today, review }) => {
  const answer = care(
    { today, customer, birthday: null, important: false, contacts: [], holidays: [] },
    parameters,
  )?.answer;
  expect(answer?.map(({ key, dueAt }) => [key, dueAt])).toEqual([review]);
});

test('who is no key account is left to the next', () => {
  const facts = { today: '2026-03-02', birthday: null, important: false, contacts: [], holidays: [] };
  expect(care({ ...facts, customer: { ...customer, profile: {} } }, parameters)).toBeUndefined();
  expect(care({ ...facts, customer: { ...customer, stage: 'LAPSED' } }, parameters)).toBeUndefined();
});

test('the declared type makes the key account', () => {
  const when = { op: 'isOneOf', field: 'keyAccountType', values: ['SPECIAL_LEADER', 'SPECIAL_PARTNER', 'GROUP'] };
  expect(schemes['key-account'].rule).toEqual({ by: 'CONDITIONS', tiers: [{ tier: 'KEY_ACCOUNT', when }] });
  expect(schemes['key-account'].tiers.KEY_ACCOUNT.benefits).toContain('RESPONSE_24X7');
});

test('data are shared centrally (X-07)', () => {
  expect(policy.access).toBe('CENTRAL');
});
