import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { TaskProposal } from '../../engine/policy/answers.ts';
import { newId } from '../../platform/values/ids.ts';
import { inTimeUntil, lateFrom } from '../../platform/values/late.ts';

/** Whose a proposed task becomes. */
export interface TaskOwner {
  /** Unique over all tasks, and the same whenever the same is proposed again. */
  readonly key: string;
  /** Its `id` is null where the task is the line's own. */
  readonly customer: { readonly id: string | null; readonly policyId: string; readonly branchId: string };
  readonly assigneeId: string | null;
  readonly ticketId?: string | null;
  readonly at: Date;
}

/** A task that a policy proposes, as a row. It is looked at when it is to be warned of, and when it is late. */
export function proposedTask(
  { title, origin, purpose, channel, dueAt, warnAt, period, metBy, duty }: TaskProposal,
  { key, customer, assigneeId, ticketId, at }: TaskOwner,
): Prisma.TaskUncheckedCreateInput {
  const due = new Date(dueAt);
  const warn = warnAt == null ? null : new Date(warnAt);
  return {
    id: newId(),
    key,
    title: { ...title },
    origin,
    status: 'OPEN',
    purpose,
    channel: channel ?? null,
    dueAt: due,
    nextFireAt: warn && warn < due ? warn : lateFrom(due),
    customerId: customer.id,
    policyId: customer.policyId,
    branchId: customer.branchId,
    assigneeId,
    ticketId: ticketId ?? null,
    dutyCode: duty ?? null,
    inTimeUntil: duty == null ? null : inTimeUntil(due),
    periodFrom: period ? new Date(`${period.from}T00:00:00Z`) : null,
    periodTo: period ? new Date(`${period.to}T00:00:00Z`) : null,
    ...(metBy && { metBy: { ...metBy } }),
    createdAt: at,
  };
}
