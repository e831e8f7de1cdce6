import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, toGlobalId } from '../../server/platform/values/ids.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

// Who works where is kept by administrators of the place; whoever leaves hears nothing more, and it is told what they leave behind.

let app: TestApp;
const branchId = async (code: string) => {
  const { id } = await app.app.services.database.prisma.branch.findUniqueOrThrow({ where: { code } });
  return toGlobalId('Branch', id);
};
const boss = () => app.as('BK-HQ/ADMIN');
const person = async (more: object = {}) => ({
  number: `N-${newId()}`,
  name: 'Li Na',
  branchId: await branchId('BK-A'),
  roles: ['CUSTOMER_MANAGER'],
  ...more,
});
const hires = async (more: object = {}) => boss().does('CreateStaff', { input: await person(more) });

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
});
afterAll(() => app[Symbol.asyncDispose]());

describe('somebody is taken up', () => {
  test('with posts and by what tokens name them, and the audit trail says so', async () => {
    const externalId = `auth0|${newId()}`;
    const hired = await hires({
      roles: ['SUPERVISOR', 'CUSTOMER_MANAGER'],
      externalId,
      email: `${newId()}@Bank.example`,
    });
    expect(hired).toMatchObject({ name: 'Li Na', roles: ['SUPERVISOR', 'CUSTOMER_MANAGER'], externalId });
    expect(hired.email).toMatch(/@bank\.example$/);
    const entry = await app.app.services.database.prisma.auditEntry.findFirstOrThrow({
      where: { action: 'CREATE_STAFF', subjectType: 'Staff' },
      orderBy: { at: 'desc' },
    });
    expect(JSON.stringify(entry.changes)).toContain('CUSTOMER_MANAGER');
    expect(JSON.stringify(entry.changes)).not.toContain('bank.example');
  });

  test('once, though the request comes twice', async () => {
    const request = { input: await person(), idempotencyKey: newId() };
    const first = await boss().does('CreateStaff', request);
    expect(await boss().does('CreateStaff', request)).toEqual(first);
  });

  test.each([
    { it: 'a number that is taken', change: { number: 'BK-A-DIRECTOR' }, path: 'input.number' },
    { it: 'no name', change: { name: ' ' }, path: 'input.name' },
    { it: 'no post', change: { roles: [] }, path: 'input.roles' },
    { it: 'no e-mail address', change: { email: 'somebody' }, path: 'email' },
    { it: 'a branch that there is not', change: { branchId: toGlobalId('Branch', newId()) }, path: 'input.branchId' },
  ])('not with $it', async ({ change, path }) => {
    const refused = await hires(change);
    expect(refused.__typename).toBe('InvalidInput');
    expect(refused.issues[0].path).toContain(path);
  });

  test('not at a place that is not the administrator’s', async () => {
    const input = await person({ branchId: await branchId('TL-A') });
    expect(await boss().does('CreateStaff', { input })).toMatchObject({ issues: [{ path: 'input.branchId' }] });
  });

  test('not with the e-mail address of a colleague, whatever the case of its letters', async () => {
    const email = `${newId()}@bank.example`;
    await hires({ email });
    expect(await hires({ email: email.toUpperCase() })).toMatchObject({ issues: [{ path: 'input.email' }] });
  });
});

describe('somebody is ended', () => {
  test('their tokens and streams end within a second or two, and what they hold is named', async () => {
    const leaver = app.as('BK-A/CUSTOMER_MANAGER');
    await app.as('BK-A/CUSTOMER_MANAGER').does('CreateCustomer', {
      input: {
        policyId: 'bank-vip',
        number: `C-${newId()}`,
        kind: 'INDIVIDUAL',
        name: 'Wang',
        branchCode: 'BK-A',
        managerId: leaver.id,
      },
    });
    await using alerts = leaver.follows('SlaAlerts', {});
    await alerts.next();
    const ended = await boss().does('EndStaff', { input: { id: leaver.id, reason: 'retired' } });
    expect(ended).toMatchObject({ active: false, held: expect.arrayContaining([{ kind: 'CUSTOMER', count: 1 }]) });
    expect((await leaver.ask('Viewer')).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    const why = await alerts.next(3_000).then(() => 'an alert came', String);
    expect(why).not.toMatch(/came/);
  });

  test('and is taken up again', async () => {
    const { id } = await hires();
    await boss().does('EndStaff', { input: { id, reason: 'by mistake' } });
    expect(await boss().does('EndStaff', { input: { id, reason: 'twice' } })).toMatchObject({
      issues: [{ path: 'input.id', message: 'is nobody who works here' }],
    });
    expect(await boss().does('UpdateStaff', { input: { id, active: true } })).toMatchObject({ active: true });
  });

  test('not the last who administers the place', async () => {
    const top = app.as('SYS/ADMIN');
    for (const [name, input] of [
      ['EndStaff', { id: top.id, reason: 'leaves' }],
      ['UpdateStaff', { id: top.id, roles: ['AUDITOR'] }],
      ['UpdateStaff', { id: top.id, branchId: await branchId('BK-HQ') }],
    ] as const)
      expect(await top.does(name, { input })).toMatchObject({ reasons: [{ code: 'LAST_ADMINISTRATOR' }] });
    // An outlet's administrator has one above.
    const { id } = await hires({ roles: ['ADMIN'] });
    expect(await boss().does('EndStaff', { input: { id, reason: 'leaves' } })).toMatchObject({ active: false });
  });

  test('two administrators who end each other at once leave one of them', async () => {
    const top = app.as('SYS/ADMIN');
    const input = await person({ branchId: await branchId('SYS'), roles: ['ADMIN'] });
    const second = await top.does('CreateStaff', { input });
    const answers = await Promise.all(
      [top.id, second.id].map((id) => top.does('EndStaff', { input: { id, reason: 'a quarrel' } })),
    );
    const { prisma } = app.app.services.database;
    const left = await prisma.staff.count({
      where: { branch: { code: 'SYS' }, active: true, roles: { has: 'ADMIN' } },
    });
    expect(left).toBe(1);
    expect(answers.filter(({ active }) => active === false)).toHaveLength(1);
    await prisma.staff.updateMany({ where: { number: 'SYS-ADMIN' }, data: { active: true } });
  });
});

test('an administrator sees how the people of the place and below sign in, others do not', async () => {
  const filter = { roles: ['AUDITOR'], below: await branchId('BK-HQ') };
  const list = await boss().does('StaffList', { filter });
  expect(list.nodes.map(({ branch }: { branch: { code: string } }) => branch.code).sort()).toEqual([
    'BK-A',
    'BK-B',
    'BK-HQ',
  ]);
  const other = app.as('BK-B/SUPERVISOR');
  const seen = (await other.does('StaffList', { filter })).nodes;
  expect(seen).toHaveLength(3);
  for (const person of seen) expect(person).toMatchObject({ externalId: null, email: null });
  const { data } = await other.ask(
    'query ($id: ID!) { node(id: $id) { ... on Staff { name email held { count } } } }',
    {
      id: app.as('BK-A/AUDITOR').id,
    },
  );
  expect(data.node).toEqual({ name: expect.any(String), email: null, held: null });
});

describe('a branch', () => {
  test('is opened, renamed and closed, and takes nobody afterwards', async () => {
    const input = { code: 'BK-C', name: 'Outlet C', parentId: await branchId('BK-HQ'), policyIds: ['bank-vip'] };
    const { id } = await boss().does('CreateBranch', { input });
    expect(await boss().does('CreateBranch', { input })).toMatchObject({ issues: [{ path: 'input.code' }] });
    expect(await boss().does('RenameBranch', { input: { id, name: 'Outlet East' } })).toMatchObject({
      name: 'Outlet East',
    });
    const worker = await hires({ branchId: id });
    const close = () => boss().does('CloseBranch', { input: { id, reason: 'merged' } });
    expect(await close()).toMatchObject({ reasons: [{ code: 'BRANCH_IN_USE' }] });
    await boss().does('UpdateStaff', { input: { id: worker.id, branchId: await branchId('BK-A') } });
    expect(await close()).toMatchObject({ closedAt: '2026-03-02T00:00:00.000Z' });
    expect(await hires({ branchId: id })).toMatchObject({ issues: [{ path: 'input.branchId' }] });
    expect(await close()).toMatchObject({ reasons: [{ code: 'BRANCH_CLOSED' }] });
    const listed = await boss().does('BranchList');
    expect(listed.nodes.map(({ code }: { code: string }) => code)).not.toContain('BK-C');
    const closed = await boss().does('BranchList', { filter: { closed: true } });
    expect(closed.nodes.map(({ code }: { code: string }) => code)).toEqual(['BK-C']);
  });

  test.each([
    { it: 'a line that there is not', policyIds: ['none'] },
    { it: 'a line that the place above does not run', policyIds: ['telecom-vip'] },
    { it: 'no line', policyIds: [] },
  ])('does not open with $it', async ({ policyIds }) => {
    const input = { code: 'BK-X', name: 'Outlet X', parentId: await branchId('BK-HQ'), policyIds };
    expect(await boss().does('CreateBranch', { input })).toMatchObject({ issues: [{ path: 'input.policyIds' }] });
  });
});
