import { expect, test } from 'vitest';
import type { CareFacts, CustomerFacts, GuardFacts, ReactFacts, Role } from '../../server/engine/policy/contract.ts';
import { care, guard, react, route } from './answers.ts';
import policy from './index.ts';
import { checkParameters, parameters as declared, type Parameters } from './parameters.ts';
import { profiles } from './profiles.ts';
import { schemes } from './schemes.ts';

const now = '2026-03-02T02:00:00.000Z';
const parameters = { correctivePlanHours: 48, adjustmentDays: 3, highValueVisitMonths: 1 } as Parameters;
const customer: CustomerFacts = {
  kind: 'INDIVIDUAL',
  stage: 'FORMAL',
  grade: null,
  consent: { vipService: null, marketing: null },
  profile: {},
};
const grade = (scheme: string, tier: string) =>
  ({ scheme, tier, rank: 1, since: '2025-01-01T00:00:00Z', state: 'ACTIVE', misses: 0 }) as const;

test.each([
  { it: 'membership: gold medal, A, B, C, D', scheme: 'membership', tiers: ['GOLD_MEDAL', 'A', 'B', 'C', 'D'] },
  {
    it: 'registered key accounts: diamond, platinum, gold (A-160)',
    scheme: 'registered-key-account',
    tiers: ['DIAMOND', 'PLATINUM', 'GOLD'],
  },
  { it: 'hotel: VA, VB, VC, VD', scheme: 'hotel', tiers: ['VA', 'VB', 'VC', 'VD'] },
  { it: 'value bands: high, medium, low', scheme: 'value-band', tiers: ['HIGH', 'MEDIUM', 'LOW'] },
  { it: 'A, B, C', scheme: 'abc', tiers: ['A', 'B', 'C'] },
] as const)('orders $it', ({ scheme, tiers }) => {
  const ranked = Object.entries(schemes[scheme].tiers as Record<string, { rank: number }>).sort(
    ([, a], [, b]) => b.rank - a.rank,
  );
  expect(ranked.map(([code]) => code)).toEqual(tiers);
});

test('no threshold has a default: unset, the answer is "not configured" (A-155, A-194)', () => {
  const withDefault = Object.entries(declared).filter(([, one]) => 'default' in one);
  expect(withDefault.map(([key]) => key)).toEqual([
    'answerHours',
    'solutionHours',
    'correctivePlanHours',
    'adjustmentDays',
    'visitsPerMonth',
    'followUpWorkingDays',
    'staleArchiveDays',
    'highValueVisitMonths',
  ]);
  // Ten customers a month are stated; all others are ours.
  expect(withDefault.filter(([, one]) => !('ours' in one)).map(([key]) => key)).toEqual(['visitsPerMonth']);
});

test('membership bands begin at their bounds (A-156, A-158)', () => {
  expect(schemes.membership.rule).toEqual({
    by: 'BANDS',
    metric: 'ANNUAL_SPEND',
    bands: [
      { tier: 'GOLD_MEDAL', from: { parameter: 'goldMedalFrom' } },
      { tier: 'A', from: { parameter: 'x' } },
      { tier: 'B', from: { parameter: 'x1' } },
      { tier: 'C', from: { parameter: 'x2' } },
      { tier: 'D', from: 0 },
    ],
  });
});

test('VD takes 3 full-price luxury stays or 10 full-price stays; stays at other prices do not count (A-162 to A-164)', () => {
  const of = [
    { op: 'atLeast', metric: 'FULL_PRICE_LUXURY_STAYS', bound: 3 },
    { op: 'atLeast', metric: 'FULL_PRICE_STAYS', bound: 10 },
  ];
  expect(schemes.hotel.rule).toEqual({ by: 'CONDITIONS', tiers: [{ tier: 'VD', when: { op: 'any', of } }] });
});

test('a registered key account needs the registration form (A-159)', () => {
  for (const { when } of schemes['registered-key-account'].rule.tiers) {
    expect(when).toMatchObject({
      op: 'all',
      of: [{ op: 'isOneOf', field: 'registration', values: ['REGISTERED'] }, { op: 'atLeast' }],
    });
  }
});

test.each([
  { it: 'takes descending X, X1, X2', given: { x: '5000', x1: '2000', x2: '500', goldMedalFrom: '10000' }, paths: [] },
  { it: 'refuses X1 above X (A-157)', given: { x: '2000', x1: '5000' }, paths: ['x1'] },
  { it: 'refuses X1 at X, for B would never be reached', given: { x: '2000', x1: '2000' }, paths: ['x1'] },
  { it: 'refuses X2 above X while X1 is blank', given: { x: '2000', x2: '2000.01' }, paths: ['x2'] },
  { it: 'refuses X above the gold-medal level', given: { x: '20000', goldMedalFrom: '10000' }, paths: ['x'] },
  { it: 'compares amounts, not texts', given: { x: '10000', x1: '2000' }, paths: [] },
])('checkParameters $it', ({ given, paths }) => {
  expect(checkParameters(given).map(({ path }) => path)).toEqual(paths);
});

test.each<{ it: string; tier: string; role: Role; code: string | undefined }>([
  { it: 'refuses VC to a front-desk supervisor (A-166)', tier: 'VC', role: 'CUSTOMER_MANAGER', code: 'MAY_NOT_APPLY' },
  { it: 'lets a department manager apply for VC (A-167)', tier: 'VC', role: 'SUPERVISOR', code: undefined },
  { it: 'lets a front-desk supervisor apply for VD (A-162)', tier: 'VD', role: 'CUSTOMER_MANAGER', code: undefined },
  { it: 'refuses VA to a front-desk supervisor', tier: 'VA', role: 'CUSTOMER_MANAGER', code: 'MAY_NOT_APPLY' },
  { it: 'lets the resident manager apply for VB', tier: 'VB', role: 'DIRECTOR', code: undefined },
  { it: 'refuses VB to who approves it', tier: 'VB', role: 'EXECUTIVE', code: 'MAY_NOT_APPLY' },
])('guard $it', ({ tier, role, code }) => {
  const facts: GuardFacts = {
    now,
    action: 'REQUEST_GRADE_EXCEPTION',
    viewer: { roles: [role] },
    customer: { ...customer, profile: { vipCategory: 'CUSTOMER' } },
    ticket: null,
    input: { scheme: 'hotel', tier },
  };
  expect(guard(facts)?.answer.refusals[0]?.code).toBe(code);
});

test('guard leaves exceptions of other schemes to the next', () => {
  const input = { scheme: 'membership', tier: 'A' };
  expect(
    guard({
      now,
      action: 'REQUEST_GRADE_EXCEPTION',
      viewer: { roles: ['CUSTOMER_MANAGER'] },
      customer,
      ticket: null,
      input,
    }),
  ).toBeUndefined();
});

test.each([
  {
    it: 'VA to the hotel general manager (A-165)',
    kind: 'GRADE_EXCEPTION',
    request: { scheme: 'hotel', tier: 'VA' },
    role: 'EXECUTIVE',
  },
  {
    it: 'VB to the hotel general manager',
    kind: 'GRADE_EXCEPTION',
    request: { scheme: 'hotel', tier: 'VB' },
    role: 'EXECUTIVE',
  },
  {
    it: 'VC to the resident manager (A-167)',
    kind: 'GRADE_EXCEPTION',
    request: { scheme: 'hotel', tier: 'VC' },
    role: 'DIRECTOR',
  },
  {
    it: 'VD to the PR & marketing manager (A-162)',
    kind: 'ASSESSMENT',
    request: { scheme: 'hotel', tier: 'VD' },
    role: 'SUPERVISOR',
  },
  { it: 'the reception of a VA as the VA', kind: 'RECEPTION', request: { tier: 'VA' }, role: 'EXECUTIVE' },
  { it: 'a change of rules to the board (A-176)', kind: 'AUTHORITY_CHANGE', request: {}, role: 'EXECUTIVE' },
  { it: 'a replacement of equipment to a superior (A-196)', kind: 'EQUIPMENT', request: {}, role: 'SUPERVISOR' },
  { it: 'another assessment to the next', kind: 'ASSESSMENT', request: { scheme: 'abc', tier: 'A' }, role: undefined },
])('route sends $it', ({ kind, request, role }) => {
  const requester = { roles: ['CUSTOMER_MANAGER'], atHeadOffice: false } as const;
  const answer = route({ now, kind, amount: null, cumulated: null, requester, customer, request })?.answer;
  expect(answer?.steps).toEqual(role && [{ role, where: 'LINE' }]);
});

test.each<{
  it: string;
  event: ReactFacts['event'];
  type: string;
  held: CustomerFacts['grade'];
  tasks: string[][] | undefined;
}>([
  {
    it: "gives a VIP's complaint a corrective plan within 48 hours (A-170)",
    event: { kind: 'OPENED' },
    type: 'COMPLAINT',
    held: grade('hotel', 'VA'),
    tasks: [['corrective-plan', '2026-03-04T02:00:00.000Z']],
  },
  {
    it: 'leaves the complaint of who has no tier to the next',
    event: { kind: 'OPENED' },
    type: 'COMPLAINT',
    held: null,
    tasks: undefined,
  },
  {
    it: "leaves a VIP's inquiry to the next",
    event: { kind: 'OPENED' },
    type: 'INQUIRY',
    held: grade('hotel', 'VA'),
    tasks: undefined,
  },
  {
    it: 'adjusts the strategy after dissatisfaction (A-192)',
    event: { kind: 'CALLED_BACK', satisfaction: 2 },
    type: 'INQUIRY',
    held: null,
    tasks: [[`adjust-strategy:${now}`, '2026-03-05T02:00:00.000Z']],
  },
  {
    it: 'keeps it at 3 of 5',
    event: { kind: 'CALLED_BACK', satisfaction: 3 },
    type: 'INQUIRY',
    held: null,
    tasks: undefined,
  },
])('react $it', ({ event, type, held, tasks }) => {
  const ticket = {
    type,
    level: 1,
    case: null,
    channel: 'PHONE',
    openedAt: now,
    appointmentAt: null,
    status: 'NEW',
  } as const;
  const answer = react({ now, event, customer: { ...customer, grade: held }, ticket }, parameters)?.answer;
  expect(answer?.tasks?.map(({ key, dueAt }) => [key, dueAt])).toEqual(tasks);
});

test.each([
  {
    it: 'visits a high-value customer within the month (A-203)',
    tier: 'HIGH',
    visits: ['2026-02-28'],
    tasks: [['visit:2026-03-01', '2026-03-31T23:59:59+08:00']],
  },
  { it: 'leaves who was visited this month to the next', tier: 'HIGH', visits: ['2026-03-01'], tasks: undefined },
  { it: 'gives no key attention to low value (A-183)', tier: 'LOW', visits: [], tasks: undefined },
])('care $it', ({ tier, visits, tasks }) => {
  const contacts: CareFacts['contacts'] = visits.map((on) => ({ on, channel: 'VISIT', purpose: 'CARE' }));
  const facts = { today: '2026-03-02', birthday: null, important: false, contacts, holidays: [] };
  const answer = care({ ...facts, customer: { ...customer, grade: grade('value-band', tier) } }, parameters)?.answer;
  expect(answer?.map(({ key, dueAt }) => [key, dueAt])).toEqual(tasks);
});

test.each([
  {
    it: 'an individually-owned business is an individual (A-173)',
    kind: 'INDIVIDUAL',
    file: { subkind: 'INDIVIDUAL_BUSINESS' },
    taken: true,
  },
  {
    it: 'a social organisation is an institution (A-174)',
    kind: 'INSTITUTION',
    file: { subkind: 'SOCIAL_ORGANISATION' },
    taken: true,
  },
  {
    it: 'an internal customer keeps the ways of working together (A-175)',
    kind: 'INTERNAL',
    file: { providerDepartment: '销售部', cooperation: ['INFORMATION_SHARING'] },
    taken: true,
  },
  {
    it: 'a VIP is a customer, an employee or a partner (A-171)',
    kind: 'INDIVIDUAL',
    file: { vipCategory: 'GUEST' },
    taken: false,
  },
] as const)('profiles: $it', ({ kind, file, taken }) => {
  expect(profiles[kind].strict().safeParse(file).success).toBe(taken);
});

test('office hours are weekdays from nine to six, holidays closed (A-179)', () => {
  expect(policy.calendars?.office).toMatchObject({ week: { 1: [{ start: '09:00', end: '18:00' }] }, holidays: 'CN' });
  expect(Object.keys(policy.calendars?.office?.week ?? {})).toEqual(['1', '2', '3', '4', '5']);
});
