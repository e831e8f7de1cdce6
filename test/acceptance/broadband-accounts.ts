import type { Person } from '../support/app.ts';
import { dayOf, tasksOf } from '../support/care.ts';
import { givenCustomer } from '../support/given.ts';

export const at = (day: string, time = '08:00:00') => `${day}T${time}+08:00`;
export const policyId = 'broadband-key-account';
export const leader = { keyAccountType: 'SPECIAL_LEADER' };

export const account = (person: Person, input: Record<string, unknown> = {}) =>
  givenCustomer(person, { policyId, branchCode: 'BB-A', profile: leader, ...input });

/** Open tasks of an origin as due day and channel. */
export async function open(person: Person, id: string, origin: string) {
  const tasks = await tasksOf(person, id, { origins: [origin], open: true });
  return tasks.map(({ dueAt, channel }) => `${dayOf(dueAt)} ${channel}`).sort();
}
