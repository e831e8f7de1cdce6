import { accessRules } from '../../engine/services/access-rules.ts';
import { ActorReader } from '../../platform/access/actor-reader.ts';
import { unfitFor, type Work } from '../../platform/access/person-at-work.ts';
import type { ImportServices } from './kind.ts';

export interface KnownBranch {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly policyIds: readonly string[];
  readonly closedAt?: Date | null;
}

export interface KnownStaff {
  readonly id: string;
}

/** Branches by code and staff by number: what rows refer to. An organisation is small beside its customers. */
export interface References {
  readonly branches: ReadonlyMap<string, KnownBranch>;
  readonly staff: ReadonlyMap<string, KnownStaff>;
  /** Why work may not be given to somebody, by the rule that commands go by; null where it may, or nobody is named. */
  unfit(
    work: Work,
    staffId: string | null,
    about: { readonly policyId: string; readonly branchId: string },
  ): string | null;
}

export async function readReferences({
  database: { prisma },
  policies,
}: Pick<ImportServices, 'database' | 'policies'>): Promise<References> {
  const branches = await prisma.branch.findMany({
    select: { id: true, code: true, name: true, parentId: true, policyIds: true, closedAt: true },
  });
  const staff = await prisma.staff.findMany({ select: { id: true, number: true } });
  const atWork = await new ActorReader(prisma, accessRules(policies)).peopleAtWork(staff.map(({ id }) => id));
  return {
    branches: new Map(branches.map((branch) => [branch.code, branch])),
    staff: new Map(staff.map(({ id, number }) => [number, { id }])),
    unfit: (work, staffId, about) => (staffId === null ? null : unfitFor(work, atWork.get(staffId), about)),
  };
}
