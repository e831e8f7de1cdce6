import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refreshSearch } from '../../server/domain/customers/refresh-search.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  const files = [
    { number: 'ZH-1', kind: 'INSTITUTION', name: '北京远大贸易有限公司' },
    { number: 'ZH-2', name: '欧阳修' },
    { number: 'ZH-3', name: '阳欧' },
    { number: 'ZH-4', name: '大远大京' },
    { number: 'ZH-5', name: '𠮷野家' },
    { number: 'PG1', name: 'Auric Goldfinch' },
    { number: 'A_1', name: 'One', phone: '+86 139-1234 9999' },
    { number: 'AB1', name: 'Two' },
    { number: 'C-1', kind: 'INSTITUTION', name: 'ＴＣＬ集团（深圳）' },
    { number: 'C-2', name: 'Renée Müller' },
    { number: 'C-3', name: "A 1 & O'Brien 50%" },
    { number: 'T-1', kind: 'INSTITUTION', name: 'Switchboard', phone: '（０１０）８８８８１２３４转８０１' },
    { number: 'T-2', name: 'Mail', email: 'An-Na@Example.com', idNumber: '11010119900307123x' },
  ];
  for (const file of files) await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A', ...file });
});
afterAll(() => app[Symbol.asyncDispose]());

const LIST = 'query ($filter: CustomerFilter) { customers(first: 50, filter: $filter) { nodes { number } } }';
const find = async (filter: object): Promise<string[]> => {
  const { data } = await manager.ask(LIST, { filter });
  return data.customers.nodes.map(({ number }: { number: string }) => number);
};

describe('a search finds', () => {
  test.each([
    { it: 'a part of a Chinese name', search: '远大', found: ['ZH-1', 'ZH-4'] },
    { it: 'a longer part in its order', search: '京远大', found: ['ZH-1'] },
    { it: 'one character', search: '贸', found: ['ZH-1'] },
    { it: 'the end of a name', search: '有限公司', found: ['ZH-1'] },
    { it: 'a whole name', search: '北京远大贸易有限公司', found: ['ZH-1'] },
    { it: 'a family name of two characters', search: '欧阳', found: ['ZH-2'] },
    { it: 'parts in any order, set apart by a space', search: '公司 北京', found: ['ZH-1'] },
    { it: 'characters beyond the plane of most', search: '𠮷野', found: ['ZH-5'] },
    { it: 'a word as it begins', search: 'Goldf', found: ['PG1'] },
    { it: 'without case', search: 'gOLDFINCH', found: ['PG1'] },
    { it: 'words as they begin, in any order', search: 'gold aur', found: ['PG1'] },
    { it: 'no word by its middle', search: 'finch', found: [] },
    { it: 'a number without case', search: 'pg1', found: ['PG1'] },
    { it: 'a number without width', search: 'ｐｇ１', found: ['PG1'] },
    { it: 'a number as it begins', search: 'zh-', found: ['ZH-1', 'ZH-2', 'ZH-3', 'ZH-4', 'ZH-5'] },
    { it: 'an underscore as it stands', search: 'A_1', found: ['A_1'] },
    { it: 'nobody by a per cent sign', search: '%', found: [] },
    { it: 'a per cent sign in a name', search: '50%', found: ['C-3'] },
    { it: 'nobody by a backslash', search: '\\', found: [] },
    { it: 'full-width letters', search: 'tcl', found: ['C-1'] },
    { it: 'letters that Chinese follows', search: 'TCL集团', found: ['C-1'] },
    { it: 'brackets of either width', search: '集团(深圳)', found: ['C-1'] },
    { it: 'letters without their accents', search: 'renee mull', found: ['C-2'] },
    { it: 'letters with their accents', search: 'Renée', found: ['C-2'] },
  ])('$it', async ({ search, found }) => {
    expect(await find({ search })).toEqual(found);
  });
});

describe('an identifier finds', () => {
  const written = ['13912349999', '86 13912349999', '0086-139-1234-9999', '+8613912349999', '１３９１２３４９９９９'];
  test.each([
    ...written.map((identifier) => ({ identifier, found: ['A_1'] })),
    { identifier: '13912349999 ext 7', found: ['A_1'] },
    { identifier: '010-8888 1234', found: ['T-1'] },
    { identifier: '+86 10 8888 1234 转 801', found: ['T-1'] },
    { identifier: ' an-na@example.COM', found: ['T-2'] },
    { identifier: 'anna@example.com', found: [] },
    { identifier: '110101 19900307 123X', found: ['T-2'] },
    { identifier: '1391234', found: [] },
  ])('$found by $identifier', async ({ identifier, found }) => {
    expect(await find({ identifier })).toEqual(found);
  });
});

test('files of the form before are found again after the job, and are rebuilt once', async () => {
  const { services } = app.app;
  await services.database.pool.query(
    "update customer set search_form = 0, name_words = '{}', search_text = '', phone_index = 'x', phone_mask = 'x' where erased_at is null",
  );
  expect(await find({ search: '京远大' })).toEqual([]);
  expect(await refreshSearch(services)).toBeGreaterThan(10);
  expect(await find({ search: '京远大' })).toEqual(['ZH-1']);
  expect(await find({ identifier: '13912349999' })).toEqual(['A_1']);
  expect(await refreshSearch(services)).toBe(0);
});

test('K1, k1 and a full-width K1 are one number', async () => {
  await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A', number: 'k1' });
  const input = { policyId: 'bank-vip', branchCode: 'BK-A', kind: 'INDIVIDUAL', name: 'Another' };
  for (const number of ['K1', 'Ｋ１', ' k1 ']) {
    const answer = await manager.does('CreateCustomer', { input: { ...input, number } });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.number' }] });
  }
});
