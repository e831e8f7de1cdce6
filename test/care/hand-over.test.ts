import { expect, test } from 'vitest';
import { Files, importText } from '../import/support.ts';
import { type Person, startTestApp } from '../support/app.ts';
import { tasksOf } from '../support/care.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const at = (day: string) => `${day}T08:00:00+08:00`;
const policyId = 'broadband-key-account';
const GROUP = { policyId, branchCode: 'BB-A', profile: { keyAccountType: 'GROUP' } };

/** Whose the tasks of a customer are, by origin. */
async function owners(person: Person, id: string) {
  const tasks = await tasksOf(person, id);
  return Object.fromEntries(tasks.map(({ origin, assignee }) => [origin, assignee?.id ?? null]));
}

test('who comes to manage a customer takes over what is open, but no ticket of somebody else', async () => {
  await using app = await startTestApp({ now: at('2028-02-28'), database: 'POSTGRES' });
  const [manager, supervisor] = [app.as('BB-A/CUSTOMER_MANAGER'), app.as('BB-A/SUPERVISOR')];
  const customer = await givenCustomer(supervisor, GROUP);
  await app.advance(at('2028-02-29'));
  expect(await owners(supervisor, customer.id)).toEqual({ REVIEW: null, CADENCE: null });

  const assign = async (managerId: string) => {
    const { version } = await supervisor.does('CustomerDetail', { id: customer.id });
    const input = { id: customer.id, expectedVersion: version, managerId };
    expect(await supervisor.does('UpdateCustomer', { input })).toMatchObject({ __typename: 'Customer' });
  };
  await assign(manager.id);
  expect(await owners(supervisor, customer.id)).toEqual({ REVIEW: manager.id, CADENCE: manager.id });
  const ticket = await givenTicket(manager, { customerId: customer.id });
  await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Card replaced' });
  await assign(supervisor.id);
  expect(await owners(supervisor, customer.id)).toEqual({
    REVIEW: supervisor.id,
    CADENCE: supervisor.id,
    CALLBACK: manager.id,
  });
  // The next day opens nothing twice.
  await app.advance(at('2028-03-01'));
  const visits = await tasksOf(supervisor, customer.id, { origins: ['CADENCE'] });
  expect(visits.map(({ assignee, dueAt }) => [dueAt.slice(0, 10), assignee?.id])).toEqual([
    ['2028-02-29', supervisor.id],
    ['2028-03-31', supervisor.id],
  ]);
});

test('an import that names another manager hands over too', async () => {
  await using app = await startTestApp({ now: at('2026-03-02') });
  using files = new Files();
  const [manager, supervisor] = [app.as('BB-A/CUSTOMER_MANAGER'), app.as('BB-A/SUPERVISOR')];
  const { id, number } = await givenCustomer(manager, GROUP);
  await app.advance(at('2026-03-03'));
  const columns = 'number,kind,name,branchCode,managerNumber,profile.keyAccountType';
  const imported = (managerNumber: string) =>
    importText(
      app.app.services,
      files,
      'customers',
      `${columns}\n${number},INDIVIDUAL,王芳,BB-A,${managerNumber},GROUP\n`,
      { policyId },
    );
  expect(await owners(supervisor, id)).toEqual({ REVIEW: manager.id, CADENCE: manager.id });
  expect(await imported('BB-A-SUPERVISOR')).toMatchObject({ imported: 1 });
  expect(await owners(supervisor, id)).toEqual({ REVIEW: supervisor.id, CADENCE: supervisor.id });
});
