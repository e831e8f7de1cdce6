import { createBranch } from '../../domain/staff/branches.ts';
import { createStaff, endStaff, updateStaff } from '../../domain/staff/service.ts';
import { type Held, held } from '../../domain/staff/sql.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { OPERATOR } from '../../platform/access/operator.ts';
import { ROLES, type Role } from '../../platform/values/enums.ts';
import { InvalidInput, NotFound } from '../../platform/values/errors.ts';

// What `tierline staff` does, by the same rules as the mutations. The audit trail has no person for it, but says by which command
// and under which name on the machine.

const caller: Caller = { actor: OPERATOR, requestId: null };

/** A person as the command shows them. */
export interface Person {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly branch: string;
  readonly roles: readonly Role[];
  readonly active: boolean;
  readonly externalId: string | null;
  readonly email: string | null;
}

/** @param all those who left, too */
export async function listStaff({ database }: Services, all: boolean): Promise<Person[]> {
  const rows = await database.prisma.staff.findMany({
    where: all ? {} : { active: true },
    include: { branch: { select: { code: true } } },
    orderBy: { number: 'asc' },
  });
  return rows.map(({ id, number, name, branch, roles, active, externalId, email }) => ({
    id,
    number,
    name,
    branch: branch.code,
    roles,
    active,
    externalId,
    email,
  }));
}

export interface Addition {
  readonly number: string;
  readonly name: string;
  readonly branch: string;
  readonly roles: readonly string[];
  readonly externalId?: string | undefined;
  readonly email?: string | undefined;
  readonly by: string;
}

/**
 * Takes somebody up. Where there is no branch at all the named one is opened as the place above all others, which runs every line:
 * so the first administrator needs nothing but this.
 */
export async function addStaff(
  services: Services,
  { branch: code, by, ...person }: Addition,
): Promise<{ readonly person: Person; readonly isFirstBranch: boolean }> {
  const { prisma } = services.database;
  const known = await prisma.branch.findUnique({ where: { code }, select: { id: true } });
  const isFirstBranch = !known && (await prisma.branch.count()) === 0;
  if (!known && !isFirstBranch) throw new InvalidInput([{ path: '--branch', message: `${code} is no branch` }]);
  const roles = rolesOf(person.roles);
  const lines = services.policies
    .all()
    .flatMap(({ declaration }) => (declaration.businessLine ? [declaration.id] : []));
  const branchId =
    known?.id ?? (await createBranch(services, caller, { code, name: code, parentId: null, policyIds: lines }));
  const id = await createStaff(services, caller, { ...person, roles, branchId, reason: by });
  return { person: await readPerson(services, { id }), isFirstBranch };
}

export interface Grant {
  readonly roles: readonly string[];
  readonly revoke: readonly string[];
  readonly externalId?: string | undefined;
  readonly email?: string | undefined;
  readonly by: string;
}

/** Gives posts to a person and takes them away, and says by what tokens name them. */
export async function grantStaff(
  services: Services,
  number: string,
  { roles, revoke, by, ...signIn }: Grant,
): Promise<Person> {
  const before = await readPerson(services, { number });
  const taken = rolesOf(revoke);
  const after = [...new Set([...before.roles, ...rolesOf(roles)])].filter((role) => !taken.includes(role));
  await updateStaff(services, caller, { id: before.id, roles: after, ...signIn, reason: by });
  return readPerson(services, { number });
}

/** Ends what somebody may do. @returns what they have in hand, for others to take over */
export async function dismissStaff(
  services: Services,
  number: string,
  reason: string,
): Promise<{ readonly person: Person; readonly held: readonly Held[] }> {
  const { id } = await readPerson(services, { number });
  await endStaff(services, caller, { id, reason });
  const hands = await held(services.database.prisma, id, services.clock.now());
  return { person: await readPerson(services, { id }), held: hands };
}

async function readPerson(services: Services, where: { id: string } | { number: string }): Promise<Person> {
  const row = await services.database.prisma.staff.findUnique({
    where: 'id' in where ? { id: where.id } : { number: where.number },
    include: { branch: { select: { code: true } } },
  });
  if (!row) throw new NotFound('Staff');
  const { id, number, name, roles, active, externalId, email } = row;
  return { id, number, name, branch: row.branch.code, roles, active, externalId, email };
}

function rolesOf(texts: readonly string[]): Role[] {
  return texts.map((text) => {
    const role = ROLES.find((one) => one === text.toUpperCase());
    if (!role) throw new InvalidInput([{ path: 'role', message: `${text} is none of ${ROLES.join(', ')}` }]);
    return role;
  });
}
