import { afterAll, beforeAll, expect, test } from 'vitest';
import { Files, importText, ORGANISATION, openServices } from './support.ts';

const HEADER = 'customerNumber,key,value,asOf,source';

let services: Awaited<ReturnType<typeof openServices>>;
const files = new Files();
beforeAll(async () => {
  services = await openServices({ memory: true }, '2026-03-02T11:00:00+08:00');
  await importText(services, files, 'organisation', ORGANISATION);
  await importText(services, files, 'customers', 'number,kind,name,branchCode\nC1,INDIVIDUAL,Ann,BK-A\n', {
    policyId: 'bank-vip',
  });
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

const metrics = (rows: readonly string[], options = {}) =>
  importText(services, files, 'metrics', [HEADER, ...rows].join('\n'), { policyId: 'bank-vip', ...options });
const current = async () =>
  (await services.database.prisma.currentFigure.findMany({ orderBy: { key: 'asc' } })).map(
    ({ key, value, asOf, source }) => [key, value.toFixed(), asOf.toISOString().slice(0, 10), source].join(' '),
  );

test('figures are stored once, and corrected by a later value', async () => {
  const rows = [
    'C1,TOTAL_BALANCE,"1,250,000.50",2026-01-31,core',
    'C1,TOTAL_BALANCE,1300000,2026-02-28,core',
    'C1,日均存款,+80.25,2026/2/28,',
  ];
  expect(await metrics(rows)).toMatchObject({ read: 3, imported: 3, unchanged: 0 });
  expect(await metrics(rows)).toMatchObject({ read: 3, imported: 0, unchanged: 3 });
  expect(await current()).toEqual([
    expect.stringMatching(/^DAILY_AVG_DEPOSIT 80.25 2026-02-28 \d+\.csv$/),
    'TOTAL_BALANCE 1300000 2026-02-28 core',
  ]);
  services.clock.set(new Date('2026-03-02T12:00:00+08:00'));
  expect(await metrics([...rows.slice(0, 1), 'C1,TOTAL_BALANCE,1299999.99,2026-02-28,audit'])).toMatchObject({
    imported: 1,
    unchanged: 1,
  });
  expect((await current())[1]).toBe('TOTAL_BALANCE 1299999.99 2026-02-28 audit');
});

test('bad figures are listed', async () => {
  const rows = [
    'C1,TOTAL_BALANCE,12e3,2026-02-28,core',
    'C1,TOTAL_BALANCE,,2026-02-26,core',
    'C1,SHOE_SIZE,43,2026-02-28,core',
    'C9,TOTAL_BALANCE,1,2026-02-28,core',
    'C1,TOTAL_BALANCE,1,2026-04-28,core',
    'C1,TOTAL_BALANCE,1,2026-02-30,core',
    'C1,TOTAL_BALANCE,0.1234567,2026-02-28,core',
    'C1,TOTAL_BALANCE,2,2026-02-27,core',
    'C1,TOTAL_BALANCE,3,2026-02-27,core',
  ];
  const { rejects, ...result } = await metrics(rows, { mode: 'SKIP_BAD' });
  expect(result).toMatchObject({ read: 9, rejected: 8, imported: 1 });
  expect(rejects.map((line) => line.split(',').slice(0, 2).join())).toEqual([
    '2,value',
    '3,value',
    '4,key',
    '5,customerNumber',
    '6,asOf',
    '7,asOf',
    '8,',
    '10,',
  ]);
});

test('dates can be loaded as if written later', async () => {
  await metrics(['C1,LOYALTY,70,2025-12-31,core'], { shift: { months: 2 } });
  expect(await current()).toContain('LOYALTY 70 2026-02-28 core');
});
