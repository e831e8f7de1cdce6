import type { Prisma, PrismaClient, Task } from '../generated/prisma/client.ts';
import { lateFrom } from './rules.ts';

export type DutyState = 'OPEN' | 'FULFILLED' | 'LATE' | 'MISSING' | 'CANCELLED';

/** How a duty stands: done in time or late, still open, or missing from the instant on at which it is late. */
export function dutyState(
  { status, dueAt, completedAt }: Pick<Task, 'status' | 'dueAt' | 'completedAt'>,
  now: Date,
): DutyState {
  switch (status) {
    case 'DONE':
      return completedAt && completedAt >= lateAfter(dueAt) ? 'LATE' : 'FULFILLED';
    case 'OPEN':
      return now >= lateFrom(dueAt) ? 'MISSING' : 'OPEN';
    case 'OVERDUE':
      return 'MISSING';
    default:
      return 'CANCELLED';
  }
}

/** Done at the due instant is in time. */
function lateAfter(dueAt: Date): Date {
  const late = lateFrom(dueAt);
  return late > dueAt ? late : new Date(dueAt.getTime() + 1);
}

/** The tasks that are duties of a policy and touch a period, in the given states, as `dutyState` tells them; what is left out does not narrow. */
export function dutyWhere(
  columns: PrismaClient['task']['fields'],
  asked: {
    readonly policyId: string | null;
    readonly period: { readonly from: Date; readonly to: Date } | null;
    readonly codes: readonly string[] | null;
    readonly states: readonly DutyState[] | null;
  },
  now: Date,
): Prisma.TaskWhereInput {
  const late = { gt: columns.dueAt };
  const states: Record<DutyState, Prisma.TaskWhereInput> = {
    OPEN: { status: 'OPEN', nextFireAt: { gt: now } },
    FULFILLED: { status: 'DONE', NOT: { completedAt: late } },
    LATE: { status: 'DONE', completedAt: late },
    MISSING: { OR: [{ status: 'OVERDUE' }, { status: 'OPEN', nextFireAt: { lte: now } }] },
    CANCELLED: { status: { in: ['CANCELLED', 'SKIPPED'] } },
  };
  return {
    ...(asked.policyId && { policyId: asked.policyId }),
    dutyCode: asked.codes ? { in: [...asked.codes] } : { not: null },
    ...(asked.period && { periodFrom: { lte: asked.period.to }, periodTo: { gte: asked.period.from } }),
    ...(asked.states && { OR: asked.states.map((state) => states[state]) }),
  };
}
