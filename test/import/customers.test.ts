import { describe, expect, test } from 'vitest';
import { unsealProfile } from '../../server/domain/customers/profile.ts';
import { importText, useImports } from './support.ts';

const HEADER = 'number,kind,name,phone,branchCode,managerNumber';

const { files, services, bank } = useImports('2026-03-02T09:00:00+08:00');

const stored = (number: string) =>
  services().database.prisma.customer.findFirstOrThrow({
    where: { number },
    include: { grades: true, consents: true },
  });
const count = () => services().database.prisma.customer.count();

/** 张伟 and 李娜 as GB18030 has them, for Node only decodes it. */
const GB = { 张伟: [0xd5, 0xc5, 0xce, 0xb0], 李娜: [0xc0, 0xee, 0xc4, 0xc8], 𠀀: [0x95, 0x32, 0x82, 0x36] };

describe('a file', () => {
  test.each([
    {
      it: 'has LF',
      number: 'F1',
      text: (number: string) => `${HEADER}\n${number},INDIVIDUAL,Ann Lee,13900001234,BK-A,\n`,
    },
    {
      it: 'has CRLF',
      number: 'F2',
      text: (number: string) => `${HEADER}\r\n${number},INDIVIDUAL,Ann Lee,13900001234,BK-A,\r\n`,
    },
    {
      it: 'has a byte order mark',
      number: 'F3',
      text: (number: string) => `\ufeff${HEADER}\n${number},INDIVIDUAL,Ann Lee,13900001234,BK-A,\n`,
    },
    {
      it: 'has no end of line at its end',
      number: 'F4',
      text: (number: string) => `${HEADER}\n${number},INDIVIDUAL,Ann Lee,13900001234,BK-A,`,
    },
    {
      it: 'has quotes and empty lines',
      number: 'F5',
      text: (number: string) =>
        `"number",kind,"name",phone,branchCode,managerNumber\n\n"${number}","INDIVIDUAL","Ann Lee",13900001234,BK-A,""\n\n`,
    },
    {
      it: 'is written in capitals',
      number: 'F6',
      text: (number: string) => `${HEADER.toUpperCase()}\n${number},individual,Ann Lee,13900001234,BK-A,\n`,
    },
  ])('is read that $it', async ({ number, text }) => {
    expect(await bank(text(number))).toMatchObject({ read: 1, imported: 1, rejected: 0, rejectFile: null });
    expect(await stored(number)).toMatchObject({
      name: 'Ann Lee',
      phoneMask: '139****1234',
      stage: 'POTENTIAL',
      managerId: null,
    });
  });

  test('is read in GB18030, also where a character lies across two pieces', async () => {
    const line = (number: string, name: number[]) => [
      ...Buffer.from(`${number},INDIVIDUAL,`),
      ...name,
      ...Buffer.from(',,BK-A,\n'),
    ];
    // Pieces have 64 KiB: rows of all lengths put a cut into every place of a character.
    const many = Array.from({ length: 7000 }, (_, index) =>
      line(`G${index}${'0'.repeat(index % 3)}`, [...GB.张伟, ...GB.𠀀, ...GB.李娜]),
    ).flat();
    const content = Buffer.from([...Buffer.from(`${HEADER}\n`), ...many]);
    expect(await bank(content)).toMatchObject({ read: 7000, imported: 7000, rejected: 0 });
    expect(await services().database.prisma.customer.count({ where: { name: '张伟𠀀李娜' } })).toBe(7000);
    expect((await stored('G0')).nameWords).toContain('张');
  });

  test('may name its columns in Chinese', async () => {
    const content =
      '客户编号,客户类型,客户名称,客户阶段,手机号码,网点编号,客户经理工号,同意VIP服务\nZ1,机构,远大贸易有限公司,重点,021-5550 0001,BK-A,BK-A-CM1,是\n';
    expect(await bank(content)).toMatchObject({ imported: 1 });
    const customer = await stored('Z1');
    expect(customer).toMatchObject({ kind: 'INSTITUTION', stage: 'KEY', vipConsent: true, marketingConsent: null });
    expect(customer.consents).toMatchObject([{ vipService: true, marketing: false, byId: customer.managerId }]);
  });

  test.each([
    { it: 'an unknown column', header: `${HEADER},shoeSize`, says: /column shoeSize is not known/ },
    { it: 'a missing column', header: 'number,kind,name', says: /column branchCode is missing/ },
    { it: 'a column twice', header: `${HEADER},客户编号`, says: /column number is there twice/ },
    { it: 'too many columns', header: `${HEADER}${',x'.repeat(300)}`, says: /more than 200/ },
  ])('is refused with $it', async ({ header, says }) => {
    const before = await count();
    await expect(bank(`${header}\nN1,INDIVIDUAL,Ann,,BK-A,\n`)).rejects.toThrow(says);
    expect(await count()).toBe(before);
  });

  test.each([
    {
      it: 'a line of a million columns',
      content: `${HEADER}\n${','.repeat(1_000_000)}`,
      says: /line 2 is longer than/,
    },
    {
      it: 'a quote that is never closed',
      content: `${HEADER}\nN2,INDIVIDUAL,"Ann,,BK-A,\nN3,INDIVIDUAL,Bob,,BK-A,\n`,
      says: /quote is not closed; nothing was read beyond it/,
    },
    {
      it: 'text after a closing quote',
      content: `${HEADER}\nN2,INDIVIDUAL,"Ann"ie,,BK-A,\n`,
      says: /line 2 has text after a closing quote/,
    },
    { it: 'nothing in it', content: '', says: /is empty/ },
    { it: 'UTF-16', content: Buffer.from(`\ufeff${HEADER}\n`, 'utf16le'), says: /UTF-16/ },
  ])('is refused with $it', async ({ content, says }) => {
    await expect(bank(content)).rejects.toThrow(says);
  });
});

const BAD = [
  'B1,INDIVIDUAL,Good One,13900000001,BK-A,BK-A-CM1',
  'B2,INDIVIDUAL,Nul\u0000here,13900000002,BK-A,',
  'B3,INDIVIDUAL,Too,many,BK-A,,,',
  'B4,INDIVIDUAL,"Line\nbreak",13900000004,BK-A,',
  'B5,MARTIAN,Kind,13900000005,BK-A,',
  'B6,INDIVIDUAL,Phone,not a phone 13912345678,BK-A,',
  'B7,INDIVIDUAL,Branch,13900000007,TL-A,',
  'B8,INDIVIDUAL,Manager,13900000008,BK-A,=1+1',
  'B9,INDIVIDUAL,Stray"quote,13900000009,BK-A,',
  'B1,INDIVIDUAL,Again,13900000001,BK-A,',
  'B10,INDIVIDUAL,=cmd|calc,13900000010,BK-A,',
];

describe('bad rows', () => {
  const content = `${HEADER}\n${BAD.join('\n')}\n`;

  test('all or nothing writes nothing, and lists them', async () => {
    const before = await count();
    const result = await bank(content);
    expect(result).toMatchObject({ read: 11, imported: 0, rejected: 9 });
    expect(await count()).toBe(before);
    expect(result.issues).toHaveLength(9);
  });

  test('skip bad writes the others, and lists them by line, column and rule', async () => {
    const before = await count();
    const result = await bank(content, { mode: 'SKIP_BAD' });
    expect(result).toMatchObject({ read: 11, imported: 2, rejected: 9 });
    expect(await count()).toBe(before + 2);
    expect(result.rejects).toEqual([
      '3,name,holds a control character,N***',
      '4,,the row has 8 cells and the header 6,',
      '5,name,holds a control character,L***',
      '7,kind,"is none of INDIVIDUAL, INSTITUTION, INTERNAL",MARTIAN',
      '8,phone,is no telephone number,139****5678',
      '9,branchCode,is no branch that runs bank-vip,TL-A',
      "10,managerNumber,is nobody who works here,'=1+1",
      '11,,holds a quote inside a cell that is not quoted,',
      '12,,repeats the key of a row above,',
    ]);
    expect((await stored('B10')).name).toBe('=cmd|calc');
  });

  test('a file without any removes the list of an earlier run', async () => {
    const rejectFile = files.write('from before');
    expect(await bank(`${HEADER}\nB11,INDIVIDUAL,Fine,,BK-A,\n`, { rejectFile })).toMatchObject({
      rejectFile: null,
      rejects: [],
    });
    await expect(bank(`${HEADER}\n`, { rejectFile: 'x.csv', file: 'x.csv' })).rejects.toThrow(/is the file itself/);
  });
});

test('progress is told batch by batch, up to the end', async () => {
  const rows = Array.from({ length: 1200 }, (_, index) => `V${index},INDIVIDUAL,Val ${index},,BK-A,`);
  const told: { rows: number; bytes: number; totalBytes: number }[] = [];
  const content = `${HEADER}\n${rows.join('\n')}\n`;
  await bank(content, { mode: 'SKIP_BAD', onProgress: (progress: (typeof told)[number]) => told.push(progress) });
  expect(told.map((progress) => progress.rows)).toEqual([500, 1000, 1200]);
  expect(told.at(-1)).toEqual({ rows: 1200, bytes: content.length, totalBytes: content.length });
});

test.each([
  {
    it: 'a tier without consent',
    cells: 'no,personal,GOLD',
    column: 'consentVip',
    rule: /which a grade of personal needs/,
  },
  { it: 'a tier that is not declared', cells: 'yes,personal,SILVER', column: 'tier', rule: /is no tier of personal/ },
  { it: 'a tier without its scheme', cells: 'yes,,GOLD', column: 'scheme', rule: /is empty/ },
  { it: 'a scheme for others', cells: 'yes,corporate,GOLD', column: 'scheme', rule: /INSTITUTION/ },
])('refuses $it', async ({ cells, column, rule }) => {
  const { issues } = await bank(
    `number,kind,name,branchCode,consentVip,scheme,tier\nT1,INDIVIDUAL,Tia,BK-A,${cells}\n`,
  );
  expect(issues).toEqual(
    [{ line: 2, column, rule: expect.stringMatching(rule), value: expect.anything() }].map((issue) => ({
      ...issue,
      value: issues[0]?.value,
    })),
  );
});

test("the policy's schema and guard are asked, and sensitive values stay hidden", async () => {
  const content = [
    'policyId,number,kind,name,branchCode,consentVip,consentMarketing,profile.brand,profile.address,profile.phoneHabits',
    'telecom-vip,P1,INDIVIDUAL,Ok,TL-A,yes,yes,2,Renmin Road 1,3;4',
    'telecom-vip,P2,INDIVIDUAL,Brand,TL-A,yes,yes,9,,',
    'telecom-vip,P3,INDIVIDUAL,Declined,TL-A,no,no,1,,',
    'bank-vip,P4,INDIVIDUAL,Line,BK-A,yes,yes,1,,',
    'bank-vip,P5,INDIVIDUAL,Moved,BB-A,,,,,',
  ].join('\n');
  const { rejects, imported } = await importText(services(), files, 'customers', content, { mode: 'SKIP_BAD' });
  expect(imported).toBe(1);
  const p1 = await stored('P1');
  expect(p1.profile).toMatchObject({ address: { sealed: expect.stringMatching(/^v1\./) } });
  expect(unsealProfile(services().sealer, p1.id, p1.profile)).toEqual({
    brand: 2,
    address: 'Renmin Road 1',
    phoneHabits: [3, 4],
  });
  expect(rejects.map((line) => line.slice(0, 60))).toEqual([
    expect.stringMatching(/^3,profile\.brand,/),
    expect.stringMatching(/^4,,CUSTOMER_DECLINED: /),
    expect.stringMatching(/^5,profile\.brand,is no field of bank-vip/),
    expect.stringMatching(/^6,branchCode,/),
  ]);
});
