import type { Person, TestApp } from './app.ts';
import { givenCustomer } from './given.ts';

/** A customer's tasks as the contract's operation gives them, by due date. */
export async function tasksOf(person: Person, customerId: string, filter: Record<string, unknown> = {}) {
  const { nodes } = await person.does('MyTasks', { filter: { customerId, ...filter }, first: 100 });
  return nodes;
}

/** Due days in China with the title, of the tasks of an origin. */
export async function planned(person: Person, customerId: string, origin: string) {
  const tasks = await tasksOf(person, customerId, { origins: [origin] });
  return tasks.map(({ dueAt, status }) => `${dayOf(dueAt)} ${status}`);
}

/** The day in China on which an instant lies. */
export function dayOf(instant: string): string {
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** Alerts about a customer, oldest first: kind and day of each. */
export async function alertsOf(person: Person, customerId: string) {
  const { edges } = await person.does('AlertHistory', { filter: { customerId }, first: 100 });
  return edges
    .map(({ node }) => ({ kind: node.kind, on: dayOf(node.raisedAt), at: node.raisedAt, message: node.message }))
    .reverse();
}

/** A member of the telecom club who holds a tier by exception. */
export async function givenMember(app: TestApp, tierCode: string, input: Record<string, unknown> = {}) {
  const manager = app.as('TL-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'telecom-vip', branchCode: 'TL-A', ...input });
  await giveTier(app, customer.id, tierCode);
  return customer;
}

/** Gives a customer of the telecom club a tier by exception. */
export async function giveTier(app: TestApp, customerId: string, tierCode: string): Promise<void> {
  const input = { customerId, schemeId: 'club', tierCode, reason: 'taken over' };
  const exception = await app.as('TL-A/CUSTOMER_MANAGER').does('RequestGradeException', { input });
  await app.as('TL-A/SUPERVISOR').does('DecideApproval', { input: { id: exception.id, decision: 'APPROVE' } });
}

/** Records contact as the contract's operation does. */
export async function contact(person: Person, customerId: string, input: Record<string, unknown> = {}) {
  const interaction = await person.does('RecordInteraction', {
    input: { customerId, channel: 'PHONE', purpose: 'CARE', summary: 'All well', ...input },
  });
  if (interaction.__typename !== 'Interaction') throw new Error(JSON.stringify(interaction));
  return interaction;
}
