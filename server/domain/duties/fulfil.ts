import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { type DayPeriod, periodOf } from '../../engine/policy/calendar-days.ts';
import type { DutyDeclaration, Policy } from '../../engine/policy/contract.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { dutyTask, type Holder } from './open-duties.ts';
import { dutyKey, isOwedAfterwards } from './rules.ts';

/** What was done at a place: a meeting or a report of a kind, an annual list. */
export type Deed =
  | { readonly meeting: string }
  | { readonly report: string }
  | { readonly annualList: string }
  | { readonly record: string };

function does(deed: Deed, { doneBy }: DutyDeclaration): boolean {
  if (!doneBy) return false;
  if ('meeting' in deed) return 'meeting' in doneBy && doneBy.meeting === deed.meeting;
  if ('report' in deed) return 'report' in doneBy && doneBy.report === deed.report;
  if ('record' in deed) return 'record' in doneBy && doneBy.record === deed.record;
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
  /** Whose it is, where a record about a person or a customer does it. */
  readonly personId?: string | null;
  readonly customerId?: string | null;
  /** What the record says. */
  readonly fields?: Readonly<Record<string, unknown>>;
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
  done: Done,
): Promise<void> {
  const { at, outcome, ifOwed = false } = done;
  for (const [code, duty] of dutiesDoneBy(policy.declaration, deed)) {
    const holder = holderOf(duty, done);
    if (!holder) continue;
    const period = await periodOfDeed(tx, policy, { code, duty, holder, done });
    const task = dutyTask(policy, code, duty, { period, holder, at });
    if (!ifOwed) await tx.task.createMany({ data: task, skipDuplicates: true });
    await tx.task.updateMany({
      where: { key: task.key, status: { in: ['OPEN', 'OVERDUE'] } },
      data: { status: 'DONE', outcome, completedAt: at, nextFireAt: null },
    });
  }
}

/** The period that a deed is for. A record may be about one that is over: that of its own day, or the one that is still owed. */
async function periodOfDeed(
  tx: Prisma.TransactionClient,
  { declaration }: InstalledPolicy,
  {
    code,
    duty,
    holder,
    done,
  }: { readonly code: string; readonly duty: DutyDeclaration; readonly holder: Holder; readonly done: Done },
): Promise<DayPeriod> {
  const { day, fields = {} } = done;
  const on = duty.doneBy && 'record' in duty.doneBy && duty.doneBy.on !== undefined ? fields[duty.doneBy.on] : null;
  if (typeof on === 'string') return periodOf(duty.every, on.slice(0, 10));
  const present = periodOf(duty.every, day);
  if (!duty.doneBy || !('record' in duty.doneBy) || !isOwedAfterwards(duty)) return present;
  const before = periodOf(duty.every, day, -1);
  const key = dutyKey(declaration.id, code, before.from, holder.id);
  const owed = await tx.task.findFirst({ where: { key, status: { in: ['OPEN', 'OVERDUE'] } }, select: { id: true } });
  return owed ? before : present;
}

/** Who owes what a deed does; null where the deed is not of whom the duty asks. */
function holderOf(
  { of }: DutyDeclaration,
  { branchId, officeId, personId = null, customerId = null }: Done,
): Holder | null {
  if (of === 'PERSON' || of === 'MANAGER')
    return personId ? { id: personId, branchId, staffId: personId, customerId: null } : null;
  if (of === 'CUSTOMER') return customerId ? { id: customerId, branchId, staffId: null, customerId } : null;
  return of === 'LINE' && branchId !== officeId ? null : { id: branchId, branchId, staffId: null, customerId: null };
}
