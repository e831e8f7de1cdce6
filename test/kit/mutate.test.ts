// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are pieces of source
import { expect, test } from 'vitest';
import {
  all,
  annualList,
  any,
  atLeast,
  bands,
  between,
  conditions,
  consents,
  isOneOf,
  matrix,
  not,
  type Policy,
  parameter,
  scorecard,
} from '../../server/engine/policy/contract.ts';
import type { SchemeRule } from '../../server/engine/policy/vocabulary.ts';
import { placeOfWords } from '../../server/engine/policy-kit/mutate/places.ts';
import { ruleMutants } from '../../server/engine/policy-kit/mutate/rules.ts';
import { sourceMutants } from '../../server/engine/policy-kit/mutate/source.ts';
import { tokensOf } from '../../server/engine/policy-kit/mutate/tokens.ts';
import { builtIn } from './support.ts';

const text = { en: 'Text', zh: '文本' };

function changes(rule: SchemeRule): string[] {
  const policy: Policy = {
    id: 'example',
    contract: 1,
    version: '1.0.0',
    label: text,
    access: 'CENTRAL',
    metrics: { SPEND: { label: text, unit: 'CNY' }, VISITS: { label: text, unit: 'count' } },
    schemes: { s: { label: text, customerKinds: ['INDIVIDUAL'], tiers: {}, rule } },
  };
  return ruleMutants(policy).map(({ change }) => change);
}

test.each([
  {
    it: 'a threshold, its operator, and the unit of its metric',
    rule: conditions([{ tier: 'A', when: atLeast('SPEND', 10) }]),
    expected: [
      'A: atLeast SPEND becomes above',
      'A: atLeast SPEND 10 becomes 10.01',
      'A: atLeast SPEND 10 becomes 9.99',
      'A is dropped',
    ],
  },
  {
    it: 'any, all, not and what they join',
    rule: conditions([{ tier: 'A', when: any(not(consents()), isOneOf('x', ['P', 'Q'])) }]),
    expected: [
      'A: not consents loses its not',
      'A: consents is dropped',
      'A: x is one of, without P',
      'A: x is one of, without Q',
      'A: any becomes all',
      'A: any without not',
      'A: any without isOneOf x',
      'A is dropped',
    ],
  },
  {
    it: 'an interval of a count',
    rule: conditions([{ tier: 'A', when: all(between('VISITS', 1, parameter('p'))) }]),
    expected: ['A: between VISITS: from 1 becomes 2', 'A: between VISITS: from 1 becomes 0', 'A is dropped'],
  },
  {
    it: 'bands and their order',
    rule: bands('VISITS', [
      { tier: 'A', from: parameter('p') },
      { tier: 'B', from: 0 },
    ]),
    expected: ['B from 0 becomes 1', 'A is dropped', 'B is dropped', 'A and B are exchanged'],
  },
  {
    it: 'cells of a matrix',
    rule: matrix({ field: 'f', metric: 'VISITS', rows: [{ value: 'P', cells: [{ from: 2, tier: 'A' }] }] }),
    expected: ['P: A from 2 becomes 3', 'P: A from 2 becomes 1', 'P: A is dropped'],
  },
  {
    it: 'weights, brackets and totals of a scorecard',
    rule: scorecard({
      indicators: [
        { key: 'K', label: text, weight: 60, score: { metric: 'VISITS', brackets: [{ from: 1, score: 5 }] } },
        { key: 'J', label: text, weight: 40, score: { judged: true } },
      ],
      bands: [
        { from: 8, result: 'MAINTAIN' },
        { from: 0, result: 'IMPROVE' },
      ],
    }),
    expected: [
      'the weights of K and J are exchanged',
      'K: from 1 becomes 2',
      'K: from 1 becomes 0',
      'K: score 5 becomes 6',
      'K: score 5 becomes 4',
      'MAINTAIN from 8 becomes 8.01',
      'MAINTAIN from 8 becomes 7.99',
      'IMPROVE from 0 becomes 0.01',
      'MAINTAIN and IMPROVE are exchanged',
    ],
  },
  { it: 'what a list needs', rule: annualList(['SPEND']), expected: ['SPEND is not needed'] },
])('changes $it', ({ rule, expected }) => {
  expect(changes(rule)).toEqual(expected);
});

const changesIn = (source: string) =>
  sourceMutants({ name: 'x.ts', text: source, imports: [] }).map(({ change, line, text: to }) => ({
    change,
    line,
    to: to.split('\n')[line - 1]?.trim(),
  }));

test.each([
  {
    it: 'numbers, comparisons and connectives',
    source: 'const f = (a) => a.x <= 5 && a.y !== 7;',
    to: [
      'const f = (a) => a.x < 5 && a.y !== 7;',
      'const f = (a) => a.x <= 6 && a.y !== 7;',
      'const f = (a) => a.x <= 5 || a.y !== 7;',
      'const f = (a) => a.x <= 5 && a.y === 7;',
      'const f = (a) => a.x <= 5 && a.y !== 8;',
    ],
  },
  { it: 'comparisons of exact decimals', source: 'const f = (a) => a.lt(b);', to: ['const f = (a) => a.lte(b);'] },
  { it: 'codes of answers', source: "const f = () => 'DIRECTOR';", to: ["const f = () => 'FINANCE';"] },
  { it: 'a decimal in a text', source: "const LIMIT = '3.5';", to: ["const LIMIT = '4.5';"] },
  {
    it: 'an early return',
    source: 'function f(a) {\n  if (a(1)) return;\n}',
    to: ['if (false) return;', 'if (a(2)) return;'],
  },
  { it: 'a negation', source: 'const f = (a) => !a.b;', to: ['const f = (a) => a.b;'] },
  { it: 'a truth', source: 'const f = () => true;', to: ['const f = () => false;'] },
  { it: 'a day in milliseconds', source: 'const DAY = 86_400_000;', to: ['const DAY = 172800000;'] },
  { it: 'no type', source: "type A = 1 | 2;\ninterface B { c: 3 }\nexport type D = 'DIRECTOR';", to: [] },
  { it: 'no import', source: "import { a } from './1.ts';", to: [] },
  { it: 'no generic', source: 'const a: Map<string, B> = new Map<string, B>();', to: [] },
  { it: 'no text and no comment', source: 'const t = `${a < 5} 7`; // 9 < 8\n/* 6 */ const u = "a < 5";', to: [] },
  { it: 'no regular expression', source: 'const f = (a) => /5 < 6/.test(a);', to: [] },
  { it: 'no schema of fields', source: 'const a = z.number().min(1).max(5);', to: [] },
  {
    it: 'nothing that is declared',
    source: 'const p = { parameters: { a: { default: 5 } }, label: { en: 1 } };',
    to: [],
  },
  { it: 'no value that TypeScript is told of', source: 'const f = (a) => a!.b;', to: [] },
])('changes $it', ({ source, to }) => {
  expect(changesIn(source).map((one) => one.to)).toEqual(to);
});

test('the line and the change of a mutant are told', () => {
  expect(changesIn('const a = 1;\n\nconst f = (b) => b >= a;')).toMatchObject([
    { line: 1, change: '1 becomes 2' },
    { line: 3, change: '>= becomes >' },
  ]);
});

test('tokens put together are the text again, for every file of ours', () => {
  for (const plugin of ['standard', 'core', 'bank-vip', 'telecom-vip', 'broadband-key-account']) {
    for (const { text: source } of builtIn(plugin).sources) {
      const bare = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(?<=^|\s)\/\/.*$/gm, '');
      const tokens = tokensOf(source).map((token) => token.text);
      expect(tokens.join('').replace(/\s/g, '')).toBe(bare.replace(/\s/g, ''));
    }
  }
});

test('a rule is found in the sources by its words', () => {
  const { sources } = builtIn('bank-vip');
  const lines = sources.find(({ name }) => name === 'schemes.ts')?.text.split('\n') ?? [];
  const place = placeOfWords(sources, ['schemes', 'rural-credit', 'rule', 'VIP', 'TIME_DEPOSIT_REALTIME']);
  expect(place?.file).toBe('schemes.ts');
  expect(lines[(place?.line ?? 0) - 1]).toContain("atLeast('TIME_DEPOSIT_REALTIME'");
});
