import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile } from './compile.ts';

/** What a policy author reads when something is misspelt: the word, and what it should have been. */

const CONTRACT = path.resolve(import.meta.dirname, '../../server/engine/policy/contract.ts');

const POLICY = `import { atLeast, conditions, definePolicy, parameter, z } from '${CONTRACT}';
const text = { en: 'Text', zh: '文' };
export default definePolicy({
  id: 'example', contract: 1, version: '1.0.0', label: text, access: 'CENTRAL',
  metrics: { DEPOSIT: { label: text, unit: 'CNY' } },
  benefits: { LOUNGE: { label: text } },
  parameters: { limit: { schema: z.number(), description: text, source: 'test' } },
  schemes: {
    s: {
      label: text, customerKinds: ['INDIVIDUAL'],
      tiers: { GOLD: { label: text, rank: 1, benefits: ['LOUNGE'] } },
      metrics: ['DEPOSIT'],
      rule: conditions([{ tier: 'GOLD', when: atLeast('DEPOSIT', parameter('limit')) }]),
    },
  },
  answers: { promise: ({ ticket }, { limit }) => undefined },
});
`;

const MISTAKES = [
  { it: 'question', from: 'promise:', to: 'promisse:', says: /'promisse' does not exist in type.*AnswerFunctions/ },
  { it: 'tier', from: "tier: 'GOLD'", to: "tier: 'GLOD'", says: /Type '"GLOD"' is not assignable to type '"GOLD"'/ },
  {
    it: 'metric of a rule',
    from: "atLeast('DEPOSIT'",
    to: "atLeast('DEPOSITS'",
    says: /Type '"DEPOSITS"' is not assignable to type '"DEPOSIT"'/,
  },
  {
    it: 'metric that is shown',
    from: "metrics: ['DEPOSIT']",
    to: "metrics: ['DEPOSITS']",
    says: /Type '"DEPOSITS"' is not assignable to type '"DEPOSIT"'/,
  },
  {
    it: 'parameter of a rule',
    from: "parameter('limit')",
    to: "parameter('limmit')",
    says: /Type '"limmit"' is not assignable to type '"limit"'/,
  },
  {
    it: 'parameter of an answer',
    from: '{ limit }) =>',
    to: '{ limmit }) =>',
    says: /Property 'limmit' does not exist on type 'ParametersOf</,
  },
  {
    it: 'benefit of a tier',
    from: "['LOUNGE']",
    to: "['LOUNGES']",
    says: /Type '"LOUNGES"' is not assignable to type '"LOUNGE"'/,
  },
  {
    it: 'fact',
    from: '{ ticket }',
    to: '{ tickets }',
    says: /Property 'tickets' does not exist on type 'PromiseFacts'/,
  },
];

const folder = mkdtempSync(path.join(tmpdir(), 'tierline-types-'));
let said = '';

beforeAll(async () => {
  for (const [number, { from, to }] of MISTAKES.entries()) {
    const text = POLICY.replace(from, to);
    expect(text).not.toBe(POLICY);
    writeFileSync(path.join(folder, `mistake-${number}.ts`), text);
  }
  writeFileSync(path.join(folder, 'right.ts'), POLICY);
  said = await compile(folder, ['right.ts', ...MISTAKES.map((_, number) => `mistake-${number}.ts`)]);
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(MISTAKES.map((mistake, number) => ({ ...mistake, number })))(
  'a misspelt $it is named with what it should be',
  ({ number, says }) => {
    const [, message = ''] = said.split(new RegExp(`^mistake-${number}\\.ts\\([\\d,]+\\): error `, 'm'));
    expect(message.split(/^\S+\.ts\(/m)[0]).toMatch(says);
  },
);

test('the policy without a mistake compiles', () => {
  expect(said).not.toMatch(/^right\.ts/m);
  expect(said).toMatch(/^mistake-0\.ts/m);
});
