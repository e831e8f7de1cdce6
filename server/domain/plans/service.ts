import { guard } from '../../engine/policy/guard.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { auditRow, writeAudit } from '../../platform/audit/audit.ts';
import { answerOnce, type Repeatable, writeOnce } from '../../platform/storage/idempotency.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { type Asking, openApproval } from '../approvals/request.ts';
import { releaseBudget } from '../budget/ledger.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { customerFor, refuseErased } from '../customers/find.ts';
import { checkPeople, measureRows, type PlanText, planColumns } from './draft.ts';
import { planKind } from './milestones.ts';
import { checkPlan, checkPlanKind } from './rules.ts';
import { contentOf } from './versions.ts';

export interface PlanDraft extends PlanText {
  readonly customerId: string;
}

/** Drafts a plan; its owner is the caller unless another is named. Returns its id. */
export async function draftPlan(
  services: Services,
  caller: Caller,
  input: PlanDraft,
  idempotencyKey?: string | null,
): Promise<string> {
  requirePermission(caller.actor, 'draftPlan');
  const request = { actorId: caller.actor.id, mutation: 'draftPlan', key: idempotencyKey, input };
  return answerOnce(services.database, request, () => draft(services, caller, input, request));
}

async function draft(services: Services, caller: Caller, input: PlanDraft, request: Repeatable): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  const now = clock.now();
  const [customer, unknown] = await Promise.all([
    customerFor(database, actor, input.customerId, CUSTOMER_FACTS),
    checkPeople(database, input),
  ]);
  if (!customer) throw new NotFound('Customer');
  const policy = policies.get(customer.policyId);
  if (!policy) throw new NotFound('Policy');
  const issues = [
    ...checkPlan(input, zoneOf(policy.declaration)),
    ...unknown,
    ...checkPlanKind(policy.declaration, input),
  ];
  if (issues.length > 0) throw new InvalidInput(issues);
  await guard(policies, customer.policyId, {
    now: now.toISOString(),
    action: 'DRAFT_PLAN',
    viewer: { roles: actor.roles },
    customer: customerFacts(policy.declaration, customer),
    ticket: null,
    input: { budget: input.budget.amount },
  });
  const id = newId();
  const writes = new WriteSet()
    .insert('maintenance_plan', {
      id,
      customerId: customer.id,
      policyId: customer.policyId,
      branchId: customer.branchId,
      version: 1,
      status: 'DRAFT',
      ...planColumns(input),
      spent: '0',
      ownerId: input.ownerId ?? actor.id,
      createdAt: now,
      updatedAt: now,
    })
    .insert('plan_measure', ...measureRows(id, input))
    .insert(
      'audit_entry',
      auditRow({
        at: now,
        actorId: actor.id,
        requestId,
        action: 'DRAFT_PLAN',
        subject: { type: 'MaintenancePlan', id },
        policyId: customer.policyId,
        branchId: customer.branchId,
        customerId: customer.id,
      }),
    );
  return writeOnce(database, request, now, writes, id);
}

/**
 * Submits a drafted or returned plan; the policy's route says who decides.
 *
 * @throws {Conflict} the plan is no longer at `expectedVersion`
 * @throws {Refused} it is not in a state to be submitted, or the policy's guard refuses
 */
export async function submitPlan(
  services: Services,
  caller: Caller,
  id: string,
  expectedVersion: number,
): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'submitPlan');
  const now = clock.now();
  const plan = await database.prisma.maintenancePlan.findFirst({
    where: { id, ...visibleThroughCustomer(actor) },
    include: { measures: { orderBy: { position: 'asc' } }, customer: { select: CUSTOMER_FACTS } },
  });
  if (!plan) throw new NotFound('MaintenancePlan');
  refuseErased(plan.customer);
  if (plan.version !== expectedVersion) throw new Conflict(plan.version);
  if (plan.status !== 'DRAFT' && plan.status !== 'RETURNED') {
    throw Refused.because('NOT_A_DRAFT', `A plan that is ${plan.status} is not submitted.`);
  }
  const policy = policies.get(plan.policyId);
  if (!policy) throw new NotFound('Policy');
  const facts = customerFacts(policy.declaration, plan.customer);
  const viewer = { roles: actor.roles };
  const input = {
    budget: plan.budget.toFixed(),
    measures: plan.measures.map(({ assigneeId }) => ({ assigned: assigneeId !== null })),
  };
  await guard(policies, plan.policyId, {
    now: now.toISOString(),
    action: 'SUBMIT_PLAN',
    viewer,
    customer: facts,
    ticket: null,
    input,
  });
  const asking: Asking = {
    actor,
    policy,
    kind: 'PLAN',
    branchId: plan.branchId,
    customer: plan.customer,
    customerFacts: facts,
    planId: id,
    amount: { amount: plan.budget.toFixed(), currency: plan.currency },
    request: { kind: plan.kind, parts: plan.parts },
  };
  const about = { subject: { type: 'MaintenancePlan', id }, reason: plan.objective };
  await openApproval(services, asking, about, {
    add: (writes) =>
      writes.insert('plan_version', {
        id: newId(),
        planId: id,
        version: plan.version,
        content: contentOf(plan),
        submittedById: actor.id,
        submittedAt: now,
      }),
    after: async (tx, approvalId) => {
      const { count } = await tx.maintenancePlan.updateMany({
        where: { id, version: expectedVersion, status: plan.status, updatedAt: plan.updatedAt },
        data: { status: 'SUBMITTED', approvalId, updatedAt: now },
      });
      if (count === 0) throw new Conflict(plan.version);
      await writeAudit(tx, {
        at: now,
        actorId: actor.id,
        requestId,
        action: 'SUBMIT_PLAN',
        subject: { type: 'MaintenancePlan', id },
        policyId: plan.policyId,
        branchId: plan.branchId,
        customerId: plan.customerId,
        changes: [{ field: 'status', before: plan.status, after: 'SUBMITTED' }],
      });
    },
  });
  return id;
}

/**
 * Closes an approved plan with its summary; measures that nobody carried out are marked as skipped.
 *
 * @throws {InvalidInput} the summary is empty: the summary precedes the closing (S02-bank-maintenance)
 */
export async function completePlan(
  services: Services,
  caller: Caller,
  id: string,
  expectedVersion: number,
  summary: string,
): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'completePlan');
  if (summary.trim() === '')
    throw new InvalidInput([{ path: 'summary', message: 'is empty: the summary precedes the closing' }]);
  const now = clock.now();
  const plan = await database.prisma.maintenancePlan.findFirst({
    where: { id, ...visibleThroughCustomer(actor) },
    include: { customer: { select: CUSTOMER_FACTS } },
  });
  if (!plan) throw new NotFound('MaintenancePlan');
  refuseErased(plan.customer);
  if (plan.version !== expectedVersion) throw new Conflict(plan.version);
  if (plan.status !== 'APPROVED' && plan.status !== 'IN_PROGRESS') {
    throw Refused.because('NOT_IN_EXECUTION', `A plan that is ${plan.status} is not closed.`);
  }
  const policy = policies.get(plan.policyId);
  if (!policy) throw new NotFound('Policy');
  if (planKind(policy.declaration, plan.kind)?.needsConfirmation && plan.confirmed !== true) {
    throw Refused.because('NO_CUSTOMER_CONFIRMATION', 'The customer has not confirmed to be satisfied.');
  }
  await guard(policies, plan.policyId, {
    now: now.toISOString(),
    action: 'COMPLETE_PLAN',
    viewer: { roles: actor.roles },
    customer: customerFacts(policy.declaration, plan.customer),
    ticket: null,
    input: {},
  });
  await inTransaction(database, async (tx) => {
    const { count } = await tx.maintenancePlan.updateMany({
      where: { id, version: expectedVersion, status: plan.status },
      data: { status: 'COMPLETED', summary: summary.trim(), updatedAt: now },
    });
    if (count === 0) throw new Conflict(plan.version);
    await tx.planMeasure.updateMany({
      where: { planId: id, status: { in: ['OPEN', 'OVERDUE'] } },
      data: { status: 'SKIPPED' },
    });
    await tx.task.updateMany({
      where: { planId: id, status: { in: ['OPEN', 'OVERDUE'] } },
      data: { status: 'SKIPPED', completedAt: now, nextFireAt: null },
    });
    await releaseBudget(tx, plan, { byId: actor.id, at: now });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'COMPLETE_PLAN',
      subject: { type: 'MaintenancePlan', id },
      policyId: plan.policyId,
      branchId: plan.branchId,
      customerId: plan.customerId,
      changes: [{ field: 'status', before: plan.status, after: 'COMPLETED' }],
    });
  });
  return id;
}
