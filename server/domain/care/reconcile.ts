import type { MetBy, TaskProposal } from '../../engine/policy/answers.ts';
import { isLate } from '../../platform/values/late.ts';
import { dutyKey } from '../duties/rules.ts';
import { firstMeeting, type KnownContact } from '../tasks/met-by.ts';

// What is open against what is asked for: done where contact met it, withdrawn where it is no longer asked for, new where
// nothing has its key. What is overdue stays so until it is done: that it was missed is a fact.

/** A care task that is not done. */
export interface OpenTask {
  readonly id: string;
  readonly key: string;
  readonly status: 'OPEN' | 'OVERDUE';
  readonly dueAt: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly metBy: MetBy | null;
}

/** What a comparison comes to. */
export interface Reconciliation {
  /** Proposals that have no open task. */
  readonly added: readonly { readonly key: string; readonly task: TaskProposal }[];
  readonly met: readonly { readonly id: string; readonly on: string }[];
  readonly withdrawn: readonly string[];
}

/** The stable key of a proposal's task. */
export function careKey(customer: { readonly id: string; readonly policyId: string }, task: TaskProposal): string {
  return task.duty && task.period
    ? dutyKey(customer.policyId, task.duty, task.period.from, customer.id)
    : `care:${customer.id}:${task.key}`;
}

/**
 * Compares a day's answer with what is open.
 *
 * @param asked what the policy asks for; null where it could not be asked, which withdraws nothing
 * @param at the instant of the run: what is late by then is not withdrawn
 */
export function reconcile(
  customer: { readonly id: string; readonly policyId: string },
  asked: readonly TaskProposal[] | null,
  open: readonly OpenTask[],
  contacts: readonly KnownContact[],
  at: Date,
): Reconciliation {
  const wanted = new Map((asked ?? []).map((task) => [careKey(customer, task), task]));
  const met: { id: string; on: string }[] = [];
  const withdrawn: string[] = [];
  for (const { id, key, status, dueAt, from, to, metBy } of open) {
    const meeting = firstMeeting({ metBy, from, to }, contacts);
    if (meeting) met.push({ id, on: meeting.on });
    else if (asked && !wanted.has(key) && status === 'OPEN' && !isLate(new Date(dueAt), at)) withdrawn.push(id);
    wanted.delete(key);
  }
  return { added: [...wanted].map(([key, task]) => ({ key, task })), met, withdrawn };
}
