import { afterAll, beforeAll, expect, test } from 'vitest';
import { Files, importText, ORGANISATION, openServices } from './support.ts';

let services: Awaited<ReturnType<typeof openServices>>;
const files = new Files();
beforeAll(async () => {
  services = await openServices({ memory: true }, '2026-03-02T11:00:00+08:00');
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

const organisation = (content: string, options = {}) => importText(services, files, 'organisation', content, options);

test('branches and staff are stored once, and changed where the file says otherwise', async () => {
  const { prisma } = services.database;
  expect(await organisation(ORGANISATION)).toMatchObject({ read: 7, imported: 7 });
  expect(await organisation(ORGANISATION)).toMatchObject({ imported: 0, unchanged: 7 });
  const outlet = await prisma.branch.findUniqueOrThrow({
    where: { code: 'BB-A' },
    include: { parent: true, staff: true },
  });
  expect(outlet).toMatchObject({
    parent: { code: 'BB-HQ' },
    policyIds: ['broadband-key-account'],
    staff: [{ number: 'BB-A-CM1' }],
  });
  const changed = ORGANISATION.replace('Li Na,,,CUSTOMER_MANAGER SUPERVISOR', 'Li Na,,,SUPERVISOR').replace(
    'Bank outlet A',
    '城东支行',
  );
  expect(await organisation(changed)).toMatchObject({ imported: 2, unchanged: 5 });
  expect(await prisma.staff.findUnique({ where: { number: 'BK-A-CM1' } })).toMatchObject({
    roles: ['SUPERVISOR'],
    active: true,
  });
  expect(await prisma.auditEntry.count({ where: { action: 'IMPORT_ORGANISATION' } })).toBe(2);
});

test('someone who left loses the post', async () => {
  await organisation('类型,工号,姓名,岗位,所属机构,在职\n员工,TL-A-CM1,赵敏,CUSTOMER_MANAGER,TL-A,否\n');
  expect(await services.database.prisma.staff.findUnique({ where: { number: 'TL-A-CM1' } })).toMatchObject({
    active: false,
  });
});

test('bad rows are listed', async () => {
  const rows = [
    'BRANCH,N-1,Orphan,NOWHERE,bank-vip,,',
    'BRANCH,N-2,Line,,moon-landing,,',
    'BRANCH,BB-HQ,Below itself,BB-A,broadband-key-account,,',
    'STAFF,S-1,No role,,,,BB-A',
    'STAFF,S-2,Bad role,,,KING,BB-A',
    'STAFF,S-3,No branch,,,AUDITOR,',
    'BRANCH,N-3,Fine,BB-HQ,broadband-key-account,,',
    'STAFF,S-4,Fine,,,AUDITOR,N-3',
  ];
  const { rejects, ...result } = await organisation(
    `kind,code,name,parentCode,policyIds,roles,branchCode\n${rows.join('\n')}\n`,
    { mode: 'SKIP_BAD' },
  );
  expect(result).toMatchObject({ imported: 2, rejected: 6 });
  expect(rejects.map((line) => line.split(',').slice(0, 2).join())).toEqual([
    '2,parentCode',
    '3,policyIds',
    '4,parentCode',
    '5,roles',
    '6,roles',
    '7,branchCode',
  ]);
});
