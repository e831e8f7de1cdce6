import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Issue } from '../../platform/values/errors.ts';

/** A person to whom a ticket may be given: whether they are there, and for which lines they work. */
export type Assignee = Prisma.StaffGetPayload<{ select: { active: true; branch: { select: { policyIds: true } } } }>;

export function findAssignee({ database }: Pick<Services, 'database'>, id: string): Promise<Assignee | null> {
  const select = { active: true, branch: { select: { policyIds: true } } } as const;
  return database.prisma.staff.findUnique({ where: { id }, select });
}

/** Who works on a ticket has to see it. */
export function checkAssignee(assignee: Assignee | null, policyId: string): Issue[] {
  if (!assignee?.active) return [{ path: 'input.assigneeId', message: 'is nobody who works here' }];
  if (assignee.branch.policyIds.includes(policyId)) return [];
  return [{ path: 'input.assigneeId', message: 'is nobody who works in this business line' }];
}
