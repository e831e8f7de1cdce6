import { Act } from '../../engine/services/act.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { may, requirePermission } from '../../platform/access/permissions.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import { ROLES } from '../../platform/values/enums.ts';
import { Conflict, Forbidden, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { isPostOf } from './rules.ts';
import { lockPerson, overlapping, postsOf } from './sql.ts';

export interface NewShift {
  readonly policyId: string;
  readonly branchId: string;
  /** A role, or a post that the policy declares; null where the person is absent. */
  readonly post: string | null;
  readonly staffId: string;
  readonly from: Date;
  readonly until: Date;
  readonly note?: string | null | undefined;
}

/** Characters of a note or a reason. */
const LONGEST = 500;

/**
 * Says who holds a post of a branch from when to when, or that somebody is absent. Half-open: whoever comes next begins at the end.
 *
 * @returns the shift's id
 * @throws {InvalidInput} nobody of that post, a time that is over, or in which the person is on duty there already
 */
export function setShift(
  services: Services,
  caller: Caller,
  input: NewShift,
  idempotencyKey?: string | null,
): Promise<string> {
  return begin(services, caller).once('setShift', idempotencyKey, input, async (act) => {
    const { branches } = await services.actors.organisation();
    if (!branches.has(input.branchId)) throw new InvalidInput([{ path: 'input.branchId', message: 'is no branch' }]);
    requirePermission(act.actor, 'keepRota', { branchId: input.branchId });
    const issues = [...checkTimes(input, act.now), ...(await checkPerson(act, input))];
    if (issues.length > 0) throw new InvalidInput(issues);
    const id = newId();
    const { policyId, branchId, post, staffId, from, until } = input;
    const row = { post, staffId, validFrom: from, validUntil: until };
    return act.commit({
      answer: id,
      audit: act.audit(
        'SET_SHIFT',
        { type: 'RotaShift', id, policyId, branchId },
        { reason: input.note?.trim() || null, changes: changesBetween({}, row) },
      ),
      async change(tx) {
        await lockPerson(tx, staffId);
        const others = await overlapping(tx, input);
        if (others > 0)
          throw new InvalidInput([
            { path: 'input.from', message: 'lies in a shift that the person has there already' },
          ]);
        await tx.rotaShift.create({
          data: {
            id,
            policyId,
            branchId,
            ...row,
            note: input.note?.trim() || null,
            createdById: act.actor.id,
            createdAt: act.now,
          },
          select: { id: true },
        });
        return id;
      },
    });
  });
}

/**
 * Ends a shift or an absence before its time; one that has not begun is gone.
 *
 * @returns the shift's id
 * @throws {Refused} SHIFT_OVER
 */
export async function endShift(
  services: Services,
  caller: Caller,
  { id, at, reason, expectedVersion }: { id: string; at?: Date | null; reason: string; expectedVersion: number },
): Promise<string> {
  const act = begin(services, caller);
  const shift = await act.found('RotaShift', act.prisma.rotaShift.findFirst({ where: act.one(id) }));
  requirePermission(act.actor, 'keepRota', { branchId: shift.branchId });
  const issues: Issue[] = [];
  if (reason.trim() === '') issues.push({ path: 'input.reason', message: 'is empty' });
  if (reason.length > LONGEST) issues.push({ path: 'input.reason', message: `is longer than ${LONGEST} characters` });
  if (at && at < act.now) issues.push({ path: 'input.at', message: 'is over' });
  if (at && at >= shift.validUntil) issues.push({ path: 'input.at', message: 'does not lie before its end' });
  if (issues.length > 0) throw new InvalidInput(issues);
  if (shift.validUntil <= act.now) throw refuse('SHIFT_OVER');
  const end = at ?? act.now;
  const validUntil = end < shift.validFrom ? shift.validFrom : end;
  const { policyId, branchId } = shift;
  await act.commit({
    audit: act.audit(
      'END_SHIFT',
      { type: 'RotaShift', id, policyId, branchId },
      { reason: reason.trim(), changes: changesBetween({ validUntil: shift.validUntil }, { validUntil }) },
    ),
    async change(tx) {
      const { count } = await tx.rotaShift.updateMany({
        where: { id, version: expectedVersion },
        data: { validUntil, version: { increment: 1 } },
      });
      if (count === 0) throw new Conflict(shift.version);
    },
  });
  return id;
}

/** Begins with the role alone: the place is asked for once it is known which one it is. */
function begin(services: Services, caller: Caller): Act {
  if (!may(caller.actor, 'keepRota')) throw new Forbidden();
  return Act.begin(services, caller, null);
}

function checkTimes({ from, until, note }: NewShift, now: Date): Issue[] {
  const issues: Issue[] = [];
  if (until <= from) issues.push({ path: 'input.until', message: 'does not lie after its beginning' });
  if (until <= now) issues.push({ path: 'input.until', message: 'is over' });
  if (note && note.length > LONGEST)
    issues.push({ path: 'input.note', message: `is longer than ${LONGEST} characters` });
  return issues;
}

async function checkPerson(
  { services, actor, prisma }: Act,
  { policyId, branchId, post, staffId }: NewShift,
): Promise<Issue[]> {
  const declared = services.policies.get(policyId)?.declaration;
  const organisation = await services.actors.organisation();
  if (!declared || !actor.policyIds.includes(policyId))
    return [{ path: 'input.policyId', message: 'is not run at your branch' }];
  if (!organisation.branches.get(branchId)?.policyIds.includes(policyId))
    return [{ path: 'input.branchId', message: 'does not run this business line' }];
  const person = (await services.actors.peopleAtWork([staffId])).get(staffId);
  if (!person) return [{ path: 'input.staffId', message: 'is nobody who works here' }];
  if (!person.policyIds.includes(policyId))
    return [{ path: 'input.staffId', message: 'is nobody who works in this business line' }];
  if (post === null) return [];
  if (!(ROLES as readonly string[]).includes(post) && !Object.hasOwn(declared.posts ?? {}, post))
    return [{ path: 'input.post', message: 'is no role, nor a post that the policy declares' }];
  if (!isPostOf(post, policyId, { roles: person.roles, posts: await postsOf(prisma, staffId) }))
    return [{ path: 'input.staffId', message: 'does not hold this post' }];
  return checkGiven(services, { policyId, branchId }, [{ work: 'SHIFT', staffId, path: 'input.staffId' }]);
}
