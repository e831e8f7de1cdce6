import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toGlobalId } from '../../server/platform/values/ids.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// Whoever is given something sees it and has a role that does it (decision 0024): tried for every input that names a person
// (given-inputs.test.ts has them all), at an outlet of the bank, whose customers its other outlets do not see.

let app: TestApp;
let manager: Person;
let chief: Person;
let customer: { id: string; version: number };
let outlet: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T10:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  chief = app.as('BK-A/DIRECTOR');
  customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const { prisma } = app.app.services.database;
  const { id } = await prisma.branch.findUniqueOrThrow({ where: { code: 'BK-A' } });
  outlet = toGlobalId('Branch', id);
  await prisma.staff.update({ where: { number: 'BK-A-COMMAND_CENTER' }, data: { active: false } });
});
afterAll(() => app[Symbol.asyncDispose]());

/** Nobody of them can do anything at outlet A. */
const STRANGERS = {
  'another outlet': 'BK-B/CUSTOMER_MANAGER',
  'another line': 'TL-A/CUSTOMER_MANAGER',
  'who left': 'BK-A/COMMAND_CENTER',
  'a program': 'BK-A/SERVICE',
} as const;
/** People of the outlet itself whose roles do no work on customers. */
const OTHER_ROLES = { finance: 'BK-A/FINANCE', audit: 'BK-A/AUDITOR', administration: 'BK-A/ADMIN' } as const;
const ALL = { ...STRANGERS, ...OTHER_ROLES };

interface Way {
  readonly way: string;
  /** The field that is named where the person does not fit. */
  readonly path: string;
  readonly give: (id: string) => Promise<unknown>;
  readonly unfit: Readonly<Record<string, string>>;
  /** Who may have it, beside the outlet's customer manager. */
  readonly fit?: readonly string[];
}

let number = 0;
const MEASURE = { way: 'PHONE', measure: 'Call', dueAt: '2026-03-20T10:00:00+08:00' };
const TASK = () => ({
  customerId: customer.id,
  title: 'Send the form',
  purpose: 'CARE',
  dueAt: '2026-03-20T10:00:00+08:00',
});
const plan = (more: object) => ({
  customerId: customer.id,
  objective: 'Keep',
  startsOn: '2026-03-10',
  endsOn: '2026-06-30',
  budget: { amount: '100' },
  measures: [{ ...MEASURE, assigneeId: manager.id }],
  ...more,
});
const meeting = (more: object) =>
  chief.does('HoldMeeting', {
    input: { policyId: 'bank-vip', kind: 'DEPARTMENT', agenda: 'Week', attendeeIds: [chief.id], ...more },
  });

/** What kept one of several, as a command about it alone would say it. */
const refusal = ({ code, message }: { code: string; message: string }) => ({
  __typename: code === 'INVALID_INPUT' ? 'InvalidInput' : code,
  issues: [{ path: message.split(' ')[0] }],
});

const WAYS: readonly Way[] = [
  {
    way: 'a customer that is opened',
    path: 'input.managerId',
    unfit: ALL,
    fit: ['BK-HQ/DIRECTOR', 'BK-A/SUPERVISOR'],
    give: (managerId) => {
      number += 1;
      const input = { policyId: 'bank-vip', branchCode: 'BK-A', number: `G-${number}`, kind: 'INDIVIDUAL', name: '王' };
      return manager.does('CreateCustomer', { input: { ...input, managerId } });
    },
  },
  {
    way: 'a customer that is changed',
    path: 'input.managerId',
    unfit: ALL,
    give: async (managerId) => {
      const { id, version } = await givenCustomer(chief, { policyId: 'bank-vip', branchCode: 'BK-A' });
      return manager.does('UpdateCustomer', { input: { id, expectedVersion: version, managerId } });
    },
  },
  {
    way: 'a decision maker of a customer',
    path: 'input.responsibleId',
    unfit: ALL,
    give: (responsibleId) =>
      manager.does('SaveContact', {
        input: { customerId: customer.id, name: '李强', role: 'General manager', responsibleId },
      }),
  },
  {
    way: 'a ticket that is opened',
    path: 'input.assigneeId',
    unfit: ALL,
    fit: ['BK-HQ/SUPERVISOR'],
    give: (assigneeId) =>
      manager.does('OpenTicket', {
        input: { customerId: customer.id, type: 'INQUIRY', subject: 'Fees', channel: 'PHONE', assigneeId },
      }),
  },
  {
    way: 'a ticket that is handed on',
    path: 'input.assigneeId',
    unfit: ALL,
    give: async (assigneeId) => {
      const { id, version } = await givenTicket(manager, { customerId: customer.id, assigneeId: chief.id });
      return manager.does('UpdateTicket', { input: { id, expectedVersion: version, assigneeId } });
    },
  },
  {
    way: 'a task that is made by hand',
    path: 'input.assigneeId',
    unfit: ALL,
    give: (assigneeId) => manager.does('CreateTask', { input: { ...TASK(), assigneeId } }),
  },
  {
    way: 'a task that is handed on',
    path: 'input.assigneeId',
    unfit: ALL,
    give: async (assigneeId) => {
      const { id } = await manager.does('CreateTask', { input: { ...TASK(), assigneeId: chief.id } });
      return manager.does('ReassignTask', { input: { id, assigneeId, reason: 'on leave' } });
    },
  },
  {
    way: 'tasks that are handed on together',
    path: 'input.assigneeId',
    unfit: ALL,
    give: async (assigneeId) => {
      const { id } = await manager.does('CreateTask', { input: { ...TASK(), assigneeId: chief.id } });
      const done = await manager.does('ReassignTasks', { input: { ids: [id], assigneeId, reason: 'on leave' } });
      // Each by itself, and each says what was wrong.
      const [failed] = done.failed;
      return failed ? refusal(failed) : done;
    },
  },
  {
    way: 'a shift',
    path: 'input.staffId',
    unfit: ALL,
    give: (staffId) => {
      number += 1;
      const from = new Date(Date.UTC(2026, 3, number)).toISOString();
      const until = new Date(Date.UTC(2026, 3, number, 8)).toISOString();
      const input = { policyId: 'bank-vip', branchId: outlet, post: 'CUSTOMER_MANAGER', staffId, from, until };
      return chief.does('SetShift', { input });
    },
  },
  {
    way: 'a plan',
    path: 'input.ownerId',
    unfit: ALL,
    give: (ownerId) => manager.does('DraftPlan', { input: plan({ ownerId }) }),
  },
  {
    way: 'a measure of a plan',
    path: 'input.measures[0].assigneeId',
    unfit: ALL,
    give: (assigneeId) => manager.does('DraftPlan', { input: plan({ measures: [{ ...MEASURE, assigneeId }] }) }),
  },
  {
    way: 'a plan that is revised',
    path: 'input.ownerId',
    unfit: ALL,
    give: async (ownerId) => {
      const { id, version } = await manager.does('DraftPlan', { input: plan({}) });
      const { customerId: _, ...text } = plan({ ownerId });
      return manager.does('RevisePlan', { input: { id, expectedVersion: version, ...text, objective: 'Win back' } });
    },
  },
  {
    way: 'attendance of a meeting',
    path: 'input.attendeeIds[0]',
    unfit: STRANGERS,
    fit: ['BK-A/FINANCE', 'BK-HQ/EXECUTIVE'],
    give: (id) => meeting({ attendeeIds: [id] }),
  },
  {
    way: 'a resolution',
    path: 'input.resolutions[0].ownerId',
    unfit: { ...STRANGERS, audit: 'BK-A/AUDITOR' },
    fit: ['BK-A/FINANCE'],
    give: (ownerId) => meeting({ resolutions: [{ text: 'Call', ownerId }] }),
  },
  {
    way: 'a resolution that is assigned',
    path: 'input.ownerId',
    unfit: { ...STRANGERS, audit: 'BK-A/AUDITOR' },
    give: async (ownerId) => {
      const { resolutions } = await meeting({ resolutions: [{ text: 'Call' }] });
      return chief.does('AssignResolution', { input: { id: resolutions[0].id, ownerId } });
    },
  },
  {
    way: 'an improvement measure',
    path: 'input.ownerId',
    unfit: ALL,
    give: (ownerId) =>
      chief.does('AddImprovementMeasure', {
        input: { policyId: 'bank-vip', finding: 'Slow', measure: 'Train', ownerId, dueOn: '2026-03-20' },
      }),
  },
  {
    way: 'authority',
    path: 'input.toId',
    unfit: { ...STRANGERS, audit: 'BK-A/AUDITOR', administration: 'BK-A/ADMIN' },
    fit: ['BK-A/SUPERVISOR'],
    give: (toId) =>
      chief.does('DelegateAuthority', {
        input: { policyId: 'bank-vip', toId, role: 'DIRECTOR', until: '2026-04-01T00:00:00Z', writtenRecord: 'Memo 1' },
      }),
  },
  {
    way: 'a yearly target',
    path: 'input.staffId',
    unfit: ALL,
    give: (staffId) =>
      chief.does('SetStaffTarget', {
        input: { policyId: 'bank-vip', staffId, key: 'HANDLED', year: 2026, value: '10' },
      }),
  },
];

const cases = WAYS.flatMap(({ unfit, ...way }) => Object.entries(unfit).map(([it, who]) => ({ ...way, it, who })));

describe('whoever cannot see it or has no role that does it is not given', () => {
  test.each(cases)('$way: $it', async ({ give, path, who }) => {
    expect(await give(app.as(who).id)).toMatchObject({ __typename: 'InvalidInput', issues: [{ path }] });
  });

  test.each(WAYS)('$way: whoever works at the outlet, or above it, is', async ({ give, fit = [] }) => {
    for (const who of ['BK-A/CUSTOMER_MANAGER', ...fit])
      expect(await give(app.as(who).id), who).not.toHaveProperty('issues');
  });
});

test('where all outlets see the customers of a line, another outlet is given the ticket', async () => {
  const account = app.as('BB-A/CUSTOMER_MANAGER');
  const { id: customerId } = await givenCustomer(account, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  const assigneeId = app.as('BB-B/CUSTOMER_MANAGER').id;
  expect(await givenTicket(account, { customerId, assigneeId })).toMatchObject({ assignee: { id: assigneeId } });
});

test('a file goes on being changed though its manager left', async () => {
  const { prisma } = app.app.services.database;
  const { id, version } = await givenCustomer(chief, {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    managerId: app.as('BK-A/SUPERVISOR').id,
  });
  await prisma.staff.update({ where: { number: 'BK-A-SUPERVISOR' }, data: { active: false } });
  const input = { id, expectedVersion: version, managerId: app.as('BK-A/SUPERVISOR').id, name: '王芳芳' };
  expect(await manager.does('UpdateCustomer', { input })).toMatchObject({ __typename: 'Customer' });
  // A ticket that nobody is named for would go to the manager: it shows as nobody's instead.
  expect(await givenTicket(chief, { customerId: id })).toMatchObject({ assignee: null });
  await prisma.staff.update({ where: { number: 'BK-A-SUPERVISOR' }, data: { active: true } });
});
