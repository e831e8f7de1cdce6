import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detectEncoding } from '../../server/domain/import/reading/encoding.ts';
import { EvidenceReader } from '../../server/domain/import/reading/evidence.ts';
import { createDatabase } from '../support/postgres.ts';
import { tierline } from '../support/tierline.ts';
import { Files, importText, ORGANISATION, openServices } from './support.ts';

const HEADER = 'number,kind,name,phone,branchCode';

/** Names as GBK has them, for Node only decodes it. */
const GBK = {
  叶思诗: [0xd2, 0xb6, 0xcb, 0xbc, 0xca, 0xab],
  张伟: [0xd5, 0xc5, 0xce, 0xb0],
  朱镕基: [0xd6, 0xec, 0xe9, 0x46, 0xbb, 0xf9],
  楼: [0xc2, 0xa5],
  路: [0xc2, 0xb7],
} as const;

type Part = string | readonly number[] | Uint8Array;
const bytes = (...parts: readonly Part[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const rows = (...names: readonly Part[]) =>
  bytes(`${HEADER}\n`, ...names.flatMap((name, index): Part[] => [`R${index},INDIVIDUAL,`, name, ',,BK-A\n']));
const latin1 = (text: string) => [...Buffer.from(text, 'latin1')];

const files = new Files();
let services: Awaited<ReturnType<typeof openServices>>;
beforeAll(async () => {
  services = await openServices({ memory: true }, '2026-03-02T09:00:00+08:00');
  await importText(services, files, 'organisation', ORGANISATION);
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

const detected = (content: Uint8Array) =>
  detectEncoding(files.write(content)).then(
    ({ encoding }) => encoding as string,
    (error: Error) => error.message,
  );

test.each([
  { it: 'ASCII alone', content: rows('Ann'), is: 'utf-8' },
  { it: 'Chinese in UTF-8', content: rows('王伟'), is: 'utf-8' },
  { it: 'Chinese in GBK', content: rows(GBK.张伟), is: 'gb18030' },
  { it: 'Chinese in UTF-8 and one byte of Latin-1', content: rows('王伟', latin1('Renée')), is: 'utf-8' },
  { it: 'Chinese in UTF-8 and one row of GBK', content: rows('王伟', '李娜', GBK.张伟), is: 'utf-8' },
  { it: 'Chinese in UTF-8, cut in the middle of a character', content: rows('王伟', [0xe7, 0x8e]), is: 'utf-8' },
  { it: 'GBK that is also Cyrillic and phonetic signs in UTF-8', content: rows(GBK.叶思诗), is: 'gb18030' },
  { it: 'a name of GBK whose second half is a letter', content: rows(GBK.朱镕基), is: 'gb18030' },
  { it: 'accents in UTF-8', content: rows('Renée', 'Élise', 'Müller'), is: 'utf-8' },
  { it: 'Cyrillic in UTF-8', content: rows('Иванов', 'Қазақ'), is: 'utf-8' },
  { it: 'Latin-1, which is neither', content: rows(latin1('Renée'), latin1('José')), is: 'utf-8' },
  {
    it: 'one character that is a sign in UTF-8 and a word in GBK',
    content: rows([0x41, ...GBK.楼]),
    is: /--encoding utf-8 or gb18030/,
  },
  { it: 'the same, beside Chinese that tells', content: rows(GBK.路, GBK.张伟), is: 'gb18030' },
  { it: 'as much of one as of the other', content: rows('王伟', GBK.张伟, GBK.张伟), is: /mixture.*--encoding/ },
])('told by the whole file: $it', async ({ content, is }) => {
  expect(await detected(content)).toEqual(typeof is === 'string' ? is : expect.stringMatching(is));
});

test('it does not matter where the bytes are cut', () => {
  const content = rows('王伟', 'Renée', latin1('Renée'), GBK.张伟, GBK.叶思诗, 'Иванов', GBK.朱镕基, '𠀀');
  const read = (size: number) => {
    const reader = new EvidenceReader();
    for (let from = 0; from < content.length; from += size) reader.read(content.subarray(from, from + size));
    return reader.end();
  };
  for (const size of [1, 2, 3, 5, 7]) expect(read(size)).toEqual(read(content.length));
  expect(read(1).strangers).toEqual({ 'utf-8': new Set([5, 6, 8]), gb18030: new Set([2, 3, 4, 7, 9]) });
});

const PIECE = 65_536;

test.each([0, 1, 2, 3].map((before) => ({ before })))(
  'a first foreign byte $before before the end of a piece costs no row',
  async ({ before }) => {
    const head = bytes(`${HEADER}\n`);
    const row = Buffer.from('A,INDIVIDUAL,Ann,,BK-A\n');
    const filler = Math.floor((PIECE - head.length - 200) / row.length);
    const plain = Array.from({ length: filler }, (_, n) => `P${n},INDIVIDUAL,Ann,,BK-A\n`.slice(-row.length)).join('');
    const last = 'LAST,INDIVIDUAL,';
    const room = PIECE - before - head.length - Buffer.byteLength(plain) - last.length;
    const content = bytes(head, plain, last, `${' '.repeat(Math.max(0, room))}`, GBK.张伟, ',,BK-A\n');
    const first = content.indexOf(0xd5);
    expect(await detected(content)).toBe('gb18030');
    expect(first % PIECE).toBe((PIECE - before) % PIECE);
  },
);

describe('an import', () => {
  const customers = (content: Uint8Array, options = {}) =>
    importText(services, files, 'customers', content, { policyId: 'bank-vip', mode: 'SKIP_BAD', ...options });
  const nameOf = async (number: string) =>
    (await services.database.prisma.customer.findFirst({ where: { number } }))?.name;

  test('rejects the row of a bad byte, names line and encoding, and takes the others as they are', async () => {
    const content = bytes(`${HEADER}\nU1,INDIVIDUAL,王伟,,BK-A\nU2,INDIVIDUAL,`, latin1('Renée'), ',,BK-A\n');
    const { imported, rejected, rejects } = await customers(content);
    expect({ imported, rejected }).toEqual({ imported: 1, rejected: 1 });
    expect(rejects).toEqual([expect.stringMatching(/^3,name,.*not UTF-8/)]);
    expect(await nameOf('U1')).toBe('王伟');
  });

  test('takes GBK that is valid UTF-8 for what it is', async () => {
    const content = bytes(`${HEADER}\nU3,INDIVIDUAL,`, GBK.叶思诗, ',,BK-A\n');
    expect(await customers(content)).toMatchObject({ imported: 1, rejected: 0 });
    expect(await nameOf('U3')).toBe('叶思诗');
  });

  test('rejects rows of UTF-8 and of Latin-1 in a file of GBK, which has a character for nearly every byte', async () => {
    const many = Array.from({ length: 40 }, (_, n) => [`G${n},INDIVIDUAL,`, GBK.张伟, ',,BK-A\n'] as const).flat();
    const content = bytes(
      `${HEADER}\n`,
      ...many,
      'G90,INDIVIDUAL,王伟,,BK-A\r\nG91,INDIVIDUAL,',
      latin1('Renée'),
      ',,BK-A\nG92,INDIVIDUAL,',
      GBK.朱镕基,
      ',,BK-A\n',
    );
    const { imported, rejects } = await customers(content);
    expect(imported).toBe(41);
    expect(rejects.map((line) => line.split(',')[0])).toEqual(['42', '43']);
    expect(rejects.join()).toMatch(/another encoding than GB18030/);
    expect(await nameOf('G92')).toBe('朱镕基');
  });

  test('does as it is told where the file does not tell', async () => {
    const content = bytes(`${HEADER}\nU4,INDIVIDUAL,`, GBK.路, ',,BK-A\n');
    await expect(customers(content)).rejects.toThrow(/--encoding/);
    expect(await customers(content, { encoding: 'gb18030' })).toMatchObject({ imported: 1 });
    expect(await nameOf('U4')).toBe('路');
  });

  test.each([
    {
      kind: 'organisation',
      header: 'kind,code,name,parentCode,policyIds,roles,branchCode',
      good: 'BRANCH,X-1,北店,,bank-vip,,',
      bad: ['BRANCH,X-2,', latin1('Orléans'), ',,bank-vip,,'],
    },
    {
      kind: 'metrics',
      header: 'customerNumber,metric,value,asOf',
      good: 'U1,存款,1,2026-01-31',
      bad: ['U1,', latin1('dépôts'), ',1,2026-01-31'],
    },
    {
      kind: 'tickets',
      header: 'externalNumber,customerNumber,type,subject,channel,openedAt',
      good: 'T1,U1,COMPLAINT,网点排队,PHONE,2026-01-31T10:00:00+08:00',
      bad: ['T2,U1,COMPLAINT,', latin1('Café fermé'), ',PHONE,2026-01-31T10:00:00+08:00'],
    },
  ] as const)(
    'of $kind rejects the row of a bad byte and no other for its encoding',
    async ({ kind, header, good, bad }) => {
      const content = bytes(`${header}\n${good}\n`, ...bad, '\n');
      const { issues } = await importText(services, files, kind, content, { policyId: 'bank-vip' });
      expect(issues.filter(({ rule }) => /encoding|UTF-8/.test(rule))).toMatchObject([{ line: 3 }]);
    },
  );
});

test('a file of many megabytes is looked through in little memory', () => {
  const reader = new EvidenceReader();
  const piece = rows(...Array.from({ length: 1_000 }, () => GBK.张伟), latin1('José'));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let size = 0; size < 64 * 1_048_576; size += piece.length) reader.read(piece);
  expect(reader.end().gb18030).toBeGreaterThan(1_000_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1_048_576);
});

test('the command has the option, says which names it takes, and speaks the language of the terminal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-encoding-'));
  const env = {
    // The run's server starts sooner than a database of its own would.
    DATABASE_URL: await createDatabase(),
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    TIERLINE_DATA_KEY: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  };
  try {
    const file = join(folder, 'organisation.csv');
    writeFileSync(
      file,
      bytes('kind,code,name,parentCode,policyIds,roles,branchCode\nBRANCH,X-1,', GBK.楼, ',,bank-vip,,\n'),
    );
    const imports = (...words: string[]) => tierline(['import', 'organisation', file, ...words], env);
    const asked = await imports();
    expect(asked.code).toBe(1);
    expect(asked.err).toMatch(/may be UTF-8 or GB18030.*--encoding/);
    expect(asked.err).not.toContain('    at ');
    const [told, chinese, wrong, missing] = await Promise.all([
      tierline(['import', 'organisation', file, '--encoding', 'gbk'], { ...env, LANG: 'zh_CN.UTF-8' }),
      imports('--language', 'zh'),
      imports('--encoding', 'latin1'),
      tierline(['import', 'organisation', join(folder, 'none.csv'), '--language', 'zh'], env),
    ]);
    expect(told.out).toContain('读取 1 行，导入 1 行，未变 0 行，拒绝 0 行。');
    expect(chinese.err).toMatch(/^file 可能是 UTF-8 或 GB18030：有 1 个词在两种编码下均可读；请用 --encoding/m);
    expect(missing).toMatchObject({ code: 2, err: expect.stringMatching(/none\.csv 不存在$/m) });
    expect(wrong.err).toMatch(/utf-8, gbk, gb18030/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
