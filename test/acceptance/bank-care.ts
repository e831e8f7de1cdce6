import type { Person } from '../support/app.ts';
import { dayOf, tasksOf } from '../support/care.ts';
import { givenCustomer } from '../support/given.ts';

export const at = (day: string, time = '08:00:00') => `${day}T${time}+08:00`;
export const OUTLET = { policyId: 'bank-vip', branchCode: 'BK-A', phone: '13912341234' };

export const customer = (person: Person, input: Record<string, unknown> = {}) =>
  givenCustomer(person, { ...OUTLET, ...input });

/** Tasks of an origin as due day, channel and status. */
export async function all(person: Person, id: string, origin: string) {
  const tasks = await tasksOf(person, id, { origins: [origin] });
  return tasks.map(({ dueAt, channel, status }) => `${dayOf(dueAt)} ${channel} ${status}`).sort();
}
