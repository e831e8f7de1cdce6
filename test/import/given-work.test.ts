import { afterAll, beforeAll, expect, test } from 'vitest';
import { Files, importText, ORGANISATION, openServices } from './support.ts';

// Files give customers and tickets to people by the rule that commands go by (decision 0024).

const PEOPLE = `kind,code,name,parentCode,policyIds,roles,branchCode,active
BRANCH,BK-B,Bank outlet B,,bank-vip,,,
STAFF,E-OTHER,Bob,,,CUSTOMER_MANAGER,BK-B,
STAFF,E-MONEY,Cy,,,FINANCE,BK-A,
STAFF,E-PROGRAM,Di,,,SERVICE,BK-A,
STAFF,E-LEFT,Eve,,,CUSTOMER_MANAGER,BK-A,false
`;

let services: Awaited<ReturnType<typeof openServices>>;
const files = new Files();
beforeAll(async () => {
  services = await openServices({ memory: true }, '2026-03-02T11:00:00+08:00');
  await importText(services, files, 'organisation', ORGANISATION);
  expect(await importText(services, files, 'organisation', PEOPLE)).toMatchObject({ rejected: 0 });
  const customers = 'number,kind,name,branchCode,managerNumber\nC1,INDIVIDUAL,Ann,BK-A,BK-A-CM1\n';
  expect(await bank('customers', customers)).toMatchObject({ imported: 1 });
  await services.database.prisma.staff.updateMany({ data: { ndaSignedAt: new Date('2026-01-01') } });
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

const bank = (kind: 'customers' | 'tickets', content: string) =>
  importText(services, files, kind, content, { policyId: 'bank-vip', mode: 'SKIP_BAD' });

const UNFIT = ['E-OTHER', 'E-MONEY', 'E-PROGRAM', 'E-LEFT', 'TL-A-CM1'] as const;

test.each(UNFIT)('a customer is not given to %s', async (staff) => {
  const file = `number,kind,name,branchCode,managerNumber\nN-${staff},INDIVIDUAL,Ann,BK-A,${staff}\n`;
  expect(await bank('customers', file)).toMatchObject({ imported: 0, issues: [{ column: 'managerNumber', line: 2 }] });
});

const ticket = (number: string, staff: string, closed = '') =>
  `externalNumber,customerNumber,type,subject,channel,openedAt,resolvedAt,closedAt,assigneeNumber\n${number},C1,INQUIRY,Fees,PHONE,2026-03-02 10:00,${closed},${closed},${staff}\n`;

test.each(UNFIT)('an open ticket is not given to %s', async (staff) => {
  const result = await bank('tickets', ticket(`T-${staff}`, staff));
  expect(result).toMatchObject({ imported: 0, issues: [{ column: 'assigneeNumber', line: 2 }] });
});

test('who worked on what is over is told as it was, though they left', async () => {
  expect(await bank('tickets', ticket('T-OVER', 'E-LEFT', '2026-03-02 10:30'))).toMatchObject({ imported: 1 });
});

test('a row of a customer whose manager left changes the rest', async () => {
  const { prisma } = services.database;
  await prisma.staff.update({ where: { number: 'BK-A-CM1' }, data: { active: false } });
  const file = 'number,kind,name,branchCode,managerNumber\nC1,INDIVIDUAL,Anna,BK-A,BK-A-CM1\n';
  expect(await bank('customers', file)).toMatchObject({ imported: 1, rejected: 0 });
});
