import path from 'node:path';
import { expect, test } from 'vitest';
import {
  above,
  all,
  any,
  atLeast,
  bands,
  below,
  conditions,
  definePolicy,
  hours,
  isOneOf,
  matrix,
  type Policy,
  parameter,
  scorecard,
  z,
} from '../../server/engine/policy/contract.ts';
import { answering, base, because, task, text } from './example-policy.ts';
import { findingsOf } from './support.ts';

const number = { schema: z.number(), description: text, source: 'test' };

const metrics = { SPEND: { label: text, unit: 'CNY' }, VISITS: { label: text, unit: 'count' } } as const;
const tiers = { GOLD: { label: text, rank: 2 }, SILVER: { label: text, rank: 1 } } as const;
const scheme = { label: text, customerKinds: ['INDIVIDUAL'], tiers } as const;
/** A policy of one scheme with this rule. */
const ruled = (rule: unknown, more: object = {}): Policy =>
  ({ ...base, metrics, schemes: { s: { ...scheme, rule, ...more } } }) as never;

test('a blank parameter that is read where it is needed is no finding', () => {
  const policy = answering(
    'react',
    ({ event }: { event: { kind: string } }, parameters: { limit: number }) =>
      event.kind === 'BREACHED' && parameters.limit > 0 ? { answer: { tasks: [task('t')] }, because } : undefined,
    { parameters: { limit: number } },
  );
  expect(findingsOf(policy)).toEqual([]);
});

test('a sound policy has no findings', () => {
  const policy = definePolicy({
    ...base,
    metrics,
    parameters: { goldFrom: { schema: z.number(), description: text, source: 'test' } },
    profiles: { INDIVIDUAL: z.object({ segment: z.enum(['A', 'B']).optional() }) },
    ticketTypes: { COMPLAINT: { label: text, levels: { 1: text, 2: text } } },
    schemes: {
      bands: {
        ...scheme,
        rule: bands('SPEND', [
          { tier: 'GOLD', from: parameter('goldFrom') },
          { tier: 'SILVER', from: 0 },
        ]),
      },
      conditions: {
        ...scheme,
        rule: conditions([
          { tier: 'GOLD', when: all(atLeast('SPEND', 100), isOneOf('segment', ['A'])) },
          { tier: 'SILVER', when: any(above('SPEND', 50), atLeast('VISITS', 3)) },
        ]),
      },
      matrix: {
        ...scheme,
        rule: matrix({
          field: 'segment',
          metric: 'SPEND',
          rows: [
            { value: 'A', cells: [{ from: 10, tier: 'GOLD' }] },
            { value: 'B', cells: [{ from: 10, tier: 'SILVER' }] },
          ],
        }),
      },
    },
    answers: {
      promise: ({ ticket }) => {
        if (ticket.type !== 'COMPLAINT') return undefined;
        return { answer: [{ metric: 'RESOLUTION', target: hours(ticket.level) }], because };
      },
    },
  });
  expect(findingsOf(policy)).toEqual([]);
});

test.each<{ it: string; policy: Policy; finding: string | RegExp }>([
  {
    it: 'bands that overlap',
    policy: ruled(
      bands('SPEND', [
        { tier: 'GOLD', from: 10 },
        { tier: 'SILVER', from: 10 },
      ]),
    ),
    finding: 'example: the bands overlap at 10 (scheme s)',
  },
  {
    it: 'a better tier that begins lower',
    policy: ruled(
      bands('SPEND', [
        { tier: 'GOLD', from: 10 },
        { tier: 'SILVER', from: 20 },
      ]),
    ),
    finding: 'example: GOLD begins at 10, SILVER below it at 20 (scheme s)',
  },
  {
    it: 'a tier that no rule gives',
    policy: ruled(bands('SPEND', [{ tier: 'GOLD', from: 10 }])),
    finding: 'scheme s, tier SILVER: its rule never gives it, and it is not declared byRequest',
  },
  {
    it: 'a tier that nobody can reach',
    policy: ruled(
      conditions([
        { tier: 'GOLD', when: all(atLeast('SPEND', 100), below('SPEND', 50)) },
        { tier: 'SILVER', when: atLeast('SPEND', 10) },
      ]),
    ),
    finding: 'scheme s, tier GOLD: no customer reaches it',
  },
  {
    it: 'a recommendation that no total is given',
    policy: ruled(
      scorecard({
        indicators: [{ key: 'A', label: text, weight: 100, score: { judged: true } }],
        bands: [
          { from: 200, result: 'MAINTAIN' },
          { from: -500, result: 'IMPROVE' },
          { from: -600, result: 'TERMINATE' },
        ],
      }),
      { tiers: {} },
    ),
    finding: 'scheme s: no total is answered with TERMINATE',
  },
  {
    it: 'a metric that is declared monotone and is not',
    policy: ruled(
      conditions([
        { tier: 'GOLD', when: below('SPEND', 10) },
        { tier: 'SILVER', when: atLeast('SPEND', 10) },
      ]),
      { monotone: ['SPEND'] },
    ),
    finding: 'scheme s, tier GOLD: more SPEND gives a lower tier: 9.99 gives GOLD, 10 gives SILVER',
  },
  {
    it: 'a field that no profile declares',
    policy: ruled(
      conditions([
        { tier: 'GOLD', when: isOneOf('segment', ['A']) },
        { tier: 'SILVER', when: atLeast('SPEND', 10) },
      ]),
    ),
    finding: "grade by scheme s: it reads the profile's segment, which no profile declares",
  },
  {
    it: 'a blank parameter without any value',
    policy: { ...base, parameters: { hall: { ...number, schema: z.string().length(7) } } } as never,
    finding: /^parameter hall: it is blank and no value was found/,
  },
  {
    it: 'a blank parameter that is read before it is known whether anything follows',
    policy: answering(
      'react',
      ({ event }: { event: { kind: string } }, { limit }: { limit: number }) => ({
        answer: { tasks: event.kind === 'BREACHED' && limit > 0 ? [task('t')] : [] },
        because,
      }),
      { parameters: { limit: number } },
    ),
    finding: /^react .*: reads limit, which has no value, and then has nothing to say/,
  },
  {
    it: 'a blank parameter that is read before a question is left',
    policy: answering(
      'guard',
      ({ action }: { action: string }, { limit }: { limit: number }) =>
        action === 'SUBMIT_PLAN' && limit > 1e9 ? { answer: { refusals: [] }, because } : undefined,
      { parameters: { limit: number } },
    ),
    finding: /^guard .*: reads limit, which has no value, and then has nothing to say/,
  },
  {
    it: 'a check of parameters that throws',
    policy: {
      ...base,
      checkParameters: () => {
        throw new Error('no');
      },
    } as never,
    finding: 'example: checkParameters threw no',
  },
  {
    it: 'an empty label',
    policy: { ...base, metrics: { SPEND: { label: { en: 'Spend', zh: ' ' }, unit: 'CNY' } } } as never,
    finding: 'example: metrics SPEND label: its text in Chinese is empty',
  },
  {
    it: 'a sensitive field that no profile has',
    policy: { ...base, sensitive: ['adress'] } as never,
    finding: 'sensitive field adress: no profile declares it, so nothing is masked',
  },
  {
    it: 'a calendar in no zone',
    policy: {
      ...base,
      calendars: {
        hall: { label: text, timeZone: 'Asia/Peking', week: { 1: [{ start: '9:00', end: '25:00' }] }, holidays: 'CN' },
      },
    } as never,
    finding: 'example: the timeZone of calendar hall, Asia/Peking, is no time zone such as Asia/Shanghai',
  },
  {
    it: 'hours that are none',
    policy: {
      ...base,
      calendars: {
        hall: { label: text, timeZone: 'UTC', week: { 1: [{ start: '9:00', end: '25:00' }] }, holidays: 'CN' },
      },
    } as never,
    finding: 'calendar hall: 9:00 to 25:00 of day 1 are no hours',
  },
  {
    it: 'an exception',
    policy: answering('route', ({ amount }: { amount: string }) => ({ answer: amount.length, because })),
    finding: /^route of PLAN: route threw TypeError: Cannot read properties of null/,
  },
  {
    it: 'a version of another contract',
    policy: { ...base, contract: 2 } as never,
    finding: 'example: it is built for version 2 of the contract, this is version 1',
  },
  {
    it: 'an id that is none',
    policy: { ...base, id: 'RepairShop' } as never,
    finding: 'RepairShop: it is no policy id; lower-case words with hyphens are asked, such as repair-shop',
  },
])('finds $it', ({ policy, finding }) => {
  const messages = findingsOf(policy).map(({ message }) => message);
  expect(messages).toContainEqual(typeof finding === 'string' ? finding : expect.stringMatching(finding));
});

test.each([
  {
    text: "import { readFileSync } from 'node:fs';",
    finding: /^index\.ts:2: it imports node:fs; a policy reads and writes/,
  },
  { text: "import http from 'http';", finding: /^index\.ts:2: it imports http; / },
  {
    text: "export * from 'tierline';",
    finding: /^index\.ts:2: it imports tierline; of the platform a policy imports the/,
  },
  { text: "import { followAlerts } from 'tierline/client';", finding: /it imports tierline\/client; / },
  {
    text: "import { dayIn } from '../../server/platform/values/days.ts';",
    finding: /it imports \.\.\/\.\.\/server\/platform\/values\/days\.ts; /,
  },
  { text: "import { z } from 'tierline/policy';", finding: null },
  { text: "import { z } from '../../server/engine/policy/contract.ts';", finding: null },
  { text: "import { Decimal } from 'decimal.js';", finding: null },
  { text: "import type { Stats } from 'node:fs';", finding: null },
  { text: "import { care } from './care.ts';", finding: null },
])('of imports: $text', ({ text: line, finding }) => {
  const folder = path.resolve(import.meta.dirname, '../../plugins/core');
  const files = {
    folder,
    entry: 'index.ts',
    sources: [{ name: 'index.ts', text: `// First.\n${line}\n`, imports: [] }],
  };
  const messages = findingsOf({ ...base } as Policy, files).map(({ message }) => message);
  expect(messages).toEqual(finding === null ? [] : [expect.stringMatching(finding)]);
});

test('another seed asks other facts, the same seed the same', () => {
  const asked = (seed: number) => {
    const seen: string[] = [];
    const policy = answering('care', (facts) => void seen.push(JSON.stringify(facts)));
    findingsOf(policy, undefined, seed);
    return seen.join();
  };
  expect(asked(1)).toBe(asked(1));
  expect(asked(1)).not.toBe(asked(2));
});
