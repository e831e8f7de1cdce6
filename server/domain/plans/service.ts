import { zoneOf } from '../../engine/policy/line-zone.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { type Asking, openApproval } from '../approvals/request.ts';
import { releaseBudget } from '../budget/ledger.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor, refuseDeparted } from '../customers/find-customer.ts';
import { checkPeople, measureRows, type PlanText, planColumns } from './draft.ts';
import { type FoundPlan, findPlan, planSubject } from './find-plan.ts';
import { requireCompletable, requireSubmittable } from './plan-checks.ts';
import { PLAN } from './plan-states.ts';
import { checkPlan, checkPlanKind } from './rules.ts';
import { checkSkipped, type SkippedMeasure } from './skipped.ts';
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
  return Act.begin(services, caller, 'draftPlan').once('draftPlan', idempotencyKey, input, (act) => draft(act, input));
}

async function draft(act: Act, input: PlanDraft): Promise<string> {
  const { actor, now } = act;
  const { database } = act.services;
  const customer = await customerFor(database, actor, input.customerId, CUSTOMER_FACTS);
  if (!customer) throw new NotFound('Customer');
  refuseDeparted(customer);
  const { declaration } = act.policyOf(customer);
  const issues = [
    ...checkPlan(input, zoneOf(declaration), act.now),
    ...(await checkPeople(act.services, customer, input)),
    ...checkPlanKind(declaration, input),
  ];
  if (issues.length > 0) throw new InvalidInput(issues);
  await act.guard(customer.policyId, {
    action: 'DRAFT_PLAN',
    customer: customerFacts(declaration, customer),
    input: { budget: input.budget.amount },
  });
  const id = newId();
  const about = { customerId: customer.id, policyId: customer.policyId, branchId: customer.branchId };
  const writes = new WriteSet()
    .insert('maintenance_plan', {
      id,
      ...about,
      version: 1,
      status: 'DRAFT',
      ...planColumns(input),
      spent: '0',
      ownerId: input.ownerId ?? actor.id,
      createdAt: now,
      updatedAt: now,
    })
    .insert('plan_measure', ...measureRows(id, input));
  await act.commit({ answer: id, audit: act.audit('DRAFT_PLAN', { type: 'MaintenancePlan', id, ...about }), writes });
  return id;
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
  const act = Act.begin(services, caller, PLAN.submit.by);
  const plan = await findPlan(act, id, expectedVersion);
  const { status } = plan;
  await requireSubmittable(act, plan);
  const asking = askingFor(act, plan);
  const about = { subject: { type: 'MaintenancePlan', id }, reason: plan.objective };
  const { actor, now } = act;
  await openApproval(services, asking, about, {
    add: (writes) =>
      writes
        .insert('plan_version', {
          id: newId(),
          planId: id,
          version: plan.version,
          content: contentOf(plan),
          submittedById: actor.id,
          submittedAt: now,
        })
        .insert('audit_entry', auditRow(statusEntry(act, 'SUBMIT_PLAN', plan, PLAN.submit.to))),
    after: async (tx, approvalId) => {
      const { count } = await tx.maintenancePlan.updateMany({
        where: { id, version: expectedVersion, status, updatedAt: plan.updatedAt },
        data: { status: PLAN.submit.to, approvalId, updatedAt: now },
      });
      if (count === 0) throw new Conflict(plan.version);
    },
  });
  return id;
}

function askingFor(act: Act, plan: FoundPlan): Asking {
  const policy = act.policyOf(plan);
  return {
    actor: act.actor,
    policy,
    kind: 'PLAN',
    branchId: plan.branchId,
    customer: plan.customer,
    customerFacts: customerFacts(policy.declaration, plan.customer),
    planId: plan.id,
    amount: { amount: plan.budget.toFixed(), currency: plan.currency },
    request: { kind: plan.kind, parts: plan.parts },
  };
}

function statusEntry(act: Act, action: string, plan: FoundPlan, after: string) {
  return act.audit(action, planSubject(plan), { changes: [{ field: 'status', before: plan.status, after }] });
}

/** A plan's closing; what was not carried out has a reason. */
export interface PlanClosing {
  readonly id: string;
  readonly expectedVersion: number;
  readonly summary: string;
  readonly skipped: readonly SkippedMeasure[];
}

/**
 * Closes an approved plan with its summary. Each measure was carried out, or says why it was not.
 *
 * @throws {InvalidInput} the summary is empty: the summary precedes the closing (S02-bank-maintenance)
 * @throws {Refused} MEASURES_OPEN
 */
export async function completePlan(
  services: Services,
  caller: Caller,
  { id, expectedVersion, summary, skipped }: PlanClosing,
): Promise<string> {
  const act = Act.begin(services, caller, PLAN.complete.by);
  if (summary.trim() === '')
    throw new InvalidInput([{ path: 'summary', message: 'is empty: the summary precedes the closing' }]);
  const plan = await findPlan(act, id, expectedVersion);
  await requireCompletable(act, plan);
  const reasons = checkSkipped(plan.measures, skipped);
  const { now } = act;
  await act.commit({
    audit: statusEntry(act, 'COMPLETE_PLAN', plan, PLAN.complete.to),
    async change(tx) {
      const { count } = await tx.maintenancePlan.updateMany({
        where: { id, version: expectedVersion, status: plan.status },
        data: { status: PLAN.complete.to, summary: summary.trim(), updatedAt: now },
      });
      if (count === 0) throw new Conflict(plan.version);
      await tx.planMeasure.updateMany({
        where: { planId: id, status: { in: ['OPEN', 'OVERDUE'] } },
        data: { status: 'SKIPPED' },
      });
      const over = { status: 'SKIPPED', completedAt: now, nextFireAt: null } as const;
      for (const [measureId, outcome] of reasons)
        await tx.task.updateMany({
          where: { measureId, status: { in: ['OPEN', 'OVERDUE'] } },
          data: { ...over, outcome },
        });
      // Milestones of the plan are no measures.
      await tx.task.updateMany({ where: { planId: id, status: { in: ['OPEN', 'OVERDUE'] } }, data: over });
      await releaseBudget(tx, plan, { byId: act.actor.id, at: now });
    },
  });
  return id;
}
