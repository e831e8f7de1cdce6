import type { Role } from '../../../prisma/generated/client/enums.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';

export interface NewDelegation {
  readonly policyId: string;
  readonly toId: string;
  readonly role: Role;
  readonly from?: Date | null;
  readonly until: Date;
  /** Where the delegation is written down. */
  readonly writtenRecord: string;
}

/**
 * Hands one's own authority over to somebody for a time, in writing. What was delegated is not delegated on. Returns its id.
 *
 * @throws {InvalidInput} a role that the caller does not hold, nobody who works here, a time that is over, no written record
 */
export async function delegateAuthority(services: Services, caller: Caller, input: NewDelegation): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'delegateAuthority');
  const now = clock.now();
  const from = input.from ?? now;
  const issues = [];
  if (!actor.policyIds.includes(input.policyId))
    issues.push({ path: 'input.policyId', message: 'is not run at your branch' });
  if (!actor.roles.includes(input.role)) issues.push({ path: 'input.role', message: 'is no role of yours' });
  if (input.toId === actor.id) issues.push({ path: 'input.toId', message: 'is yourself' });
  if (input.until <= from) issues.push({ path: 'input.until', message: 'does not lie after its beginning' });
  if (input.until <= now) issues.push({ path: 'input.until', message: 'is over' });
  if (input.writtenRecord.trim() === '')
    issues.push({ path: 'input.writtenRecord', message: 'is empty: authority is handed over in writing' });
  const person = await database.prisma.staff.findUnique({
    where: { id: input.toId },
    select: { active: true, branch: { select: { policyIds: true } } },
  });
  if (!person?.active || !person.branch.policyIds.includes(input.policyId))
    issues.push({ path: 'input.toId', message: 'is nobody who works in this business line' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const id = newId();
  await inTransaction(database, async (tx) => {
    await tx.delegation.create({
      data: {
        id,
        policyId: input.policyId,
        branchId: actor.branchId,
        fromId: actor.id,
        toId: input.toId,
        role: input.role,
        validFrom: from,
        validUntil: input.until,
        writtenRecord: input.writtenRecord.trim(),
        createdAt: now,
      },
      select: { id: true },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'DELEGATE_AUTHORITY',
      subject: { type: 'Delegation', id },
      policyId: input.policyId,
      branchId: actor.branchId,
      reason: input.writtenRecord.trim(),
      changes: [
        { field: 'toId', before: null, after: input.toId },
        { field: 'role', before: null, after: input.role },
      ],
    });
  });
  return id;
}

/**
 * Ends a delegation before its time: whoever gave it, or a director of the line.
 *
 * @throws {Refused} DELEGATION_OVER
 */
export async function revokeDelegation(services: Services, caller: Caller, id: string): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'delegateAuthority');
  const now = clock.now();
  const found = await database.prisma.delegation.findFirst({ where: { id, ...visible(actor) } });
  if (!found || (found.fromId !== actor.id && !actor.roles.includes('DIRECTOR'))) throw new NotFound('Delegation');
  if (found.revokedAt || found.validUntil <= now) throw Refused.because('DELEGATION_OVER', 'It is over.');
  await inTransaction(database, async (tx) => {
    await tx.delegation.update({ where: { id }, data: { revokedAt: now }, select: { id: true } });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'REVOKE_DELEGATION',
      subject: { type: 'Delegation', id },
      policyId: found.policyId,
      branchId: found.branchId,
    });
  });
  return id;
}
