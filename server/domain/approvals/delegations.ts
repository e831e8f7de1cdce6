import type { Role } from '../../../prisma/generated/client/enums.ts';
import { Act } from '../../engine/services/act.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';

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
  const act = Act.begin(services, caller, 'delegateAuthority');
  const issues = await checkDelegation(act, input);
  if (issues.length > 0) throw new InvalidInput(issues);
  const id = newId();
  const { policyId, toId, role } = input;
  const { branchId } = act.actor;
  const writtenRecord = input.writtenRecord.trim();
  await act.commit({
    answer: id,
    audit: act.audit(
      'DELEGATE_AUTHORITY',
      { type: 'Delegation', id, policyId, branchId },
      {
        reason: writtenRecord,
        changes: [
          { field: 'toId', before: null, after: toId },
          { field: 'role', before: null, after: role },
        ],
      },
    ),
    writes: new WriteSet().insert('delegation', {
      id,
      policyId,
      branchId,
      fromId: act.actor.id,
      toId,
      role,
      validFrom: input.from ?? act.now,
      validUntil: input.until,
      writtenRecord,
      createdAt: act.now,
    }),
  });
  return id;
}

async function checkDelegation({ actor, now, services }: Act, input: NewDelegation): Promise<Issue[]> {
  const issues: Issue[] = [];
  if (!actor.policyIds.includes(input.policyId))
    issues.push({ path: 'input.policyId', message: 'is not run at your branch' });
  if (!actor.roles.includes(input.role)) issues.push({ path: 'input.role', message: 'is no role of yours' });
  if (input.toId === actor.id) issues.push({ path: 'input.toId', message: 'is yourself' });
  if (input.until <= (input.from ?? now))
    issues.push({ path: 'input.until', message: 'does not lie after its beginning' });
  if (input.until <= now) issues.push({ path: 'input.until', message: 'is over' });
  if (input.writtenRecord.trim() === '')
    issues.push({ path: 'input.writtenRecord', message: 'is empty: authority is handed over in writing' });
  const about = { policyId: input.policyId, branchId: actor.branchId };
  const unfit = await checkGiven(services, about, [{ work: 'AUTHORITY', staffId: input.toId, path: 'input.toId' }]);
  return [...issues, ...unfit];
}

/**
 * Ends a delegation before its time: whoever gave it, or a director of the line.
 *
 * @throws {Refused} DELEGATION_OVER
 */
export async function revokeDelegation(services: Services, caller: Caller, id: string): Promise<string> {
  const act = Act.begin(services, caller, 'delegateAuthority');
  const found = await act.found('Delegation', act.prisma.delegation.findFirst({ where: act.one(id) }));
  if (found.fromId !== act.actor.id && !act.actor.roles.includes('DIRECTOR')) throw new NotFound('Delegation');
  if (found.revokedAt || found.validUntil <= act.now) throw refuse('DELEGATION_OVER');
  const { policyId, branchId } = found;
  await act.commit({
    audit: act.audit('REVOKE_DELEGATION', { type: 'Delegation', id, policyId, branchId }),
    async change(tx) {
      await tx.delegation.update({ where: { id }, data: { revokedAt: act.now }, select: { id: true } });
    },
  });
  return id;
}
