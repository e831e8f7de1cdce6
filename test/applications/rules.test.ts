import { expect, test } from 'vitest';
import { z } from 'zod';
import { type ApplicationContent, checkApplication } from '../../server/domain/applications/rules.ts';
import type { ApplicationDeclaration, Policy } from '../../server/engine/policy/contract.ts';
import { readHere } from '../../server/engine/policy/reading/readings.ts';

const declared = (amount?: 'REQUIRED'): ApplicationDeclaration => ({
  label: { en: 'Purchase', zh: '采购' },
  about: 'LINE',
  fields: z.object({ item: z.string().min(1), count: z.number().int().positive() }),
  ...(amount && { amount }),
});
/** As the policy that declares it reads it. */
function readApplication(application: ApplicationDeclaration, content: ApplicationContent) {
  const policy = { applications: { IT: application } } as object as Policy;
  const read = readHere(policy, { of: 'FIELDS', application: 'IT', values: content.fields ?? {} });
  return checkApplication(application, content, read);
}

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
