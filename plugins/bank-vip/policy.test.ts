import { expect, test } from 'vitest';
import type {
  CareFacts,
  ContactFact,
  CustomerFacts,
  GuardFacts,
  ReactFacts,
  RouteFacts,
  TicketFacts,
} from '../../server/policy/contract.ts';
import { route } from './approvals.ts';
import { care } from './care.ts';
import policy from './index.ts';
import { checkParameters, parameters as declared, type Parameters } from './parameters.ts';
import { profiles } from './profiles.ts';
import { schemes } from './schemes.ts';
import { measure } from './targets.ts';
import { guard, promise, react } from './tickets.ts';

const now = '2026-03-02T02:00:00.000Z';

type Figures = Readonly<Record<string, string>>;

/** The parameters as they are where nobody set any: blank ones are absent. */
const parameters = Object.fromEntries(
  Object.entries(declared).flatMap(([key, one]) => ('default' in one ? [[key, one.schema.parse(one.default)]] : [])),
) as unknown as Parameters;

const person: CustomerFacts = {
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

test.each([
  {
    it: 'orders personal cards diamond, platinum, gold (A-024)',
    scheme: 'personal',
    tiers: ['DIAMOND', 'PLATINUM', 'GOLD'],
  },
  {
    it: 'orders corporate tiers prestige, diamond, platinum, gold (A-027)',
    scheme: 'corporate',
    tiers: ['PRESTIGE', 'DIAMOND', 'PLATINUM', 'GOLD'],
  },
  { it: 'has one rural credit tier, however many reasons (A-004)', scheme: 'rural-credit', tiers: ['VIP'] },
  { it: 'has one branch tier', scheme: 'branch', tiers: ['VIP'] },
] as const)('$it', ({ scheme, tiers }) => {
  const ranked = Object.entries(schemes[scheme].tiers as Record<string, { rank: number }>).sort(
    ([, a], [, b]) => b.rank - a.rank,
  );
  expect(ranked.map(([code]) => code)).toEqual(tiers);
});

test('rural credit takes either the average demand or the real-time time deposit, bounds included (A-001 to A-003, A-006, A-007)', () => {
  expect(schemes['rural-credit'].rule).toMatchObject({
    by: 'CONDITIONS',
    tiers: [
      {
        tier: 'VIP',
        when: {
          op: 'any',
          of: [
            { op: 'atLeast', metric: 'DEMAND_DEPOSIT_MONTHLY_AVG_1Y', bound: { parameter: 'ruralDemandDepositFrom' } },
            { op: 'atLeast', metric: 'TIME_DEPOSIT_REALTIME', bound: { parameter: 'ruralTimeDepositFrom' } },
          ],
        },
      },
    ],
  });
  expect([parameters.ruralDemandDepositFrom, parameters.ruralTimeDepositFrom]).toEqual(['50000', '100000']);
});

test('the corporate list needs its four indicators (A-030)', () => {
  expect(schemes.corporate.rule.needs).toEqual(['DAILY_AVG_DEPOSIT', 'LOYALTY', 'CONTRIBUTION', 'GROWTH']);
});

test('thresholds that no source states stay blank (A-017, X-19)', () => {
  const blank = Object.keys(declared).filter((key) => !(key in parameters));
  expect(blank).toEqual([
    'personalGoldFrom',
    'personalPlatinumFrom',
    'personalDiamondFrom',
    'branchDepositFrom',
    'branchTransactionsFrom',
    'cumulationDays',
    'approvalHours',
  ]);
});

test.each([
  { it: 'takes the defaults', given: parameters, paths: [] },
  {
    it: 'refuses gold above platinum',
    given: { personalGoldFrom: '3', personalPlatinumFrom: '2' },
    paths: ['personalGoldFrom'],
  },
  {
    it: 'refuses gold at diamond while platinum is blank',
    given: { personalGoldFrom: '3', personalDiamondFrom: '3' },
    paths: ['personalGoldFrom'],
  },
  {
    it: 'refuses weights that do not sum to 100',
    given: { depositWeight: '40', productUseWeight: '35', satisfactionWeight: '30' },
    paths: ['depositWeight'],
  },
  {
    it: "refuses a specialist's limit above the manager's",
    given: { specialistLimit: '60000', managerLimit: '50000' },
    paths: ['specialistLimit'],
  },
])('checkParameters $it', ({ given, paths }) => {
  expect(checkParameters(given).map(({ path }) => path)).toEqual(paths);
});

const guarded = (facts: Partial<GuardFacts>) =>
  guard(
    {
      now,
      action: 'SUBMIT_PLAN',
      viewer: { roles: ['CUSTOMER_MANAGER'] },
      customer: person,
      ticket: null,
      input: {},
      ...facts,
    },
    parameters,
  )?.answer.refusals.map(({ code }) => code);

const closing: NonNullable<GuardFacts['ticket']> = { ...ticket, status: 'RESOLVED', calledBack: true, assigned: true };

test.each<{ it: string; facts: Partial<GuardFacts>; codes: string[] | undefined }>([
  {
    it: 'refuses a plan without budget (A-037)',
    facts: { input: { budget: '0', measures: [{ assigned: true }] } },
    codes: ['PLAN_WITHOUT_BUDGET'],
  },
  {
    it: 'refuses a measure without assignee (A-040)',
    facts: { input: { budget: '500', measures: [{ assigned: true }, { assigned: false }] } },
    codes: ['MEASURE_WITHOUT_ASSIGNEE'],
  },
  {
    it: 'names both at once',
    facts: { input: { budget: '0', measures: [{ assigned: false }] } },
    codes: ['PLAN_WITHOUT_BUDGET', 'MEASURE_WITHOUT_ASSIGNEE'],
  },
  {
    it: 'leaves a complete plan to the next',
    facts: { input: { budget: '0.01', measures: [{ assigned: true }] } },
    codes: undefined,
  },
  {
    it: 'refuses to close a complaint without prevention (A-084)',
    facts: { action: 'CLOSE_TICKET', ticket: closing, input: { rootCause: false } },
    codes: ['NO_PREVENTION_MEASURE'],
  },
  {
    it: 'leaves a complaint with prevention to the next',
    facts: { action: 'CLOSE_TICKET', ticket: closing, input: { rootCause: true } },
    codes: undefined,
  },
  {
    it: 'asks no prevention of an inquiry',
    facts: { action: 'CLOSE_TICKET', ticket: { ...closing, type: 'INQUIRY' }, input: { rootCause: false } },
    codes: undefined,
  },
  {
    it: 'refuses a card while the real name is not verified (A-025)',
    facts: {
      action: 'REQUEST_GRADE_EXCEPTION',
      customer: { ...person, profile: { realNameVerified: false } },
      input: { scheme: 'personal' },
    },
    codes: ['REAL_NAME_NOT_VERIFIED'],
  },
])('guard $it', ({ facts, codes }) => {
  expect(guarded(facts)).toEqual(codes);
});

interface Reacting {
  readonly event: ReactFacts['event'];
  readonly ticket?: Partial<typeof ticket>;
}

const reacted = (facts: Reacting) => {
  const about = { ...ticket, status: 'NEW' as const, ...facts.ticket };
  return react({ now, event: facts.event, customer: person, ticket: about }, parameters)?.answer.tasks?.map(
    ({ key, dueAt }) => [key, dueAt],
  );
};

test.each<{ it: string; facts: Reacting; tasks: string[][] | undefined }>([
  {
    it: 'calls at once after a written complaint (A-048)',
    facts: { event: { kind: 'OPENED' }, ticket: { channel: 'LETTER' } },
    tasks: [['callback:written-complaint', '2026-03-02T02:30:00.000Z']],
  },
  {
    it: 'does not call whom no number reaches (A-049)',
    facts: { event: { kind: 'OPENED', reachable: false }, ticket: { channel: 'EMAIL' } },
    tasks: undefined,
  },
  {
    it: 'leaves a complaint by telephone to the next',
    facts: { event: { kind: 'OPENED' }, ticket: { channel: 'PHONE' } },
    tasks: undefined,
  },
  {
    it: 'thanks for an opinion at once (A-050)',
    facts: { event: { kind: 'OPENED' }, ticket: { type: 'OPINION' } },
    tasks: [['callback:opinion', '2026-03-02T02:30:00.000Z']],
  },
  {
    it: 'calls within a day of the solution (A-051)',
    facts: { event: { kind: 'RESOLVED' } },
    tasks: [[`callback:resolved:${now}`, '2026-03-03T02:00:00.000Z']],
  },
  {
    it: 'calls when the limit is exceeded (A-052)',
    facts: { event: { kind: 'BREACHED', metric: 'RESOLUTION' } },
    tasks: [['callback:overdue:RESOLUTION:1', '2026-03-02T02:30:00.000Z']],
  },
  {
    it: 'answers an open question within a day (A-054)',
    facts: { event: { kind: 'CALLED_BACK', openQuestion: true } },
    tasks: [[`callback:answer:${now}`, '2026-03-03T02:00:00.000Z']],
  },
  { it: 'leaves a comment to the next', facts: { event: { kind: 'COMMENTED' } }, tasks: undefined },
])('react $it', ({ facts, tasks }) => {
  expect(reacted(facts)).toEqual(tasks);
});

test.each([
  { it: 'gives an internal dispute 15 days (A-079)', type: 'DISPUTE', kind: 'INTERNAL', minutes: 15 * 24 * 60 },
  { it: "leaves a customer's dispute to the next", type: 'DISPUTE', kind: 'INDIVIDUAL', minutes: undefined },
  { it: 'leaves complaints to the next', type: 'COMPLAINT', kind: 'INTERNAL', minutes: undefined },
] as const)('promise $it', ({ type, kind, minutes }) => {
  const answer = promise(
    { now, cause: 'OPENED', ticket: { ...ticket, type }, customer: { ...person, kind } },
    parameters,
  )?.answer;
  expect(answer?.map(({ target }) => target)).toEqual(minutes && [{ kind: 'DURATION', minutes }]);
});

const routed = (facts: Partial<RouteFacts>) =>
  route(
    {
      now,
      kind: 'PLAN',
      amount: null,
      cumulated: null,
      requester: { roles: ['CUSTOMER_MANAGER'], atHeadOffice: false },
      customer: person,
      request: {},
      ...facts,
    },
    parameters,
  )?.answer;

test.each<{ it: string; facts: Partial<RouteFacts>; steps: string[] | undefined }>([
  { it: 'plans to the command centre (A-038)', facts: {}, steps: ['COMMAND_CENTER LINE'] },
  {
    it: 'plans with international business past the department (A-031)',
    facts: { customer: { ...person, kind: 'INSTITUTION', profile: { internationalBusiness: true } } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: "executives' plans past personal banking (A-032)",
    facts: { customer: { ...person, profile: { executiveOfCorporateCustomer: true } } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: "a manager's proposal to supervisor and command centre (X-01)",
    facts: { kind: 'ASSESSMENT', request: { scheme: 'rural-credit' } },
    steps: ['SUPERVISOR LINE', 'COMMAND_CENTER LINE'],
  },
  {
    it: "a supervisor's rating to the command centre",
    facts: { kind: 'ASSESSMENT', requester: { roles: ['SUPERVISOR'], atHeadOffice: false } },
    steps: ['COMMAND_CENTER LINE'],
  },
  {
    it: 'personal cards to head-office personal banking in the end (A-022)',
    facts: { kind: 'ASSESSMENT', request: { scheme: 'personal' } },
    steps: ['SUPERVISOR LINE', 'DIRECTOR HEAD_OFFICE'],
  },
  {
    it: 'corporate tiers to head-office corporate banking (A-029)',
    facts: { kind: 'ASSESSMENT', request: { scheme: 'corporate' } },
    steps: ['SUPERVISOR LINE', 'DIRECTOR HEAD_OFFICE'],
  },
  {
    it: 'rural exceptions to the bank card department (A-008 to A-010)',
    facts: { kind: 'GRADE_EXCEPTION', request: { scheme: 'rural-credit' } },
    steps: ['DIRECTOR HEAD_OFFICE'],
  },
  {
    it: "executives' cards past corporate banking first (A-023)",
    facts: {
      kind: 'GRADE_EXCEPTION',
      request: { scheme: 'personal' },
      customer: { ...person, profile: { executiveOfCorporateCustomer: true } },
    },
    steps: ['SUPERVISOR HEAD_OFFICE', 'DIRECTOR HEAD_OFFICE'],
  },
  {
    it: 'an expense below S to a specialist (A-069)',
    facts: { kind: 'EXPENSE', amount: '9999.99' },
    steps: ['CUSTOMER_MANAGER LINE'],
  },
  { it: 'an expense at S to a manager', facts: { kind: 'EXPENSE', amount: '10000' }, steps: ['SUPERVISOR LINE'] },
  { it: 'an expense at M to a manager', facts: { kind: 'EXPENSE', amount: '50000' }, steps: ['SUPERVISOR LINE'] },
  { it: 'an expense above M to the CEO', facts: { kind: 'EXPENSE', amount: '50000.01' }, steps: ['EXECUTIVE LINE'] },
  {
    it: 'a split expense by its sum',
    facts: { kind: 'EXPENSE', amount: '5000', cumulated: '60000' },
    steps: ['EXECUTIVE LINE'],
  },
  {
    it: 'purchases to three in order (A-062)',
    facts: { kind: 'PROCUREMENT' },
    steps: ['DIRECTOR LINE', 'FINANCE LINE', 'EXECUTIVE LINE'],
  },
  {
    it: 'archived contracts to the director (A-067, A-068)',
    facts: { kind: 'ARCHIVE_ACCESS' },
    steps: ['DIRECTOR LINE'],
  },
  {
    it: 'plans with a part of international business past the department (A-031)',
    facts: { request: { parts: ['INTERNATIONAL_BUSINESS'] } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: 'plans with a part for executives past the department (A-032)',
    facts: { request: { parts: ['EXECUTIVES'] } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: 'an expense by the limits that were decided, up to and with them (A-071)',
    facts: { kind: 'EXPENSE', amount: '20000', limits: [{ role: 'CUSTOMER_MANAGER', upTo: '20000' }] },
    steps: ['CUSTOMER_MANAGER LINE'],
  },
  {
    it: 'an expense to the lowest post within its limit',
    facts: {
      kind: 'EXPENSE',
      amount: '20000.01',
      limits: [
        { role: 'DIRECTOR', upTo: null },
        { role: 'SUPERVISOR', upTo: '30000' },
        { role: 'CUSTOMER_MANAGER', upTo: '20000' },
      ],
    },
    steps: ['SUPERVISOR LINE'],
  },
  {
    it: 'an expense to the director where he has a band without limit',
    facts: { kind: 'EXPENSE', amount: '90000', limits: [{ role: 'DIRECTOR', upTo: null }] },
    steps: ['DIRECTOR LINE'],
  },
  {
    it: 'an expense beyond every limit to the CEO',
    facts: { kind: 'EXPENSE', amount: '90000', limits: [{ role: 'SUPERVISOR', upTo: '30000' }] },
    steps: ['EXECUTIVE LINE'],
  },
  { it: 'a change of process to top management (A-080)', facts: { kind: 'PROCESS_CHANGE' }, steps: ['EXECUTIVE LINE'] },
  { it: 'a benefit to the next', facts: { kind: 'BENEFIT' }, steps: undefined },
])('route sends $it', ({ facts, steps }) => {
  expect(routed(facts)?.steps.map(({ role, where }) => `${role} ${where}`)).toEqual(steps);
});

test('exceptions are decided one by one, emergencies ratified in 3 days (A-011, A-070)', () => {
  expect(routed({ kind: 'GRADE_EXCEPTION', request: { scheme: 'rural-credit' } })?.oneByOne).toBe(true);
  expect(routed({ kind: 'EXPENSE', amount: '1' })?.ratifyWithinDays).toBe(3);
});

test.each<{ it: string; figures: Figures; before: Figures; met: (boolean | null)[] }>([
  { it: 'misses at 89.9 % satisfaction (A-055)', figures: { SATISFACTION: '89.9' }, before: {}, met: [false, null] },
  { it: 'meets at 90.0 % satisfaction', figures: { SATISFACTION: '90.0' }, before: {}, met: [true, null] },
  {
    it: 'meets with complaints from 5.0 to 4.0 % (A-056)',
    figures: { COMPLAINT_RATE: '4.0' },
    before: { COMPLAINT_RATE: '5.0' },
    met: [null, true],
  },
  {
    it: 'misses with complaints from 5.0 to 4.1 %',
    figures: { COMPLAINT_RATE: '4.1' },
    before: { COMPLAINT_RATE: '5.0' },
    met: [null, false],
  },
  {
    it: 'judges no reduction from nothing',
    figures: { COMPLAINT_RATE: '1' },
    before: { COMPLAINT_RATE: '0' },
    met: [null, null],
  },
])('measure $it', ({ figures, before, met }) => {
  const { answer } = measure({ period: { from: '2026-01-01', to: '2026-03-31' }, figures, before });
  expect(answer.map((one) => one.met)).toEqual(met);
});

const caredFor = (facts: Omit<Partial<CareFacts>, 'customer'> & { customer?: Partial<CustomerFacts> }) =>
  care(
    {
      today: '2026-03-02',
      birthday: null,
      important: false,
      contacts: [{ on: '2026-03-01', channel: 'VISIT', purpose: 'CARE' }],
      holidays: [],
      ...facts,
      customer: { ...person, ...facts.customer },
    },
    parameters,
  ).answer.map(({ key, dueAt }) => [key, dueAt]);

const bought = { profile: { purchasedOn: ['2026-01-01'] } };
const vip = {
  grade: { scheme: 'branch', tier: 'VIP', rank: 1, since: '2026-02-01T00:00:00Z', state: 'ACTIVE', misses: 0 },
} as const;
const visited = (on: string): ContactFact[] => [{ on, channel: 'VISIT', purpose: 'CARE' }];

test.each([
  {
    it: 'calls a week after a purchase (A-046)',
    facts: { today: '2026-01-02', contacts: visited('2026-01-01'), customer: bought },
    tasks: [['callback:2026-01-01:1w', '2026-01-08T23:59:59+08:00']],
  },
  {
    it: 'calls in months 4 to 6',
    facts: { today: '2026-05-01', contacts: visited('2026-05-01'), customer: bought },
    tasks: [['callback:2026-01-01:4-6m', '2026-07-01T23:59:59+08:00']],
  },
  {
    it: 'calls in months 10 to 12',
    facts: { today: '2027-01-01', contacts: visited('2027-01-01'), customer: bought },
    tasks: [['callback:2026-01-01:10-12m', '2027-01-01T23:59:59+08:00']],
  },
  {
    it: 'calls nobody between the windows',
    facts: { today: '2026-01-09', contacts: visited('2026-01-09'), customer: bought },
    tasks: [],
  },
  {
    it: 'calls only as needed after a year (A-047)',
    facts: { customer: { profile: { purchasedOn: ['2024-06-01'] } } },
    tasks: [],
  },
  {
    it: 'greets and gives a week before a holiday of several days, once (A-045)',
    facts: {
      today: '2026-09-24',
      contacts: visited('2026-09-01'),
      holidays: ['2026-10-01', '2026-10-02'].map((on) => ({ on, name: '国庆节' })),
    },
    tasks: [
      ['holiday:2026:国庆节:greeting', '2026-10-01T23:59:59+08:00'],
      ['holiday:2026:国庆节:gift', '2026-10-01T23:59:59+08:00'],
    ],
  },
  {
    it: 'does not greet eight days ahead',
    facts: { today: '2026-09-23', contacts: visited('2026-09-01'), holidays: [{ on: '2026-10-01', name: '国庆节' }] },
    tasks: [],
  },
  {
    it: 'goes round to whom nobody visited this quarter (A-201)',
    facts: { contacts: visited('2025-12-31') },
    tasks: [['round-visit:2026-01-01', '2026-03-31T23:59:59+08:00']],
  },
  {
    it: "registers a branch VIP's file each month (A-019)",
    facts: { customer: vip },
    tasks: [['vip-file:2026-03', '2026-03-31T23:59:59+08:00']],
  },
  {
    it: 'archives the file when the year has ended (A-021)',
    facts: { today: '2027-01-01', contacts: visited('2027-01-01'), customer: vip },
    tasks: [
      ['vip-file:2027-01', '2027-01-31T23:59:59+08:00'],
      ['vip-file:archive:2026', '2027-01-01T23:59:59+08:00'],
    ],
  },
  {
    it: 'inspects a loan every three months, by the end of a shorter month (A-085)',
    facts: { today: '2026-03-02', customer: { profile: { loanDisbursedOn: ['2025-11-30'] } } },
    tasks: ['visit', 'use', 'monitoring'].map((name) => [
      `post-loan:2025-11-30:2026-05-30:${name}`,
      '2026-05-30T23:59:59+08:00',
    ]),
  },
  {
    it: 'leaves the departed alone',
    facts: { contacts: [], customer: { ...bought, stage: 'LAPSED' as const } },
    tasks: [],
  },
])('care $it', ({ facts, tasks }) => {
  expect(caredFor(facts)).toEqual(tasks);
});

test('a profile takes the status record and refuses a risk tolerance beyond the scale', () => {
  const file = { legalRepresentative: '张三', employeeCount: 120, riskTolerance: 3, purchasedOn: ['2026-01-01'] };
  expect(profiles.INSTITUTION.strict().safeParse(file).success).toBe(true);
  expect(profiles.INSTITUTION.strict().safeParse({ riskTolerance: 6 }).success).toBe(false);
});

test('files are closed to other outlets (A-016, X-07)', () => {
  expect(policy.access).toBe('BRANCH_AND_BELOW');
});
