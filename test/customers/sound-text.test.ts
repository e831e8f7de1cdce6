import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Files, importText, ORGANISATION, openServices } from '../import/support.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

// One notion of what a text may be, in the API and in files: what is refused here was stored once, or is what spreadsheets
// and forms make of numbers and names.

const UNSOUND = [
  { field: 'name', value: '\u200b' },
  { field: 'name', value: '\u3000\u2003' },
  { field: 'name', value: '\u3164' },
  { field: 'name', value: '王\u200b伟' },
  { field: 'name', value: '\u202e王伟' },
  { field: 'name', value: '#N/A' },
  { field: 'number', value: '6.22202E+15' },
  { field: 'number', value: '６．２２２０２Ｅ＋１５' },
  { field: 'number', value: '6E+15' },
  { field: 'number', value: '622202123456.0' },
  { field: 'number', value: '--' },
  { field: 'number', value: '#REF!' },
  { field: 'idNumber', value: '1.10101E+17' },
  { field: 'idNumber', value: '\u2060' },
  { field: 'phone', value: '-----' },
  { field: 'phone', value: '1.39123E+10' },
  { field: 'phone', value: '13912349999 / 13812349999' },
  { field: 'email', value: '<a@b.com>' },
  { field: 'email', value: 'Ann <a@b.com>' },
  { field: 'email', value: 'mailto:a@b.com' },
  { field: 'email', value: 'a@b' },
  { field: 'email', value: 'a@b..com' },
  { field: 'email', value: 'a@b.com;c@d.com' },
  { field: 'email', value: 'a\u200b@b.com' },
];
const SOUND = [
  { field: 'name', value: '阿卜杜拉·买买提' },
  { field: 'name', value: 'O’Brien, Ltd. (№ 5)' },
  { field: 'name', value: 'می\u200cخواهم' },
  { field: 'name', value: '\ue000伟' },
  { field: 'number', value: '10E12' },
  { field: 'number', value: 'A-1/2' },
  { field: 'idNumber', value: '11010119900307123X' },
  { field: 'phone', value: '（０１０）８８８８１２３４转８０１' },
  { field: 'email', value: 'a.b+c@mail.example.co' },
  { field: 'email', value: '王伟@例子.中国' },
];

let app: TestApp;
let manager: Person;
let services: Awaited<ReturnType<typeof openServices>>;
const files = new Files();
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  services = await openServices({ memory: true }, '2026-03-02T09:00:00+08:00');
  await importText(services, files, 'organisation', ORGANISATION);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await services[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

let serial = 0;
const inputOf = (field: string, value: string) => ({
  policyId: 'bank-vip',
  branchCode: 'BK-A',
  kind: 'INDIVIDUAL',
  number: `S-${++serial}`,
  name: '王芳',
  [field]: value,
});

describe('createCustomer', () => {
  test.each(UNSOUND)('refuses $field %j', async ({ field, value }) => {
    const answer = await manager.does('CreateCustomer', { input: inputOf(field, value) });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: `input.${field}` }] });
  });

  test.each(SOUND)('takes $field %j', async ({ field, value }) => {
    expect(await manager.does('CreateCustomer', { input: inputOf(field, value) })).toMatchObject({
      __typename: 'Customer',
    });
  });
});

describe('a file of customers', () => {
  const row = (field: string, value: string) => {
    const { policyId: _, ...cells } = inputOf(field, value);
    const quoted = Object.values(cells).map((cell) => `"${cell}"`);
    return `${Object.keys(cells).join(',')}\n${quoted.join(',')}\n`;
  };
  const imported = (field: string, value: string) =>
    importText(services, files, 'customers', row(field, value), { policyId: 'bank-vip' });

  // Space around a cell is none of it, so that one of space alone is empty.
  test.each(UNSOUND)('refuses $field %j', async ({ field, value }) => {
    const { rejected, issues } = await imported(field, value);
    expect({ rejected, column: issues[0]?.column }).toEqual({ rejected: 1, column: field });
  });

  test.each(SOUND)('takes $field %j', async ({ field, value }) => {
    expect(await imported(field, value)).toMatchObject({ imported: 1, rejected: 0 });
  });
});

describe('every other mutation', () => {
  test.each([
    { it: 'openTicket', name: 'OpenTicket', at: 'input.subject', input: { subject: '\u200b' } },
    {
      it: 'openTicket with a description',
      name: 'OpenTicket',
      at: 'input.description',
      input: { description: '\u200b ' },
    },
  ] as const)('$it refuses what shows nothing', async ({ name, at, input }) => {
    const { id } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
    const ticket = { customerId: id, type: 'INQUIRY', subject: 'S', channel: 'PHONE' };
    expect(await manager.does(name, { input: { ...ticket, ...input } })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: at }],
    });
  });

  test('and so a field of a profile, however deep', async () => {
    const input = { ...inputOf('name', '王芳'), profile: { employer: '\u200b' } };
    expect(await manager.does('CreateCustomer', { input })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: 'input.profile.employer' }],
    });
  });

  test('a description may have several lines', async () => {
    const { id } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
    const input = { customerId: id, type: 'INQUIRY', subject: 'S', channel: 'PHONE', description: 'one\n\ttwo' };
    expect(await manager.does('OpenTicket', { input })).toMatchObject({ __typename: 'Ticket' });
  });
});
