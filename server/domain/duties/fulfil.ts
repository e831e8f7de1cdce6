import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { periodOf } from '../../engine/policy/calendar-days.ts';
import type { DutyDeclaration, Policy } from '../../engine/policy/contract.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { dutyTask } from './open-duties.ts';
import { dutyKey } from './rules.ts';

/** What was done at a place: a meeting or a report of a kind, an annual list. */
export type Deed = NonNullable<DutyDeclaration['doneBy']>;

function does(deed: Deed, { doneBy }: DutyDeclaration): boolean {
  if (!doneBy) return false;
  if ('meeting' in deed) return 'meeting' in doneBy && doneBy.meeting === deed.meeting;
  if ('report' in deed) return 'report' in doneBy && doneBy.report === deed.report;
  return 'annualList' in doneBy && doneBy.annualList === deed.annualList;
}

/** The duties of a policy that a deed does, with their codes. */
export function dutiesDoneBy({ duties = {} }: Pick<Policy, 'duties'>, deed: Deed): [string, DutyDeclaration][] {
  return Object.entries(duties).filter(([, duty]) => does(deed, duty));
}

/** The keys of the tasks of the duties that a deed of a day is for, at the place that owes them. */
export function dutyKeysOf(policy: Policy, deed: Deed, { branchId, day }: { branchId: string; day: string }): string[] {
  return dutiesDoneBy(policy, deed).map(([code, { every }]) =>
    dutyKey(policy.id, code, periodOf(every, day).from, branchId),
  );
}

export interface Done {
  readonly branchId: string;
  /** Head office of the line, which owes what the line owes. */
  readonly officeId: string | null;
  /** A day of the period, YYYY-MM-DD in the policy's zone. */
  readonly day: string;
  readonly at: Date;
  readonly outcome: string;
  /** Done only where it was owed: what nobody was asked for is not opened to be late at once. */
  readonly ifOwed?: boolean;
}

/** Marks what a deed does as done, in the transaction that records the deed; what nobody opened yet is opened. */
export async function fulfilDuties(
  tx: Prisma.TransactionClient,
  policy: InstalledPolicy,
  deed: Deed,
  { branchId, officeId, day, at, outcome, ifOwed = false }: Done,
): Promise<void> {
  for (const [code, duty] of dutiesDoneBy(policy.declaration, deed)) {
    if (duty.of === 'LINE' && branchId !== officeId) continue;
    const holder = { id: branchId, branchId, staffId: null, customerId: null };
    const task = dutyTask(policy, code, duty, { period: periodOf(duty.every, day), holder, at });
    if (!ifOwed) await tx.task.createMany({ data: task, skipDuplicates: true });
    await tx.task.updateMany({
      where: { key: task.key, status: { in: ['OPEN', 'OVERDUE'] } },
      data: { status: 'DONE', outcome, completedAt: at, nextFireAt: null },
    });
  }
}
