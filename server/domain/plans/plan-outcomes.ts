import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Role } from '../../../prisma/generated/client/enums.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { ApprovalOutcome, ApprovalOutcomes } from '../../engine/services/approval-outcome.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn, dueAtEndOf } from '../../platform/values/days.ts';
import { newId } from '../../platform/values/ids.ts';
import { lateFrom } from '../../platform/values/late.ts';
import { reserveBudget } from '../budget/ledger.ts';
import { milestoneDueOn, planKind } from './milestones.ts';
import { PLAN } from './plan-states.ts';

type Plan = Prisma.MaintenancePlanGetPayload<{ include: { measures: true } }>;

/** An approved plan reserves its budget and becomes tasks; a returned one goes back with its comments as the next version. */
const settle: NonNullable<ApprovalOutcome['settle']> = async (
  tx,
  writes,
  approval,
  { decision, comment, actor, at, services, organisation },
) => {
  const plan = await tx.maintenancePlan.findUniqueOrThrow({
    where: { id: approval.subjectId },
    include: { measures: { orderBy: { position: 'asc' } } },
  });
  await tx.planVersion.updateMany({
    where: { planId: plan.id, version: plan.version },
    data: { decision, comment, decidedAt: at },
  });
  if (decision !== 'APPROVE') {
    await tx.maintenancePlan.update({
      where: { id: plan.id },
      data: { status: PLAN[decision === 'RETURN' ? 'return' : 'reject'].to, version: { increment: 1 }, updatedAt: at },
      select: { id: true },
    });
    return;
  }
  await tx.maintenancePlan.update({
    where: { id: plan.id },
    data: { status: PLAN.approve.to, updatedAt: at },
    select: { id: true },
  });
  await reserveBudget(tx, plan, { byId: actor.id, at });
  writes.insert('task', ...plan.measures.map((measure) => measureTask(plan, measure, at)));
  const policy = services.policies.get(plan.policyId)?.declaration;
  const zone = zoneOf(policy);
  const { milestones = {} } = (policy && planKind(policy, plan.kind)) ?? {};
  for (const [code, milestone] of Object.entries(milestones)) {
    const { label, leadRole } = milestone;
    const dueAt = dueAtEndOf(milestoneDueOn(milestone, plan, dateIn(at, zone)), zone);
    const lead = await leaderOf(tx, plan, leadRole, organisation.headOffice(plan.branchId));
    addMilestone(writes, plan, { code, label: { ...label }, leadRole, assigneeId: lead, dueAt, at });
  }
};

/** What decisions about plans bring about. */
export const planOutcomes = { 'MaintenancePlan/PLAN': { settle } } as const satisfies ApprovalOutcomes;

/** The task that carries out a measure of an approved plan. */
export function measureTask(
  plan: Omit<Plan, 'measures'>,
  measure: Plan['measures'][number],
  at: Date,
): Prisma.TaskUncheckedCreateInput {
  return {
    id: newId(),
    key: `plan:${plan.id}:${plan.version}:${measure.position}`,
    customerId: plan.customerId,
    policyId: plan.policyId,
    branchId: plan.branchId,
    title: { en: measure.measure, zh: measure.measure },
    origin: 'PLAN',
    status: 'OPEN',
    dueAt: measure.dueAt,
    nextFireAt: lateFrom(measure.dueAt),
    purpose: 'CARE',
    channel: measure.way,
    assigneeId: measure.assigneeId ?? plan.ownerId,
    planId: plan.id,
    measureId: measure.id,
    createdAt: at,
  };
}

function addMilestone(
  writes: WriteSet,
  plan: Plan,
  given: {
    readonly code: string;
    readonly label: Prisma.InputJsonObject;
    readonly leadRole: Role;
    readonly assigneeId: string;
    readonly dueAt: Date;
    readonly at: Date;
  },
): void {
  const { code, label, leadRole, assigneeId, dueAt, at } = given;
  writes.insert('task', {
    id: newId(),
    key: `plan:${plan.id}:${plan.version}:milestone:${code}`,
    customerId: plan.customerId,
    policyId: plan.policyId,
    branchId: plan.branchId,
    title: label,
    origin: 'PLAN',
    status: 'OPEN',
    dueAt,
    nextFireAt: lateFrom(dueAt),
    purpose: 'OTHER',
    channel: 'INTERNAL',
    assigneeId,
    planId: plan.id,
    milestone: code,
    leadRole,
    createdAt: at,
  });
}

/**
 * Who leads a milestone: the plan's owner where the role is his, else the first of that role by number, at the plan's branch or,
 * failing that, at head office; where nobody has the role, the owner, who has to hand it on.
 */
async function leaderOf(tx: Prisma.TransactionClient, plan: Plan, role: Role, headOffice: string): Promise<string> {
  const owner = await tx.staff.findUnique({ where: { id: plan.ownerId }, select: { roles: true, active: true } });
  if (owner?.active && owner.roles.includes(role)) return plan.ownerId;
  for (const branchId of [plan.branchId, headOffice]) {
    const found = await tx.staff.findFirst({
      where: { branchId, active: true, roles: { has: role } },
      orderBy: { number: 'asc' },
      select: { id: true },
    });
    if (found) return found.id;
  }
  return plan.ownerId;
}
