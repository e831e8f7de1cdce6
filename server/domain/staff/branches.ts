import type { Branch } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { may, requirePermission } from '../../platform/access/permissions.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { Forbidden, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { checkNames } from './rules.ts';
import { branchUse } from './sql.ts';

export interface NewBranch {
  readonly code: string;
  readonly name: string;
  /** Null for the place above all, which only a command on the machine itself opens. */
  readonly parentId: string | null;
  /** The business lines that are run there. */
  readonly policyIds: readonly string[];
}

const CODE_TAKEN: Issue = { path: 'input.code', message: 'names a branch that is there already' };

/**
 * Opens a branch below another one, which runs its lines too.
 *
 * @returns the branch's id
 */
export function createBranch(
  services: Services,
  caller: Caller,
  input: NewBranch,
  idempotencyKey?: string | null,
): Promise<string> {
  return begin(services, caller).once('createBranch', idempotencyKey, input, async (act) => {
    const policyIds = [...new Set(input.policyIds)];
    const parent = input.parentId && (await branchOf(act, input.parentId));
    const issues = [...checkNames(input), ...checkLines(services, policyIds, parent || null)];
    const code = input.code.trim();
    if (issues.length === 0 && (await act.prisma.branch.findUnique({ where: { code }, select: { id: true } })))
      issues.push(CODE_TAKEN);
    if (issues.length > 0) throw new InvalidInput(issues);
    const id = newId();
    const branch = { code, name: input.name.trim(), parentId: input.parentId, policyIds };
    const writing = act.commit({
      answer: id,
      audit: act.audit('CREATE_BRANCH', subjectOf(id), { changes: changesBetween({}, branch) }),
      async change(tx) {
        await tx.branch.create({ data: { id, ...branch, createdAt: act.now }, select: { id: true } });
        return id;
      },
    });
    await writing.catch((error: unknown) => {
      throw isUniqueViolation(error) ? new InvalidInput([CODE_TAKEN]) : error;
    });
    services.actors.forgetOrganisation();
    return writing;
  });
}

/** Gives a branch another name; its code, by which files know it, stays. @returns the branch's id */
export async function renameBranch(
  services: Services,
  caller: Caller,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<string> {
  const act = begin(services, caller);
  const before = await branchOf(act, id);
  const issues = checkNames({ name });
  if (issues.length > 0) throw new InvalidInput(issues);
  const changes = changesBetween({ name: before.name }, { name: name.trim() });
  if (changes.length === 0) throw new InvalidInput([{ path: 'input.name', message: 'changes nothing' }]);
  await act.commit({
    audit: act.audit('RENAME_BRANCH', subjectOf(id), { changes }),
    async change(tx) {
      await tx.branch.update({ where: { id }, data: { name: name.trim() }, select: { id: true } });
    },
  });
  return id;
}

/**
 * Closes a branch where nobody works and no customer is cared for any more; what was done there stays.
 *
 * @returns the branch's id
 * @throws {Refused} BRANCH_IN_USE: branches, people or customers have to go elsewhere first
 */
export async function closeBranch(
  services: Services,
  caller: Caller,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<string> {
  const act = begin(services, caller);
  await branchOf(act, id);
  if (reason.trim() === '') throw new InvalidInput([{ path: 'input.reason', message: 'is empty' }]);
  await act.commit({
    audit: act.audit('CLOSE_BRANCH', subjectOf(id), {
      reason: reason.trim(),
      changes: changesBetween({}, { closedAt: act.now }),
    }),
    async change(tx) {
      const { branches, staff, customers } = await branchUse(tx, id);
      if (branches + staff + customers > 0) throw refuse('BRANCH_IN_USE', { branches, staff, customers });
      await tx.branch.update({ where: { id }, data: { closedAt: act.now }, select: { id: true } });
    },
  });
  services.actors.forgetOrganisation();
  return id;
}

function begin(services: Services, caller: Caller): Act {
  if (!may(caller.actor, 'manageBranches')) throw new Forbidden();
  return Act.begin(services, caller, null);
}

/** The branch, open and one of the actor's place. */
async function branchOf(act: Act, id: string): Promise<Branch> {
  const branch = await act.found('Branch', act.prisma.branch.findUnique({ where: { id } }));
  requirePermission(act.actor, 'manageBranches', { branchId: branch.id });
  if (branch.closedAt) throw refuse('BRANCH_CLOSED', { code: branch.code });
  return branch;
}

function subjectOf(id: string) {
  return { type: 'Branch', id, branchId: id };
}

function checkLines({ policies }: Services, policyIds: readonly string[], parent: Branch | null): Issue[] {
  const path = 'input.policyIds';
  if (policyIds.length === 0) return [{ path, message: 'is empty' }];
  return policyIds.flatMap((id) => {
    if (!policies.get(id)?.declaration.businessLine) return [{ path, message: `${id} is no business line` }];
    if (parent && !parent.policyIds.includes(id)) return [{ path, message: `${id} is not run by the place above` }];
    return [];
  });
}
