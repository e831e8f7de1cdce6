import type { Branch, Staff } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { Organisation } from '../../platform/access/organisation.ts';
import { may, requirePermission } from '../../platform/access/permissions.ts';
import { emailKey } from '../../platform/access/token-subject.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import type { Role } from '../../platform/values/enums.ts';
import { Forbidden, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { refusedNulls } from '../../platform/values/given.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { checkPosts } from './posts.ts';
import { checkNames, isAdministered } from './rules.ts';
import { type Held, held, lockAdministrators } from './sql.ts';

/** By what tokens name a person, beside our own id and the staff number. */
interface SignIn {
  readonly externalId?: string | null;
  readonly email?: string | null;
}

export interface NewPerson extends SignIn {
  readonly number: string;
  readonly name: string;
  readonly branchId: string;
  readonly roles: readonly Role[];
  /** As `policy/POST`. */
  readonly posts?: readonly string[] | null;
  readonly enteredOn?: Date | null;
  readonly reason?: string;
}

/** What is left out stays; `active` takes up again somebody who left. */
export interface PersonChange extends SignIn {
  readonly id: string;
  readonly name?: string | null;
  readonly branchId?: string | null;
  readonly roles?: readonly Role[] | null;
  /** All of the posts, not only new ones. */
  readonly posts?: readonly string[] | null;
  readonly enteredOn?: Date | null;
  readonly active?: boolean | null;
  readonly reason?: string | null;
}

/**
 * Takes somebody up among the staff, or a program that acts for the organisation.
 *
 * @returns the person's id
 * @throws {InvalidInput} a field breaks its rule, or names somebody who is there already
 */
export function createStaff(
  services: Services,
  caller: Caller,
  input: NewPerson,
  idempotencyKey?: string | null,
): Promise<string> {
  return begin(services, caller).once('createStaff', idempotencyKey, input, async (act) => {
    const branch = await act.prisma.branch.findUnique({ where: { id: input.branchId } });
    const person = {
      ...stored(input),
      number: input.number.trim(),
      name: input.name.trim(),
      roles: posts(input.roles),
      posts: [...new Set(input.posts ?? [])],
      enteredOn: input.enteredOn ?? null,
    };
    await check(act, input, branch);
    checkPosts(services.policies, { posts: person.posts, roles: person.roles, policyIds: branch?.policyIds ?? [] });
    const id = newId();
    const writing = act.commit({
      answer: id,
      audit: act.audit('CREATE_STAFF', subjectOf({ id, branchId: input.branchId }), {
        reason: input.reason ?? null,
        changes: changesBetween({}, { ...person, branch: branch?.code }, ['email']),
      }),
      async change(tx) {
        const data = { id, ...person, branchId: input.branchId, createdAt: act.now };
        await tx.staff.create({ data, select: { id: true } });
        return id;
      },
    });
    return namingTaken(act, input, writing);
  });
}

/**
 * Changes a person's posts, branch, name, or by what tokens name them. Rights change within a second, everywhere.
 *
 * @returns the person's id
 * @throws {Refused} LAST_ADMINISTRATOR: nobody would administer the place any more
 */
export async function updateStaff(services: Services, caller: Caller, input: PersonChange): Promise<string> {
  const act = begin(services, caller);
  const before = await personOf(act, input.id);
  const branchId = input.branchId ?? before.branchId;
  const branch = await act.prisma.branch.findUnique({ where: { id: branchId } });
  const issues = refusedNulls(input, ['name', 'branchId', 'roles', 'active']);
  if (input.active === false) issues.push({ path: 'input.active', message: 'is set by endStaff, with a reason' });
  if (issues.length > 0) throw new InvalidInput(issues);
  await check(act, input, branch);
  const after = {
    ...stored(input),
    ...(input.name != null && { name: input.name.trim() }),
    ...(input.roles != null && { roles: posts(input.roles) }),
    ...(input.posts != null && { posts: [...new Set(input.posts)] }),
    ...(input.enteredOn !== undefined && { enteredOn: input.enteredOn }),
    ...(input.active === true && { active: true }),
    branchId,
  };
  const held = { posts: before.posts, roles: before.roles, ...after };
  checkPosts(services.policies, { ...held, policyIds: branch?.policyIds ?? [] });
  const changes = changesBetween({ ...before }, after, ['email']);
  if (changes.length === 0) throw new InvalidInput([{ path: 'input', message: 'changes nothing' }]);
  const organisation = await services.actors.organisation();
  const writing = act.commit({
    audit: act.audit('UPDATE_STAFF', subjectOf({ id: before.id, branchId }), { reason: input.reason ?? null, changes }),
    async change(tx) {
      const stays = (after.roles ?? before.roles).includes('ADMIN') && branchId === before.branchId;
      if (!stays) await keepAdministered(tx, before, organisation);
      await tx.staff.update({ where: { id: before.id }, data: after, select: { id: true } });
    },
  });
  await namingTaken(act, input, writing);
  services.actors.forget(before.id);
  return before.id;
}

/**
 * Ends what somebody may do: tokens and streams end within a second, on every node. The name stays in history, and so does what
 * was in their hands, until others take it over (`heldBy`).
 *
 * @returns the person's id
 */
export async function endStaff(
  services: Services,
  caller: Caller,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<string> {
  const act = begin(services, caller);
  const before = await personOf(act, id);
  if (reason.trim() === '') throw new InvalidInput([{ path: 'input.reason', message: 'is empty' }]);
  if (!before.active) throw new InvalidInput([{ path: 'input.id', message: 'is nobody who works here' }]);
  const organisation = await services.actors.organisation();
  await act.commit({
    audit: act.audit('END_STAFF', subjectOf(before), {
      reason: reason.trim(),
      changes: changesBetween({ active: true }, { active: false }),
    }),
    async change(tx) {
      await keepAdministered(tx, before, organisation);
      await tx.staff.update({ where: { id }, data: { active: false }, select: { id: true } });
    },
  });
  services.actors.forget(id);
  return id;
}

/** What a person has in hand, for who may manage them; null for all others. */
export async function heldBy(
  services: Services,
  { actor }: Pick<Caller, 'actor'>,
  person: Pick<Staff, 'id' | 'branchId'>,
): Promise<Held[] | null> {
  if (!may(actor, 'manageStaff') || !actor.place.covers(person.branchId)) return null;
  return held(services.database.prisma, person.id, services.clock.now());
}

/** Begins with the role alone: the place is asked for once it is known which one it is. */
function begin(services: Services, caller: Caller): Act {
  if (!may(caller.actor, 'manageStaff')) throw new Forbidden();
  return Act.begin(services, caller, null);
}

async function personOf(act: Act, id: string): Promise<Staff> {
  const person = await act.found('Staff', act.prisma.staff.findUnique({ where: { id } }));
  requirePermission(act.actor, 'manageStaff', { branchId: person.branchId });
  return person;
}

function subjectOf({ id, branchId }: Pick<Staff, 'id' | 'branchId'>) {
  return { type: 'Staff', id, branchId };
}

const posts = (roles: readonly Role[]): Role[] => [...new Set(roles)];

/** By what tokens name the person, as it is stored. */
function stored({ externalId, email }: SignIn): SignIn {
  return {
    ...(externalId !== undefined && { externalId: externalId?.trim() ?? null }),
    ...(email !== undefined && { email: email === null ? null : emailKey(email) }),
  };
}

async function check(act: Act, input: Partial<NewPerson> | PersonChange, branch: Branch | null): Promise<void> {
  const { name, email, externalId, roles } = input;
  const number = 'number' in input ? input.number : undefined;
  const issues: Issue[] = checkNames({ name, email, externalId, ...(number !== undefined && { number }) });
  if (roles?.length === 0) issues.push({ path: 'input.roles', message: 'is empty' });
  if (!branch) issues.push({ path: 'input.branchId', message: 'is no branch' });
  else if (branch.closedAt) issues.push({ path: 'input.branchId', message: 'is a branch that is closed' });
  else if (!act.actor.place.covers(branch.id))
    issues.push({ path: 'input.branchId', message: 'is no branch of yours, nor one below' });
  if (issues.length === 0) issues.push(...(await taken(act, input)));
  if (issues.length > 0) throw new InvalidInput(issues);
}

/** Fields that name somebody else already. */
async function taken({ prisma }: Act, input: Partial<NewPerson> | PersonChange): Promise<Issue[]> {
  const { externalId, email } = stored(input);
  const number = 'number' in input ? input.number?.trim() : undefined;
  const names = Object.entries({ number, externalId, email });
  const found = await Promise.all(
    names.map(async ([field, value]) => {
      if (!value) return [];
      const other = await prisma.staff.findFirst({
        where: { [field]: value, ...('id' in input && { id: { not: input.id } }) },
        select: { id: true },
      });
      return other ? [{ path: `input.${field}`, message: 'names somebody who is there already' }] : [];
    }),
  );
  return found.flat();
}

/** Says which field names somebody else, also where they came in the meantime. */
async function namingTaken<Result>(
  act: Act,
  input: Partial<NewPerson> | PersonChange,
  writing: Promise<Result>,
): Promise<Result> {
  try {
    return await writing;
  } catch (error) {
    const issues = isUniqueViolation(error) ? await taken(act, input) : [];
    throw issues.length > 0 ? new InvalidInput(issues) : error;
  }
}

async function keepAdministered(tx: TransactionClient, person: Staff, organisation: Organisation): Promise<void> {
  if (!person.active || !person.roles.includes('ADMIN')) return;
  if (!isAdministered(await lockAdministrators(tx), person, organisation)) throw refuse('LAST_ADMINISTRATOR');
}
