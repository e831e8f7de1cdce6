import { expect, test } from 'vitest';
import { useImports } from '../import/support.ts';

// What somebody else's file may hold: formulas, quotes without an end, NULs, a row without an end, columns without number.

const HEADER = 'number,kind,name,phone,branchCode,managerNumber';

const { services, bank } = useImports('2026-03-02T09:00:00+08:00');

const count = () => services().database.prisma.customer.count();

/** What is said of a file that is not taken; it was not stored either way. */
async function refusal(content: string | Uint8Array): Promise<string> {
  const before = await count();
  const said = await bank(content).then(
    (result) => JSON.stringify(result),
    (error: Error) => `${error.name}: ${error.message}`,
  );
  expect(await count()).toBe(before);
  return said;
}

test.each([
  { it: 'a NUL in a name', content: `${HEADER}\nA1,INDIVIDUAL,An\0n,13900001234,BK-A,\n` },
  { it: 'a quote without an end', content: `${HEADER}\nA2,INDIVIDUAL,"Ann,13900001234,BK-A,\n` },
  { it: 'a quote in the middle of a cell', content: `${HEADER}\nA3,INDIVIDUAL,An"n,13900001234,BK-A,\n` },
  { it: 'a row with too many cells', content: `${HEADER}\nA4,INDIVIDUAL,Ann,13900001234,BK-A,,x,y,z\n` },
  { it: 'a cell of two megabytes', content: `${HEADER}\nA5,INDIVIDUAL,${'x'.repeat(2_000_000)},13900001234,BK-A,\n` },
  {
    it: 'a million columns',
    content: `${Array.from({ length: 1_000_000 }, (_, n) => `c${n}`).join(',')}\n${','.repeat(999_999)}\n`,
  },
  { it: 'a line without an end', content: `${HEADER}\n${'A,'.repeat(2_000_000)}` },
  {
    it: 'columns of the prototype',
    content: `__proto__,constructor,${HEADER}\nx,y,A6,INDIVIDUAL,Ann,13900001234,BK-A,\n`,
  },
  { it: 'one column twice', content: `${HEADER},number\nA7,INDIVIDUAL,Ann,13900001234,BK-A,,A8\n` },
  { it: 'bytes of no alphabet', content: new Uint8Array([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00, 0x81, 0xff, 0x0a]) },
  { it: 'nothing', content: '' },
])('a file with $it is refused, in words, and nothing of it is stored', async ({ content }) => {
  const started = performance.now();
  const said = await refusal(content);
  expect(said).not.toMatch(/RangeError|TypeError|prisma|undefined is not|Cannot read/i);
  expect(said.length).toBeLessThan(20_000);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test('formulas and SQL are text like any other', async () => {
  const names = ['=cmd|calc!A1', '+1+1', '@SUM(A1)', "'; drop table customer; --", '<script>alert(1)</script>'];
  const rows = names.map((name, index) => `FX${index},INDIVIDUAL,"${name}",13900001234,BK-A,`);
  await bank(`${HEADER}\n${rows.join('\n')}\n`);
  const stored = await services().database.prisma.customer.findMany({
    where: { number: { startsWith: 'FX' } },
    orderBy: { number: 'asc' },
    select: { name: true },
  });
  expect(stored.map(({ name }) => name)).toEqual(names);
});
