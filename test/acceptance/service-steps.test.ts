import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { advances, reads, skipped, starts } from './keeping.ts';

// A Thursday before a weekend.
const NOW = '2026-03-05T10:00:00+08:00';
let app: TestApp;
let manager: Person;
let supervisor: Person;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('CO-A/CUSTOMER_MANAGER');
  supervisor = app.as('CO-A/SUPERVISOR');
});
afterAll(() => app[Symbol.asyncDispose]());

const department = () =>
  givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A', kind: 'INTERNAL', name: '财务部' });

const opened = (customerId: string) =>
  manager.does('OpenTicket', { input: { customerId, type: 'INQUIRY', subject: 'Sales figures', channel: 'EMAIL' } });

const INTERNAL = {
  coreInternalService: {
    need: 'Sales figures of March',
    modes: ['INFORMATION_SHARING'],
    servingDepartment: 'Sales',
    servingManager: 'Li Na',
    servedManager: 'Wang Wei',
  },
};

test('A-177: an internal customer is recognised, classified, served, heard and evaluated, in this order', async () => {
  const { id } = await department();
  expect(await opened(id)).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'NOT_RECOGNISED' }] });
  const begun = await starts(manager, id, INTERNAL);
  const serve = { brings: { coreInternalServiceServed: { service: 'Sent the table' } } };
  expect(await advances(manager, begun, 'SERVED', serve)).toMatchObject(skipped('RECOGNISED'));
  const recognised = await advances(supervisor, begun, 'RECOGNISED');
  // The step that was skipped is named, in both languages.
  expect(await advances(manager, recognised, 'SERVED', serve)).toMatchObject(skipped('CLASSIFIED'));
  expect(await opened(id)).toMatchObject({ reasons: [{ code: 'NOT_CLASSIFIED' }] });
  const classified = await advances(manager, recognised, 'CLASSIFIED', {
    brings: { coreInternalServiceClassified: { category: 'Data' } },
  });
  expect(await opened(id)).toMatchObject({ __typename: 'Ticket' });
  const served = await advances(manager, classified, 'SERVED', serve);
  const evaluation = { brings: { coreInternalServiceEvaluated: { evaluation: 'Complete' } } };
  expect(await advances(supervisor, served, 'EVALUATED', evaluation)).toMatchObject(skipped('FEEDBACK'));
  const heard = await advances(manager, served, 'FEEDBACK', {
    brings: { coreInternalServiceFeedback: { feedback: 'Useful' } },
  });
  expect(await advances(supervisor, heard, 'EVALUATED', evaluation)).toMatchObject({ state: 'CLOSED', missing: [] });
});

test('A-175: what a department needs is kept with a manager on each side and the ways of working together', async () => {
  const { id } = await department();
  const { servedManager: _one, ...oneSide } = INTERNAL.coreInternalService;
  expect(await starts(manager, id, { coreInternalService: oneSide })).toMatchObject({
    issues: [{ path: 'input.record.coreInternalService.servedManager', message: 'is missing' }],
  });
  const more = '... on CoreInternalService { servingManager servedManager modes }';
  expect(await starts(manager, id, INTERNAL, more)).toMatchObject({
    servingManager: 'Li Na',
    servedManager: 'Wang Wei',
    modes: ['INFORMATION_SHARING'],
  });
  const person = await givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' });
  expect(await starts(manager, person.id, INTERNAL)).toMatchObject({ reasons: [{ code: 'NOT_INTERNAL' }] });
});

test('A-202: nothing follows business whose compliance check is not recorded', async () => {
  const { id } = await givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' });
  let business = await starts(manager, id, { coreBusinessService: { need: 'A loan', business: 'Loan' } });
  business = await advances(manager, business, 'RECEIVED');
  business = await advances(manager, business, 'INFORMED', {
    brings: { coreBusinessServiceInformed: { products: 'Three loans' } },
  });
  business = await advances(manager, business, 'HANDLED');
  const followUp = { brings: { coreBusinessServiceFollowedUp: { progress: 'Paid out' } } };
  expect(await advances(manager, business, 'FOLLOWED_UP', followUp)).toMatchObject(skipped('COMPLIANCE_CHECKED'));
  const check = (compliant: boolean) => ({
    brings: { coreBusinessServiceComplianceChecked: { compliant, basis: 'Rule 4' } },
  });
  const checked = await advances(manager, business, 'COMPLIANCE_CHECKED', check(true));
  expect(await advances(manager, checked, 'FOLLOWED_UP', followUp)).toMatchObject({
    state: 'OPEN',
    missing: [{ code: 'FEEDBACK' }],
  });
});

test('A-178: of a problem that is not solved at once the customer is told until when, and it is followed up every second working day', async () => {
  const { id } = await givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' });
  const ticket = await givenTicket(manager, { customerId: id, type: 'REPAIR' });
  const expected = '2026-03-12T18:00:00+08:00';
  const problem = { coreOpenProblem: { expectedAt: expected, told: 'Parts come next week' } };
  expect(await starts(manager, ticket.id, problem)).toMatchObject({
    issues: [{ path: 'input.record.coreOpenProblem.toldOn', message: 'is missing' }],
  });
  const told = { coreOpenProblem: { ...problem.coreOpenProblem, toldOn: 'PHONE' } };
  const kept = await starts(manager, ticket.id, told, '... on CoreOpenProblem { expectedAt toldOn }');
  expect(kept).toMatchObject({ expectedAt: '2026-03-12T10:00:00.000Z', toldOn: 'PHONE', state: 'OPEN' });
  const dueOf = (record: typeof kept | null) => record?.steps.map(({ code, dueAt }) => [code, dueAt]);
  // Two working days after Thursday are Monday's end.
  expect(dueOf(kept)).toEqual([
    ['FOLLOWED_UP', '2026-03-09T15:59:59.000Z'],
    ['SOLVED', '2026-03-12T10:00:00.000Z'],
  ]);
  const open = await manager.ask('{ tasks(first: 50) { nodes { id title status dueAt ticket { id } } } }');
  const ofTicket = open.data.tasks.nodes.filter(
    (task: { ticket: { id: string } | null }) => task.ticket?.id === ticket.id,
  );
  expect(ofTicket).toMatchObject([{ status: 'OPEN', dueAt: '2026-03-09T15:59:59.000Z' }]);
  expect(await manager.does('CompleteTask', { input: { id: ofTicket[0].id, outcome: 'done' } })).toMatchObject({
    reasons: [{ code: 'TAKE_THE_STEP' }],
  });
  await app.advance('2026-03-09T09:00:00+08:00');
  const again = await advances(manager, kept, 'FOLLOWED_UP', {
    brings: { coreOpenProblemFollowedUp: { told: 'On the way' } },
  });
  expect(dueOf(again)?.[0]).toEqual(['FOLLOWED_UP', '2026-03-11T15:59:59.000Z']);
  const solved = await advances(manager, again, 'SOLVED');
  expect(solved).toMatchObject({ state: 'CLOSED' });
  const after = await manager.ask('{ tasks(first: 50) { nodes { status dueAt ticket { id } } } }');
  expect(
    after.data.tasks.nodes
      .filter((task: { ticket: { id: string } | null }) => task.ticket?.id === ticket.id)
      .map(({ status }: { status: string }) => status),
  ).toEqual(['DONE', 'CANCELLED']);
  expect((await reads(manager, solved))?.steps[1]).toMatchObject({ progress: 'DONE', isLate: false });
});
