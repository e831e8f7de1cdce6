import type { Approval, RotaShift } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import type { ApprovalOutcomes } from '../../engine/services/approval-outcome.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { fromJson } from '../../platform/values/json.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { addAskedApproval } from '../approvals/ask-approval.ts';
import { isPostOf } from './rules.ts';
import { lockPerson, postsOf } from './sql.ts';

export interface Swap {
  /** The asker's own shift. */
  readonly id: string;
  /** The shift that is taken for it. */
  readonly otherId: string;
  readonly reason: string;
}

/** What is kept with the approval, for the shifts may be others once it is decided. */
type Asked = { otherId: string; version: number; otherVersion: number };

/**
 * Asks that two people take each other's shift. It comes into force with the approval that the policy routes: of a supervisor of the
 * branch, unless it says otherwise.
 *
 * @returns the id of the approval
 * @throws {InvalidInput} shifts that begin before now, of two lines or of one person, or of a post that the other does not hold
 */
export function swapShift(
  services: Services,
  caller: Caller,
  input: Swap,
  idempotencyKey?: string | null,
): Promise<string> {
  return Act.begin(services, caller, 'swapShift').once('swapShift', idempotencyKey, input, async (act) => {
    const shift = await act.found(
      'RotaShift',
      act.prisma.rotaShift.findFirst({ where: { id: input.id, OR: [{ staffId: act.actor.id }, act.one(input.id)] } }),
    );
    const other = await act.found('RotaShift', act.prisma.rotaShift.findFirst({ where: act.one(input.otherId) }));
    const issues = await checkSwap(act, shift, other);
    if (input.reason.trim() === '') issues.push({ path: 'input.reason', message: 'is empty' });
    if (issues.length > 0) throw new InvalidInput(issues);
    const { policyId, branchId, id } = shift;
    const writes = new WriteSet();
    const asked: Asked = { otherId: other.id, version: shift.version, otherVersion: other.version };
    const approvalId = await addAskedApproval(
      act,
      writes,
      {
        kind: 'SWAP_SHIFT',
        policyId,
        branchId,
        customer: null,
        subject: { type: 'RotaShift', id },
        reason: input.reason.trim(),
        request: asked,
      },
      { customer: null, request: {} },
    );
    const audit = act.audit('ASK_SWAP', { type: 'RotaShift', id, policyId, branchId }, { reason: input.reason.trim() });
    await act.commit({ answer: approvalId, audit, writes });
    return approvalId;
  });
}

async function checkSwap({ now, prisma, services }: Act, shift: RotaShift, other: RotaShift): Promise<Issue[]> {
  const issues: Issue[] = [];
  if (shift.validFrom <= now) issues.push({ path: 'input.id', message: 'has begun' });
  if (other.validFrom <= now) issues.push({ path: 'input.otherId', message: 'has begun' });
  if (shift.policyId !== other.policyId) issues.push({ path: 'input.otherId', message: 'is of another business line' });
  if (shift.staffId === other.staffId) issues.push({ path: 'input.otherId', message: 'is of the same person' });
  if (shift.post === null) issues.push({ path: 'input.id', message: 'is an absence' });
  if (other.post === null) issues.push({ path: 'input.otherId', message: 'is an absence' });
  if (issues.length === 0 && !(await isFit(prisma, shift, other)))
    issues.push({ path: 'input.otherId', message: 'is of somebody who does not hold this post' });
  if (issues.length > 0) return issues;
  return unseen(services, shift, other);
}

/** Why one of the two could not do what comes of the other's shift. */
async function unseen(services: Services, shift: RotaShift, other: RotaShift): Promise<Issue[]> {
  const given = { work: 'SHIFT', path: 'input.otherId' } as const;
  return [
    ...(await checkGiven(services, shift, [{ ...given, staffId: other.staffId }])),
    ...(await checkGiven(services, other, [{ ...given, staffId: shift.staffId }])),
  ];
}

/**
 * Between the asking and the approval people leave, move and lose posts.
 *
 * @throws {Refused} SWAP_UNFIT
 */
async function requireFit(services: Services, approval: Approval): Promise<void> {
  const { prisma } = services.database;
  const { otherId } = fromJson<Asked>(approval.request);
  const [shift, other] = await Promise.all(
    [approval.subjectId, otherId].map((id) => prisma.rotaShift.findUnique({ where: { id } })),
  );
  // That one is gone, is said where they are exchanged.
  if (!shift || !other) return;
  if (!(await isFit(prisma, shift, other)) || (await unseen(services, shift, other)).length > 0)
    throw refuse('SWAP_UNFIT');
}

/** Whether each holds the post that the other has. */
async function isFit(
  db: Pick<Act['prisma'], 'staff' | '$queryRaw'>,
  one: RotaShift,
  other: RotaShift,
): Promise<boolean> {
  const people = await db.staff.findMany({
    where: { id: { in: [one.staffId, other.staffId] }, active: true },
    select: { id: true, roles: true },
  });
  for (const [shift, staffId] of [[one, other.staffId] as const, [other, one.staffId] as const]) {
    const person = people.find(({ id }) => id === staffId);
    const posts = await postsOf(db, staffId);
    if (!person || shift.post === null || !isPostOf(shift.post, shift.policyId, { roles: person.roles, posts }))
      return false;
  }
  return true;
}

/** Approved, the two take each other's place, where neither shift changed or began since it was asked. */
async function settle(
  tx: TransactionClient,
  writes: WriteSet,
  approval: Approval,
  at: Date,
  actorId: string,
): Promise<void> {
  const { otherId, version, otherVersion } = fromJson<Asked>(approval.request);
  const ids = [approval.subjectId, otherId].toSorted();
  const found = await tx.rotaShift.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } });
  const shift = found.find(({ id }) => id === approval.subjectId);
  const other = found.find(({ id }) => id === otherId);
  if (!shift || !other || shift.version !== version || other.version !== otherVersion) throw refuse('SHIFT_CHANGED');
  if (shift.validFrom <= at || other.validFrom <= at) throw refuse('SHIFT_OVER');
  for (const staffId of [shift.staffId, other.staffId].toSorted()) await lockPerson(tx, staffId);
  for (const [one, staffId] of [[shift, other.staffId] as const, [other, shift.staffId] as const]) {
    const { count } = await tx.rotaShift.updateMany({
      where: { id: one.id, version: one.version },
      data: { staffId, version: { increment: 1 } },
    });
    if (count === 0) throw refuse('SHIFT_CHANGED');
    const { policyId, branchId } = one;
    const subject = { type: 'RotaShift', id: one.id };
    const changes = [{ field: 'staffId', before: one.staffId, after: staffId }];
    const entry = { at, actorId, action: 'SWAP_SHIFT', subject, policyId, branchId, reason: approval.reason, changes };
    writes.insert('audit_entry', auditRow(entry));
  }
}

/** What becomes of swaps that are decided. */
export const rotaOutcomes = {
  'RotaShift/SWAP_SHIFT': {
    prepare: (services, _writes, approval) => requireFit(services, approval),
    async settle(tx, writes, approval, { decision, at, actor }) {
      if (decision === 'APPROVE') await settle(tx, writes, approval, at, actor.id);
    },
  },
} as const satisfies ApprovalOutcomes;
