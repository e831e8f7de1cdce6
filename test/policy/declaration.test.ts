import { expect, test } from 'vitest';
import { type Policy, z } from '../../server/engine/policy/contract.ts';
import { clashes, declarationProblems } from '../../server/engine/policy/declaration/check-declaration.ts';
import { PluginError } from '../../server/engine/policy/errors.ts';
import { startPolicies } from './support.ts';

const text = { en: 'Text', zh: '文' };
const plugin = (more: object = {}): Policy => ({
  id: 'example',
  contract: 1,
  version: '1.0.0',
  label: text,
  access: 'CENTRAL',
  ...more,
});
const scheme = (more: object = {}) => ({
  schemes: {
    s: {
      label: text,
      customerKinds: ['INDIVIDUAL'],
      tiers: { HIGH: { label: text, rank: 2 }, LOW: { label: text, rank: 1 } },
      rule: {
        by: 'BANDS',
        metric: 'X',
        bands: [
          { tier: 'HIGH', from: 5 },
          { tier: 'LOW', from: 1 },
        ],
      },
      ...more,
    },
  },
  metrics: { X: { label: text, unit: 'count' } },
});
const bandsFrom = (...from: number[]) =>
  scheme({ rule: { by: 'BANDS', metric: 'X', bands: from.map((one) => ({ tier: 'LOW', from: one })) } });
const tiers = (high: number, low: number, more: object = {}) =>
  scheme({ tiers: { HIGH: { label: text, rank: high, ...more }, LOW: { label: text, rank: low } } });
const up = [
  { tier: 'LOW', when: { op: 'consents' } },
  { tier: 'HIGH', when: { op: 'consents' } },
];

const duty = (more: object = {}) => ({
  duties: { D: { label: text, every: 'MONTH', of: 'BRANCH', due: { after: 'END', days: 0 }, source: 'test', ...more } },
  meetings: { kinds: { RISK: { label: text } } },
  reports: { TEAM: { label: text, per: 'BRANCH' } },
});

test('a sound plugin has no problems', () => {
  expect(declarationProblems(plugin(scheme()))).toEqual([]);
  for (const doneBy of [undefined, { meeting: 'RISK' }, { report: 'TEAM' }])
    expect(declarationProblems(plugin(duty({ doneBy })))).toEqual([]);
});

test.each([
  {
    it: 'another contract',
    more: { contract: 2 },
    problem: /^example: it is built for version 2 of the contract, this is version 1$/,
  },
  { it: 'an id that is none', more: { id: 'My Plugin' }, problem: /^My Plugin: it is no policy id; / },
  {
    it: 'an unknown question',
    more: { answers: { promisse: () => undefined } },
    problem: /example: it answers promisse, which is no question/,
  },
  {
    it: 'a duty that no meeting does',
    more: duty({ doneBy: { meeting: 'PICNIC' } }),
    problem: /duty D: it names the meeting PICNIC, which is not declared/,
  },
  {
    it: 'a duty that no report does',
    more: duty({ doneBy: { report: 'PICNIC' } }),
    problem: /duty D: it names the report PICNIC, which is not declared/,
  },
  {
    it: 'a report of a week',
    more: duty({ every: 'WEEK', doneBy: { report: 'TEAM' } }),
    problem: /duty D: reports are of months/,
  },
  {
    it: 'a meeting that a customer owes',
    more: duty({ of: 'CUSTOMER', doneBy: { meeting: 'RISK' } }),
    problem: /duty D: what a meeting or a report does is owed by a place/,
  },
  {
    it: 'a duty that is done in two ways',
    more: duty({ doneBy: { meeting: 'RISK' }, record: z.object({}) }),
    problem: /duty D: it is done by a meeting or report and by a record/,
  },
  { it: 'bands that overlap', more: bandsFrom(1, 5, 5), problem: /the bands overlap at 5/ },
  { it: 'bands out of order', more: bandsFrom(1, 5, 3), problem: /the bands are out of order at 3/ },
  {
    it: 'a better tier whose band begins lower',
    more: scheme({
      rule: {
        by: 'BANDS',
        metric: 'X',
        bands: [
          { tier: 'HIGH', from: 1 },
          { tier: 'LOW', from: 5 },
        ],
      },
    }),
    problem: /HIGH begins at 1, LOW below it at 5 \(scheme s\)/,
  },
  { it: 'tiers of one rank', more: tiers(1, 1), problem: /scheme s: its tiers need whole ranks, no two alike/ },
  {
    it: 'an unknown metric',
    more: scheme({ rule: { by: 'BANDS', metric: 'Y', bands: [] } }),
    problem: /the metric Y, which is not declared/,
  },
  {
    it: 'an unknown tier',
    more: scheme({ rule: { by: 'BANDS', metric: 'X', bands: [{ tier: 'TOP', from: 1 }] } }),
    problem: /the tier TOP/,
  },
  {
    it: 'an unknown parameter',
    more: scheme({ rule: { by: 'BANDS', metric: 'X', bands: [{ tier: 'LOW', from: { parameter: 'p' } }] } }),
    problem: /the parameter p/,
  },
  { it: 'an unknown benefit', more: tiers(2, 1, { benefits: ['TEA'] }), problem: /the benefit TEA/ },
  {
    it: 'conditions from the bottom up',
    more: scheme({ rule: { by: 'CONDITIONS', tiers: up } }),
    problem: /HIGH stands below LOW in the rule/,
  },
  {
    it: 'a default that its schema refuses',
    more: { parameters: { p: { schema: z.number(), description: text, source: 'x', default: 'a' } } },
    problem: /parameters\.p/,
  },
  {
    it: 'a zone that there is not',
    more: { timeZone: 'Europe/Berln' },
    problem: /^example: its timeZone, Europe\/Berln, is no time zone such as Asia\/Shanghai$/,
  },
  {
    it: 'a calendar without a zone',
    more: { calendars: { office: { label: text, week: {}, holidays: 'NONE' } } },
    problem: /^example: the timeZone of calendar office, undefined, is no time zone/,
  },
  { it: 'a policy without a label', more: { label: undefined }, problem: /^example: it has no label$/ },
  {
    it: 'a label without Chinese',
    more: { benefits: { TEA: { label: { en: 'Tea' } } } },
    problem: /^example: benefits TEA label: its text in Chinese is missing$/,
  },
  {
    it: 'a tier without a label',
    more: tiers(2, 1, { label: undefined }),
    problem: /^example: schemes s tiers HIGH: it has no label$/,
  },
  {
    it: 'a parameter without a description',
    more: { parameters: { p: { schema: z.number(), source: 'x' } } },
    problem: /^example: parameters p: it has no description$/,
  },
  {
    it: 'a level without a text',
    more: { ticketTypes: { FAULT: { label: text, levels: { 1: { en: ' ', zh: '一般' } } } } },
    problem: /^example: ticketTypes FAULT levels 1: its text in English is empty$/,
  },
  {
    it: 'a measure of a plan in one language',
    more: {
      plans: {
        templates: {
          t: {
            label: text,
            tiers: {},
            objective: text,
            months: 12,
            measures: [{ way: 'PHONE', measure: { zh: '回访' } }],
          },
        },
      },
    },
    problem: /^example: plans templates t measures 0 measure: its text in English is missing$/,
  },
  {
    it: 'what cannot be read',
    more: { schemes: { s: null } },
    problem: /^example: its declaration cannot be read: /,
  },
])('$it is refused at start, by name', ({ more, problem }) => {
  expect(declarationProblems(plugin(more))).toEqual([expect.stringMatching(problem)]);
});

test('plugins that clash are both named', () => {
  expect(clashes([plugin(), plugin()])).toEqual(['two plugins have the id example']);
  expect(clashes([plugin(scheme()), plugin({ ...scheme(), id: 'other' })])).toEqual([
    'example and other both have a scheme s',
  ]);
});

test('nothing starts with a plugin that cannot be installed', async () => {
  const started = startPolicies({ plugins: [{ policy: plugin({ contract: 3 }), url: 'file:///nowhere.ts' }] });
  await expect(started).rejects.toThrow(PluginError);
});

test('a plugin whose module is gone fails its own questions', async () => {
  await using started = await startPolicies({
    plugins: [{ policy: plugin({ answers: { care: () => undefined } }), url: 'file:///nowhere.ts' }],
  });
  await expect(started.policies.ask('example', 'care', {} as never)).rejects.toThrow('example could not decide');
  await expect(started.policies.ask('example', 'guard', {} as never)).resolves.toMatchObject({ policyId: 'standard' });
});
