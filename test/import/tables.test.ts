import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importFile } from '../../server/domain/import/import-file.ts';
import { importText, useImports } from './support.ts';

// What spreadsheets and people leave in and around a table.

const HEADER = 'number,kind,name,phone,branchCode';

const { files, services, bank } = useImports('2026-03-02T09:00:00+08:00');

const numbers = async (prefix: string) =>
  (await services().database.prisma.customer.findMany({ where: { number: { startsWith: prefix } } })).length;

describe('rows', () => {
  test.each([
    { it: 'commas alone below a table', text: `${HEADER}\nA1,INDIVIDUAL,Ann,,BK-A\n,,,,\n,,,,\n`, read: 1 },
    { it: 'commas alone within it', text: `${HEADER}\n,,,,\nA2,INDIVIDUAL,Ann,,BK-A\n`, read: 1 },
    { it: 'spaces, fewer and more commas', text: `${HEADER}\nA3,INDIVIDUAL,Ann,,BK-A\n , ,\n,,,,,,,\n`, read: 1 },
  ])('of $it are left out', async ({ text, read }) => {
    expect(await bank(text)).toMatchObject({ read, imported: 1, rejected: 0 });
  });

  test.each([
    { kind: 'customers', text: `${HEADER}\n,INDIVIDUAL,Ann,,BK-A\n,INDIVIDUAL,Bob,,BK-A\n`, column: 'number' },
    {
      kind: 'metrics',
      text: 'customerNumber,key,value,asOf\n,TOTAL_BALANCE,1,2026-03-01\n,TOTAL_BALANCE,2,2026-03-01\n',
      column: 'customerNumber',
    },
    {
      kind: 'tickets',
      text: 'externalNumber,customerNumber,type,subject,channel,openedAt\n,A1,INQUIRY,S,PHONE,2026-03-01 08:00\n,A1,INQUIRY,T,PHONE,2026-03-01 08:00\n',
      column: 'externalNumber',
    },
    {
      kind: 'organisation',
      text: 'kind,code,name\nBRANCH,,One\nBRANCH,,Two\n',
      column: 'code',
    },
  ] as const)('of $kind without a key are empty, and repeat nothing', async ({ kind, text, column }) => {
    const { issues } = await importText(services(), files, kind, text, { policyId: 'bank-vip' });
    expect(issues.map((issue) => [issue.line, issue.column, issue.rule])).toEqual([
      [2, column, 'is empty'],
      [3, column, 'is empty'],
    ]);
  });

  test('of one number in different writing repeat each other', async () => {
    const { issues } = await bank(`${HEADER}\nk9,INDIVIDUAL,Ann,,BK-A\nＫ9,INDIVIDUAL,Bob,,BK-A\n`);
    expect(issues).toMatchObject([{ line: 3, rule: 'repeats the key of a row above' }]);
  });

  test('of figures repeat each other by customer, metric and day, however these are written', async () => {
    await bank(`${HEADER}\nM1,INDIVIDUAL,Ann,,BK-A\n`);
    const text = 'customerNumber,key,value,asOf\nM1,TOTAL_BALANCE,1,2026-03-01\nm1,总余额,2,2026/3/1\n';
    const { issues } = await importText(services(), files, 'metrics', text, { policyId: 'bank-vip' });
    expect(issues).toMatchObject([{ line: 3, rule: 'repeats the key of a row above' }]);
  });
});

describe('a file that is broken from some line on', () => {
  const good = Array.from({ length: 1_200 }, (_, index) => `K${index},INDIVIDUAL,Ann,,BK-A`).join('\n');
  const text = `${HEADER}\n${good}\nKX,INDIVIDUAL,"Ann,,BK-A\n`;

  test('is written in skip-bad as far as it was read, and says how far', async () => {
    const message = await bank(text, { mode: 'SKIP_BAD' }).catch((error: Error) => error.message);
    const written = await numbers('K');
    expect(written).toBe(1_200);
    expect(message).toContain('a quote is not closed');
    expect(message).toContain(
      `lines 2 to ${written + 1} were taken: ${written} rows imported, 0 unchanged, 0 rejected`,
    );
  });

  test('is not written at all otherwise', async () => {
    const before = await numbers('L');
    await expect(bank(text.replaceAll('\nK', '\nL'))).rejects.toThrow('a quote is not closed');
    expect(await numbers('L')).toBe(before);
  });
});

describe('no file', () => {
  const request = { kind: 'customers', mode: 'ALL_OR_NOTHING', policyId: 'bank-vip' } as const;
  test('is told in a sentence', async () => {
    const file = join(files.folder, 'none.csv');
    await expect(importFile(services(), { ...request, file })).rejects.toThrow(`file ${file} is not there`);
    await expect(importFile(services(), { ...request, file, encoding: 'utf-8' })).rejects.toThrow('is not there');
    await expect(importFile(services(), { ...request, file: files.folder })).rejects.toThrow('is a folder');
  });
});

test.each([
  { it: 'a header that is refused', text: 'nope\n1\n' },
  { it: 'an encoding that is refused', text: '\ufeffnope\n' },
  { it: 'a fault within', text: `${HEADER}\nKX,INDIVIDUAL,"Ann\n` },
])('$it leaves no list of an earlier run', async ({ text }) => {
  const rejectFile = join(files.folder, 'old.rejects.csv');
  writeFileSync(rejectFile, 'line,column,rule,value\n7,phone,old,\n');
  await expect(bank(text, { rejectFile })).rejects.toThrow();
  expect(existsSync(rejectFile)).toBe(false);
});

describe('a header', () => {
  test.each([
    { it: 'semicolons', header: HEADER.replaceAll(',', ';'), says: 'apart by semicolons' },
    { it: 'tabs', header: HEADER.replaceAll(',', '\t'), says: 'apart by tabs' },
    { it: 'Chinese commas', header: '客户编号，客户类型，客户名称，机构编号', says: 'apart by Chinese commas' },
    { it: 'a comma at its end', header: `${HEADER},`, says: 'ends with a comma' },
    { it: 'a column without a name', header: `number,,${HEADER.slice(7)}`, says: 'no name for column 2' },
  ])('with $it hears what is wrong', async ({ header, says }) => {
    await expect(bank(`${header}\n`)).rejects.toThrow(says);
  });
});

describe('a date', () => {
  const FORMS = [
    '2026-02-01',
    '2026/2/1',
    '2026.2.1',
    '20260201',
    '2026年2月1日',
    '2026/2/1 0:00:00',
    '２０２６－０２－０１',
  ];

  test.each(FORMS)('%s is read in every column of dates', async (form) => {
    const number = `D${FORMS.indexOf(form)}`;
    const header =
      'number,kind,name,branchCode,birthday,scheme,tier,gradeSince,consentVip,profile.purchasedOn,profile.realNameVerified';
    const customer = `${number},INDIVIDUAL,Ann,BK-A,${form},personal,GOLD,${form},yes,${form},yes`;
    expect(await bank(`${header}\n${customer}\n`)).toMatchObject({ imported: 1, issues: [] });
    const stored = await services().database.prisma.customer.findFirstOrThrow({ where: { number } });
    expect(stored.birthday?.toISOString()).toBe('2026-02-01T00:00:00.000Z');
    expect(stored.profile).toMatchObject({ purchasedOn: ['2026-02-01'] });
    const figures = `customerNumber,key,value,asOf\n${number},TOTAL_BALANCE,1,${form}\n`;
    expect(await importText(services(), files, 'metrics', figures, { policyId: 'bank-vip' })).toMatchObject({
      imported: 1,
    });
    const staff = `kind,code,name,roles,branchCode,ndaSignedAt\nSTAFF,S-${number},Zhao,SERVICE,BK-A,${form}\n`;
    expect(await importText(services(), files, 'organisation', staff)).toMatchObject({ imported: 1 });
    const person = await services().database.prisma.staff.findFirstOrThrow({ where: { number: `S-${number}` } });
    expect(person.ndaSignedAt?.toISOString()).toBe('2026-01-31T16:00:00.000Z');
  });

  test.each(['2026-02-01 08:00', '2026/2/1 8:00', '2026.2.1 08:00:00', '20260201 08:00', '2026年2月1日 08:00'])(
    '%s is one instant',
    async (form) => {
      await bank(`${HEADER}\nT1,INDIVIDUAL,Ann,,BK-A\n`);
      const header = 'externalNumber,customerNumber,type,subject,channel,openedAt,assigneeNumber';
      const text = `${header}\nX-${form},T1,INQUIRY,S,PHONE,${form},BK-A-CM1\n`;
      expect(await importText(services(), files, 'tickets', text, { policyId: 'bank-vip' })).toMatchObject({
        imported: 1,
        issues: [],
      });
      const ticket = await services().database.prisma.ticket.findFirstOrThrow({
        where: { externalNumber: `X-${form}` },
      });
      expect(ticket.openedAt.toISOString()).toBe('2026-02-01T00:00:00.000Z');
    },
  );

  test.each(['2026-02-30', '2026-2', '02/01/2026', '2026-02-01 08:00'])('%s is none', async (form) => {
    const { issues } = await bank(`number,kind,name,branchCode,birthday\nD9,INDIVIDUAL,Ann,BK-A,${form}\n`);
    expect(issues).toMatchObject([{ column: 'birthday', rule: 'is no date like 2026-03-02' }]);
  });
});
