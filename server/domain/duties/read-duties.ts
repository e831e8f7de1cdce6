import type { Prisma, PrismaClient, Task } from '../../../prisma/generated/client/client.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { endOfDayIn, startOfDayIn } from '../../platform/values/days.ts';
import { isLate } from '../../platform/values/late.ts';

export type DutyState = 'OPEN' | 'FULFILLED' | 'LATE' | 'MISSING' | 'CANCELLED';

/** How a duty stands: done in time or late, still open, or missing from the instant on at which it is late. */
export function dutyState(
  { status, dueAt, completedAt }: Pick<Task, 'status' | 'dueAt' | 'completedAt'>,
  now: Date,
): DutyState {
  switch (status) {
    case 'DONE':
      return completedAt && isLate(dueAt, completedAt) ? 'LATE' : 'FULFILLED';
    case 'OPEN':
      return isLate(dueAt, now) ? 'MISSING' : 'OPEN';
    case 'OVERDUE':
      return 'MISSING';
    default:
      return 'CANCELLED';
  }
}

/** The tasks that are duties of a policy and touch a period, in the given states, as `dutyState` tells them; what is left out does not narrow. */
export function dutyWhere(
  columns: PrismaClient['task']['fields'],
  asked: {
    readonly policyId: string | null;
    readonly period: { readonly from: Date; readonly to: Date } | null;
    readonly branchIds: readonly string[] | null;
    readonly codes: readonly string[] | null;
    readonly states: readonly DutyState[] | null;
  },
  now: Date,
): Prisma.TaskWhereInput {
  const late = { gt: columns.inTimeUntil };
  const isOver = { inTimeUntil: { lt: now } };
  const states: Record<DutyState, Prisma.TaskWhereInput> = {
    OPEN: { status: 'OPEN', NOT: isOver },
    FULFILLED: { status: 'DONE', NOT: { completedAt: late } },
    LATE: { status: 'DONE', completedAt: late },
    MISSING: { OR: [{ status: 'OVERDUE' }, { status: 'OPEN', ...isOver }] },
    CANCELLED: { status: { in: ['CANCELLED', 'SKIPPED'] } },
  };
  return {
    ...(asked.policyId && { policyId: asked.policyId }),
    ...(asked.branchIds && { branchId: { in: [...asked.branchIds] } }),
    dutyCode: asked.codes ? { in: [...asked.codes] } : { not: null },
    ...(asked.period && { periodFrom: { lte: asked.period.to }, periodTo: { gte: asked.period.from } }),
    ...(asked.states && { OR: asked.states.map((state) => states[state]) }),
  };
}

type DutyRow = Pick<Task, 'policyId' | 'branchId' | 'dutyCode' | 'periodFrom' | 'periodTo'>;

/** The meetings that a duty is about, where meetings of a kind do it: those of its place in its period. */
export function meetingsFor(policy: Policy | undefined, duty: DutyRow): Prisma.MeetingWhereInput | null {
  const { policyId, branchId, dutyCode, periodFrom, periodTo } = duty;
  const { doneBy } = policy?.duties?.[dutyCode ?? ''] ?? {};
  if (!doneBy || !('meeting' in doneBy) || !periodFrom || !periodTo) return null;
  const zone = zoneOf(policy);
  const from = startOfDayIn(periodFrom.toISOString().slice(0, 10), zone);
  return { policyId, branchId, kind: doneBy.meeting, heldAt: { gte: from, lt: endOfDayIn(periodTo, zone) } };
}

/** The report that a duty is about, where one does it. */
export function reportFor(policy: Policy | undefined, duty: DutyRow): Prisma.PeriodReportWhereInput | null {
  const { policyId, branchId, dutyCode, periodFrom } = duty;
  const { doneBy } = policy?.duties?.[dutyCode ?? ''] ?? {};
  if (!doneBy || !('report' in doneBy) || !periodFrom) return null;
  return { policyId, branchId, kind: doneBy.report, month: periodFrom };
}
