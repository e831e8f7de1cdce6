import { expect, test } from 'vitest';
import { z } from 'zod';
import { readApplication } from '../../server/domain/applications/rules.ts';
import type { ApplicationDeclaration } from '../../server/engine/policy/contract.ts';

const declared = (amount?: 'REQUIRED'): ApplicationDeclaration => ({
  label: { en: 'Purchase', zh: '采购' },
  about: 'LINE',
  fields: z.object({ item: z.string().min(1), count: z.number().int().positive() }),
  ...(amount && { amount }),
});
const fields = { item: 'chair', count: 2 };
const amount = { amount: '10.00', currency: 'CNY' };

test.each([
  { it: 'all that is asked', given: { fields, reason: 'worn' }, wrong: [] },
  { it: 'no reason', given: { fields, reason: ' ' }, wrong: ['input.reason'] },
  {
    it: 'a field that is missing',
    given: { fields: { item: 'chair' }, reason: 'worn' },
    wrong: ['input.fields.count'],
  },
  {
    it: 'a field that is none',
    given: { fields: { ...fields, colour: 'red' }, reason: 'worn' },
    wrong: ['input.fields'],
  },
  { it: 'money that is not asked for', given: { fields, reason: 'worn', amount }, wrong: ['input.amount'] },
])('$it: wrong is $wrong', ({ given, wrong }) => {
  expect(readApplication(declared(), given).issues.map(({ path }) => path)).toEqual(wrong);
});

test('what is about money names an amount above nothing', () => {
  const read = (given?: { amount: string; currency: string }) =>
    readApplication(declared('REQUIRED'), { fields, reason: 'worn', ...(given && { amount: given }) }).issues;
  expect(read(amount)).toEqual([]);
  expect(read().map(({ path }) => path)).toEqual(['input.amount']);
  expect(read({ ...amount, amount: '0.00' }).length).toBeGreaterThan(0);
});
