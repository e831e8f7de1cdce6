import { expect, test } from 'vitest';
import {
  any,
  atLeast,
  bands,
  conditions,
  decimalParameter,
  definePolicy,
  parameter,
  scorecard,
  z,
} from '../../server/engine/policy/contract.ts';
import { policyVersionOf } from '../../server/engine/policy/parameters.ts';
import { readHere } from '../../server/engine/policy/reading/readings.ts';

const text = { en: 'Text', zh: '文' };
const number = { schema: decimalParameter({ min: 0 }), description: text, source: 'test' };

const policy = definePolicy({
  id: 'example',
  contract: 1,
  version: '1.2.0',
  label: text,
  access: 'CENTRAL',
  metrics: { X: { label: text, unit: 'count' }, Y: { label: text, unit: 'count' } },
  parameters: {
    gold: number,
    silver: number,
    high: number,
    low: { ...number, default: 10 },
    first: { ...number, default: 60, ours: true },
    second: { ...number, default: 40, ours: true },
    days: { schema: z.number().int(), description: text, source: 'test' },
    nights: { schema: z.number().int(), description: text, source: 'test' },
  },
  checkParameters: ({ days, nights }) =>
    days !== undefined && nights !== undefined && days < nights
      ? [{ path: 'nights', message: { en: 'is above days', zh: '大于 days' } }]
      : [],
  schemes: {
    tiers: {
      label: text,
      customerKinds: ['INDIVIDUAL'],
      tiers: { GOLD: { label: text, rank: 2 }, SILVER: { label: text, rank: 1 } },
      rule: conditions([
        { tier: 'GOLD', when: any(atLeast('X', parameter('gold')), atLeast('Y', 5)) },
        { tier: 'SILVER', when: atLeast('X', parameter('silver')) },
      ]),
    },
    bands: {
      label: text,
      customerKinds: ['INDIVIDUAL'],
      tiers: { HIGH: { label: text, rank: 2 }, LOW: { label: text, rank: 1 } },
      rule: bands('X', [
        { tier: 'HIGH', from: parameter('high') },
        { tier: 'LOW', from: parameter('low') },
      ]),
    },
    scores: {
      label: text,
      customerKinds: ['INDIVIDUAL'],
      tiers: {},
      rule: scorecard({
        indicators: [
          { key: 'A', label: text, weight: parameter('first'), score: { judged: true } },
          { key: 'B', label: text, weight: parameter('second'), score: { judged: true } },
        ],
        bands: [{ from: 0, result: 'MAINTAIN' }],
      }),
    },
  },
});

const read = (values: Readonly<Record<string, unknown>>) => readHere(policy, { of: 'PARAMETERS', values });

test('defaults are in force, what is given stands in exact decimals, the rest is blank', () => {
  const parameters = read({ gold: 1.1, days: 3, silver: null }).value;
  expect(parameters).toEqual({ gold: '1.1', low: '10', first: '60', second: '40', days: 3 });
  expect(read(parameters).value).toEqual(parameters);
});

test.each([
  { it: 'an unknown key', values: { golden: 1 }, path: 'golden', message: /no parameter/ },
  { it: 'a value of another type', values: { days: '3' }, path: 'days', message: /^is "3", a number is asked$/ },
  { it: 'a value that its schema refuses', values: { gold: -1 }, path: 'gold', message: /below 0/ },
  { it: 'what the plugin’s check refuses', values: { days: 1, nights: 2 }, path: 'nights', message: /above days/ },
  {
    it: 'a better tier that asks for less',
    values: { gold: 5, silver: 9 },
    path: 'gold',
    message: /GOLD asks for 5 of X, SILVER below it for 9/,
  },
  { it: 'bands that overlap', values: { high: 10 }, path: 'low', message: /overlap at 10/ },
  { it: 'weights that do not sum to 100', values: { first: 50 }, path: 'first', message: /sum to 90, not 100/ },
])('$it is refused', ({ values, path, message }) => {
  expect(read(values).issues).toEqual([{ path: [path], message: expect.stringMatching(message) }]);
});

test('the version tells equal parameters from others, in whatever order they come', () => {
  const version = policyVersionOf(policy, { a: 1, b: { c: 2, d: 3 } });
  expect(version).toMatch(/^example@1\.2\.0\+[0-9a-f]{8}$/);
  expect(policyVersionOf(policy, { b: { d: 3, c: 2 }, a: 1 })).toBe(version);
  expect(policyVersionOf(policy, { a: 1, b: { c: 2, d: 4 } })).not.toBe(version);
});
