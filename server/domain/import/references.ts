import type { PrismaClient } from '../../../prisma/generated/client/client.ts';

export interface KnownBranch {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly policyIds: readonly string[];
}

export interface KnownStaff {
  readonly id: string;
  readonly active: boolean;
}

/** Branches by code and staff by number: what rows refer to. An organisation is small beside its customers. */
export interface References {
  readonly branches: ReadonlyMap<string, KnownBranch>;
  readonly staff: ReadonlyMap<string, KnownStaff>;
}

export async function readReferences(prisma: Pick<PrismaClient, 'branch' | 'staff'>): Promise<References> {
  const branches = await prisma.branch.findMany({
    select: { id: true, code: true, name: true, parentId: true, policyIds: true },
  });
  const staff = await prisma.staff.findMany({ select: { id: true, number: true, active: true } });
  return {
    branches: new Map(branches.map((branch) => [branch.code, branch])),
    staff: new Map(staff.map(({ number, ...person }) => [number, person])),
  };
}
