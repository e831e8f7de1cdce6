import { expect, test } from 'vitest';
import { bands, definePolicy, hours, type Policy, parameter, z } from '../../server/engine/policy/contract.ts';
import { goldenFindings } from '../../server/engine/policy-kit/golden/run-rows.ts';
import { at, shown } from '../../server/engine/policy-kit/golden/show.ts';
import { parseTables } from '../../server/engine/policy-kit/golden/tables.ts';
import { UNWATCHED } from '../../server/engine/policy-kit/progress.ts';

const text = { en: 'Text', zh: '文本' };
const policy = definePolicy({
  id: 'example',
  contract: 1,
  version: '1.0.0',
  label: text,
  access: 'CENTRAL',
  metrics: { SPEND: { label: text, unit: 'CNY' } },
  parameters: { from: { schema: z.number().positive(), description: text, source: 'test' } },
  profiles: { INDIVIDUAL: z.object({ boughtOn: z.array(z.iso.date()).optional(), floor: z.number().optional() }) },
  schemes: {
    s: {
      label: text,
      customerKinds: ['INDIVIDUAL'],
      tiers: { GOLD: { label: text, rank: 1 } },
      rule: bands('SPEND', [{ tier: 'GOLD', from: parameter('from') }]),
    },
  },
  answers: {
    promise: ({ ticket }) =>
      ticket.type === 'COMPLAINT'
        ? { answer: [{ metric: 'RESOLUTION', target: hours(ticket.level), atRisk: [50, 80] }], because: text }
        : undefined,
  },
});

const findings = (table: string) =>
  goldenFindings(policy, parseTables(table, 'golden.csv'), UNWATCHED).map(({ message }) => message);

test('an empty list is written none', () => {
  const counting: Policy = {
    ...policy,
    answers: {
      care: ({ contacts, messages, holidays }) => {
        const because = {
          en: `${[contacts, messages, holidays].map((list) => list?.length).join()} of them`,
          zh: '文本',
        };
        return { answer: [], because };
      },
    },
  };
  const table = `it,question,contacts,messages,holidays,=> because.en
none,care,none,none,none,"0,0,0 of them"
some,care,2026-03-01 VISIT; 2026-03-02,2026-03-01 SMS CARE,2026-05-01 劳动节,"2,1,1 of them"
`;
  expect(goldenFindings(counting, parseTables(table, 'golden.csv'), UNWATCHED).map(({ message }) => message)).toEqual(
    [],
  );
});

test('rows that hold say nothing, in several tables with remarks between them', () => {
  const table = `# Grades.
it,question,scheme,parameters.from,metrics.SPEND,=> outcome,=> tier
at the threshold,grade,s,10,10.00,ANSWERED,GOLD
just below,grade,s,10,9.99,ANSWERED,none
blank,grade,s,,10,NOT_CONFIGURED from,

# Promises.
it,question,ticket.type,ticket.level,=> outcome,=> RESOLUTION.target,=> 0.atRisk,=> because.en
level 2,promise,COMPLAINT,2,ANSWERED,DURATION 120,50; 80,Text
not ours,promise,INQUIRY,1,LEFT,,,

it,question,path,=> value
declared,declares,schemes.s.tiers.*.rank,1

it,question,parameters.from,=> refused
refused,parameters,-1,from
taken,parameters,1,none

it,question,customer.profile.boughtOn,customer.profile.floor,=> refused
a list,profile,2026-01-01; 2026-01-02,3,none
no number,profile,,third,floor
`;
  expect(findings(table)).toEqual([]);
});

test.each([
  {
    it: 'another answer, with file and line',
    table:
      'it,question,scheme,parameters.from,metrics.SPEND,=> tier\nat it,grade,s,10,10,GOLD\nbelow it,grade,s,10,9.99,GOLD',
    finding: 'golden.csv:3 (below it): tier is none, the table says GOLD',
  },
  {
    it: 'a fact that there is not',
    table: 'it,question,tickets.type,=> outcome\nx,promise,COMPLAINT,LEFT',
    finding: 'golden.csv:2 (x): promise has no fact tickets',
  },
  {
    it: 'a part of a fact that there is not',
    table: 'it,question,ticket.kind,=> outcome\nx,promise,COMPLAINT,LEFT',
    finding: 'golden.csv:2 (x): promise has no fact ticket.kind',
  },
  {
    it: 'a metric that there is not',
    table: 'it,question,scheme,metrics.SPENT,=> tier\nx,grade,s,1,GOLD',
    finding: 'golden.csv:2 (x): the policy has no metric SPENT',
  },
  {
    it: 'a profile field that there is not',
    table: 'it,question,customer.profile.flor,=> outcome\nx,promise,1,LEFT',
    finding: 'golden.csv:2 (x): no profile has a field flor',
  },
  {
    it: 'a grade that there is not',
    table: 'it,question,customer.grade,=> outcome\nx,promise,s SILVER,LEFT',
    finding: 'golden.csv:2 (x): the policy has no tier SILVER in a scheme s',
  },
  {
    it: 'a parameter that there is not',
    table: 'it,question,scheme,parameters.form,=> tier\nx,grade,s,1,GOLD',
    finding: 'golden.csv:2 (x): parameters.form is no parameter of example',
  },
  {
    it: 'a question that there is not',
    table: 'it,question,scheme,=> tier\nx,grad,s,GOLD',
    finding: 'golden.csv:2 (x): grad is no question',
  },
  {
    it: 'once that a policy left what it should have answered',
    table:
      'it,question,ticket.type,=> outcome,=> RESOLUTION.target,=> 0.atRisk\nx,promise,INQUIRY,ANSWERED,DURATION 60,50',
    finding: 'golden.csv:2 (x): outcome is LEFT, the table says ANSWERED',
  },
  {
    it: 'once what broke, whatever the row expects',
    table:
      'it,question,ticket.type,ticket.level,=> RESOLUTION.target,=> 0.atRisk\nx,promise,COMPLAINT,-1,DURATION 60,50',
    finding: 'golden.csv:2 (x): promise.answer.0.target.minutes is -60, 0 at least',
  },
  {
    it: 'a channel that there is not',
    table: 'it,question,ticket.channel,=> outcome\nx,promise,FAX,LEFT',
    finding:
      'golden.csv:2 (x): ticket.channel is one of PHONE, SMS, EMAIL, CHAT, WECHAT, VISIT, HALL, HOTLINE, LETTER, WEB, INTERNAL, not FAX',
  },
  {
    it: 'a status that there is not',
    table: 'it,question,ticket.type,ticket.status,=> outcome\nx,guard,COMPLAINT,ASSIGNED,LEFT',
    finding:
      'golden.csv:2 (x): ticket.status is one of NEW, ACKNOWLEDGED, IN_PROGRESS, WAITING_ON_CUSTOMER, ON_HOLD, RESOLVED, CLOSED, not ASSIGNED',
  },
  {
    it: 'one role of several that there is not',
    table: 'it,question,viewer.roles,=> outcome\nx,guard,SUPERVISOR; MANAGER,LEFT',
    finding: /golden\.csv:2 \(x\): viewer\.roles is one of CUSTOMER_MANAGER, .*, not MANAGER$/,
  },
  {
    it: 'a purpose of contact that there is not',
    table: 'it,question,contacts,=> outcome\nx,care,2026-03-01 VISIT CARING,LEFT',
    finding: /golden\.csv:2 \(x\): contacts is one of EXPLAIN, .*, not CARING$/,
  },
  {
    it: 'a figure that nobody counts',
    table: 'it,question,figures.CHURNED,=> outcome\nx,measure,1,LEFT',
    finding: /golden\.csv:2 \(x\): figures is one of SATISFACTION, .*, not CHURNED$/,
  },
])('says $it', ({ table, finding }) => {
  expect(findings(table)).toEqual([typeof finding === 'string' ? finding : expect.stringMatching(finding)]);
});

test.each([
  { it: 'a head without its columns', table: 'scheme,=> tier', message: 'golden.csv:1: the head of a table has' },
  {
    it: 'a row that expects nothing',
    table: 'it,question,=> tier\nx,grade,',
    message: 'golden.csv:2: the row expects nothing',
  },
  {
    it: 'a row that asks nothing',
    table: 'it,question,=> tier\nx,,GOLD',
    message: 'golden.csv:2: the row says neither',
  },
  {
    it: 'a row that is too long',
    table: 'it,question,=> tier\nx,grade,GOLD,1',
    message: 'golden.csv:2: the row has 4 cells, its head 3',
  },
])('refuses $it', ({ table, message }) => {
  expect(() => parseTables(table, 'golden.csv')).toThrow(message);
});

test.each([
  { path: 'steps', cell: 'DIRECTOR LINE; FINANCE LINE' },
  { path: 'steps.*.role', cell: 'DIRECTOR; FINANCE' },
  { path: 'steps.1.role', cell: 'FINANCE' },
  { path: 'tasks.call.due', cell: '5' },
  { path: 'tasks.visit.due', cell: 'none' },
  { path: 'empty', cell: 'none' },
  { path: 'deep.none.at.all', cell: 'none' },
])('$path of an answer is $cell', ({ path, cell }) => {
  const answer = {
    steps: [
      { role: 'DIRECTOR', where: 'LINE' },
      { role: 'FINANCE', where: 'LINE' },
    ],
    tasks: [{ key: 'call', due: 5 }],
    empty: [],
  };
  expect(shown(at(answer, path))).toBe(cell);
});

const shop: Policy = {
  ...policy,
  timeZone: 'Asia/Tokyo',
  calendars: {
    desk: {
      label: text,
      timeZone: 'Asia/Shanghai',
      week: {
        1: [
          { start: '09:00', end: '12:00' },
          { start: '13:00', end: '18:00' },
        ],
        2: [{ start: '09:00', end: '18:00' }],
      },
      holidays: 'CN',
    },
  },
  answers: {
    promise: () => ({
      answer: [
        { metric: 'FIRST_RESPONSE', target: hours(1) },
        { metric: 'RESOLUTION', target: hours(4), calendar: 'desk' },
        { metric: 'FULFILMENT', target: hours(2), from: 'APPOINTMENT' },
      ],
      because: text,
    }),
  },
};

test.each([
  // Monday, 2 March 2026. The desk opens at 09:00 in China, and the policy's days are of Tokyo.
  { it: 'over the lunch break', opened: '2026-03-02T10:00:00+08:00', due: '2026-03-02T15:00:00+08:00' },
  { it: 'however its zone is written', opened: '2026-03-02T02:00:00Z', due: '2026-03-02T16:00:00+09:00' },
  { it: 'into the next day', opened: '2026-03-02T17:00:00+08:00', due: '2026-03-03T12:00:00+08:00' },
  { it: 'over a closed week', opened: '2026-03-03T17:00:00+08:00', due: '2026-03-09T12:00:00+08:00' },
  { it: 'over a statutory holiday', opened: '2026-02-16T10:00:00+08:00', due: '2026-02-24T13:00:00+08:00' },
  {
    it: 'without its pause',
    opened: '2026-03-02T10:00:00+08:00',
    pauses: '2026-03-02T11:00:00+08:00 2026-03-02T14:00:00+08:00',
    due: '2026-03-02T17:00:00+08:00',
  },
  {
    it: 'without several, of which only those of its reasons count',
    opened: '2026-03-02T10:00:00+08:00',
    pauses:
      '2026-03-02T10:00:00+08:00 2026-03-02T10:30:00+08:00; 2026-03-02T11:00:00+08:00 2026-03-02T11:30:00+08:00 APPROVAL',
    due: '2026-03-02T15:30:00+08:00',
  },
])('a row states when it is due $it', ({ opened, pauses = '', due }) => {
  const table = (at: string) => `it,question,opened,pauses,=> RESOLUTION.dueAt\na,promise,${opened},${pauses},${at}\n`;
  const found = (at: string) =>
    goldenFindings(shop, parseTables(table(at), 'golden.csv'), UNWATCHED).map(({ message }) => message);
  expect(found(due)).toEqual([]);
  expect(found('2026-03-04T00:00:00+08:00')).toEqual([
    expect.stringMatching(/RESOLUTION\.dueAt is 2026-.*\+09:00, the table says 2026-03-04T00:00:00\+08:00/),
  ]);
});

test('due instants are of each promise, around the clock too, and of an appointment', () => {
  const table = `it,question,opened,ticket.appointmentAt,=> FIRST_RESPONSE.dueAt,=> FULFILMENT.dueAt
a,promise,2026-03-01T23:30:00+08:00,2026-03-05T10:00:00+08:00,2026-03-02T00:30:00+08:00,2026-03-05T12:00:00+08:00
`;
  expect(goldenFindings(shop, parseTables(table, 'golden.csv'), UNWATCHED)).toEqual([]);
});

test.each([
  ['opened', 'yesterday', 'now: yesterday is no instant'],
  ['pauses', '2026-03-02T11:00:00+08:00 2026-03-02T10:00:00+08:00', 'they do not follow each other'],
  [
    'pauses',
    '2026-03-03T10:00:00+08:00 2026-03-03T11:00:00+08:00 LUNCH',
    'LUNCH is none of WAITING_ON_CUSTOMER, APPROVAL, ANOTHER_PARTY',
  ],
])('%s that is none is named', (column, cell, says) => {
  const table = `it,question,${column},=> RESOLUTION.dueAt\na,promise,${cell},2026-03-04T00:00:00+08:00\n`;
  const [found] = goldenFindings(shop, parseTables(table, 'golden.csv'), UNWATCHED);
  expect(found?.message).toContain(says);
});
