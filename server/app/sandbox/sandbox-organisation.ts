import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { Role } from '../../../prisma/generated/client/enums.ts';
import { newId } from '../../platform/values/ids.ts';

/** The lines of the bare organisation: the prefix of their branches' codes, and the policy that they run. */
const LINES = { BK: 'bank-vip', TL: 'telecom-vip', BB: 'broadband-key-account', CO: 'core' } as const;

const PLACES = { HQ: 'Head office', A: 'Outlet A', B: 'Outlet B' } as const;

/** Roles of the place above all lines. */
const SYSTEM_ROLES: readonly Role[] = [Role.ADMIN, Role.AUDITOR, Role.SERVICE];

/**
 * Creates the bare organisation: for each line a head office and two outlets, in each of them one person for each role,
 * and above them the place SYS.
 *
 * @param policyIds further business lines, of plugins: the codes of their branches begin with the id, e.g. `REPAIR-SHOP-A`
 * @returns staff by `branch code/role`
 */
export async function createOrganisation(
  prisma: Pick<PrismaClient, 'branch' | 'staff'>,
  at: Date,
  policyIds: readonly string[] = [],
): Promise<Record<string, string>> {
  const lines = { ...LINES, ...Object.fromEntries(policyIds.map((id) => [id.toUpperCase(), id])) };
  const staff: Record<string, string> = {};
  const people: {
    id: string;
    number: string;
    name: string;
    roles: Role[];
    branchId: string;
    active: boolean;
    ndaSignedAt: Date;
    createdAt: Date;
  }[] = [];
  const employ = (branchId: string, code: string, roles: readonly Role[]) => {
    for (const role of roles) {
      const id = newId();
      staff[`${code}/${role}`] = id;
      people.push({
        id,
        number: `${code}-${role}`,
        name: `${code} ${role}`,
        roles: [role],
        branchId,
        active: true,
        ndaSignedAt: at,
        createdAt: at,
      });
    }
  };
  const system = {
    id: newId(),
    code: 'SYS',
    name: 'System',
    parentId: null,
    policyIds: Object.values(lines),
    createdAt: at,
  };
  await prisma.branch.create({ data: { ...system, policyIds: [...system.policyIds] } });
  employ(system.id, 'SYS', SYSTEM_ROLES);
  for (const [prefix, policyId] of Object.entries(lines)) {
    const headOffice = newId();
    const branches = Object.entries(PLACES).map(([place, name]) => ({
      id: place === 'HQ' ? headOffice : newId(),
      code: `${prefix}-${place}`,
      name: `${prefix} ${name}`,
      parentId: place === 'HQ' ? system.id : headOffice,
      policyIds: [policyId],
      createdAt: at,
    }));
    await prisma.branch.createMany({ data: branches });
    for (const { id, code } of branches) employ(id, code, Object.values(Role));
  }
  await prisma.staff.createMany({ data: people });
  return staff;
}
