import { Decimal } from 'decimal.js';
import type { Application, Prisma } from '../../../prisma/generated/client/client.ts';
import type { ApplicationDeclaration } from '../../engine/policy/contract.ts';
import { guard } from '../../engine/policy/guard.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { auditRow, writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, InvalidInput, type Issue, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CURRENCY, moneyIssues, type StatedMoney } from '../../platform/values/money.ts';
import { type Asking, openApproval, routeOf } from '../approvals/request.ts';
import { moveRatification } from '../approvals/route.ts';
import { consumeBudget } from '../budget/ledger.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { customerFor, refuseErased } from '../customers/find.ts';

export interface ApplicationContent {
  /** What the policy declares for the kind. */
  readonly fields?: unknown;
  readonly amount?: StatedMoney | null;
  readonly reason: string;
}

export interface NewApplication extends ApplicationContent {
  readonly policyId: string;
  readonly kind: string;
  readonly customerId?: string | null;
  readonly planId?: string | null;
  /** It is done at once, and approved afterwards. */
  readonly emergency?: boolean | null;
}

/** The largest application that is stored, in characters of JSON. */
const MAX_FIELDS = 16_384;

/**
 * Checks an application's content against what the policy declares for its kind.
 *
 * @returns the fields as the policy's schema reads them, or what is wrong with each
 */
export function readApplication(
  { fields: schema, amount: needed }: ApplicationDeclaration,
  { fields, amount, reason }: ApplicationContent,
): { fields: Record<string, unknown>; issues: Issue[] } {
  const issues: Issue[] = [];
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  if (reason.trim() === '') say('reason', 'is empty');
  if (reason.length > 2000) say('reason', 'is longer than 2,000 characters');
  if (needed === 'REQUIRED' && !amount) say('amount', 'is missing: it is about money');
  if (needed !== 'REQUIRED' && amount) say('amount', 'is not asked for: it is about no money');
  if (amount) issues.push(...moneyIssues(amount, 'input.amount', 'POSITIVE'));
  if (JSON.stringify(fields ?? {}).length > MAX_FIELDS) say('fields', `are longer than ${MAX_FIELDS} characters`);
  const read = schema.strict().safeParse(fields ?? {});
  if (!read.success)
    for (const { path, message } of read.error.issues)
      say(['fields', ...path.map(String)].join('.'), message.endsWith('received undefined') ? 'is missing' : message);
  return { fields: (read.data ?? {}) as Record<string, unknown>, issues };
}

/**
 * Applies for something that the policy lets people apply for; its route says who decides. An emergency is carried out at
 * once, where the policy allows it, and approved afterwards. Returns the application's id.
 */
export async function submitApplication(services: Services, caller: Caller, input: NewApplication): Promise<string> {
  const { clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'submitApplication');
  const asked = await readAsking(services, actor, input);
  const { asking, fields, customer } = asked;
  const now = clock.now();
  await guardApplication(services, actor, asking);
  const emergency = input.emergency === true;
  const id = newId();
  const { policy, kind, branchId, planId, amount } = asking;
  const policyId = policy.declaration.id;
  await openApproval(
    services,
    asking,
    { subject: { type: 'Application', id }, reason: input.reason.trim(), emergency },
    {
      add: (writes, approvalId) =>
        writes
          .insert('application', {
            id,
            kind,
            policyId,
            branchId,
            customerId: customer?.id ?? null,
            planId,
            fields: fields as Prisma.InputJsonObject,
            amount: amount?.amount ?? null,
            currency: amount?.currency ?? null,
            reason: input.reason.trim(),
            emergency,
            state: 'PENDING',
            approvalId,
            version: 1,
            submittedById: actor.id,
            submittedAt: now,
            carriedOutAt: emergency ? now : null,
          })
          .insert(
            'audit_entry',
            auditRow({
              at: now,
              actorId: actor.id,
              requestId,
              action: emergency ? 'ACT_IN_EMERGENCY' : 'SUBMIT_APPLICATION',
              subject: { type: 'Application', id },
              policyId,
              branchId,
              customerId: customer?.id ?? null,
              reason: input.reason.trim(),
            }),
          ),
      after: async (tx) => {
        if (!emergency || !asked.plan || !amount) return;
        const purpose = input.reason.trim();
        await consumeBudget(tx, asked.plan, amount.amount, { byId: actor.id, at: now, purpose, applicationId: id });
      },
    },
  );
  return id;
}

/**
 * Submits a returned application again, with what was changed; it is decided anew.
 *
 * @throws {Refused} NOT_RETURNED: it is pending, which locks it, or decided
 */
export async function resubmitApplication(
  services: Services,
  caller: Caller,
  input: ApplicationContent & { readonly id: string; readonly expectedVersion: number },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'submitApplication');
  const found = await database.prisma.application.findFirst({
    where: { id: input.id, ...visible(actor) },
    include: { approval: { select: { id: true, ratifyBy: true } }, customer: { select: { erasedAt: true } } },
  });
  if (!found) throw new NotFound('Application');
  refuseErased(found.customer);
  if (found.version !== input.expectedVersion) throw new Conflict(found.version);
  if (found.state !== 'RETURNED')
    throw Refused.because('NOT_RETURNED', `An application that is ${found.state} is not submitted again.`);
  const { kind, policyId, customerId, planId, emergency } = found;
  const again = { ...input, kind, policyId, customerId, planId };
  const { asking, fields } = await readAsking(services, actor, again, found);
  const issues: Issue[] = [];
  if (emergency && asking.amount && found.amount && !found.amount.equals(asking.amount.amount))
    issues.push({ path: 'input.amount.amount', message: 'is another than was spent at once' });
  if (emergency && asking.amount && found.currency !== asking.amount.currency)
    issues.push({ path: 'input.amount.currency', message: 'is another than was spent at once' });
  if (issues.length > 0) throw new InvalidInput(issues);
  await guardApplication(services, actor, asking);
  const now = clock.now();
  await openApproval(
    services,
    asking,
    {
      subject: { type: 'Application', id: found.id },
      reason: input.reason.trim(),
      emergency,
      ratifyBy: found.approval?.ratifyBy ?? null,
    },
    {
      after: async (tx, approvalId) => {
        if (emergency && found.approval) await moveRatification(tx, found.approval.id, approvalId);
        const { count } = await tx.application.updateMany({
          where: { id: found.id, version: found.version, state: 'RETURNED' },
          data: {
            state: 'PENDING',
            approvalId,
            fields: fields as Prisma.InputJsonObject,
            amount: asking.amount?.amount ?? null,
            currency: asking.amount?.currency ?? null,
            reason: input.reason.trim(),
            submittedById: actor.id,
            submittedAt: now,
          },
        });
        if (count === 0) throw new Conflict(found.version);
        await writeAudit(tx, {
          at: now,
          actorId: actor.id,
          requestId,
          action: 'RESUBMIT_APPLICATION',
          subject: { type: 'Application', id: found.id },
          policyId,
          branchId: found.branchId,
          customerId,
          reason: input.reason.trim(),
        });
      },
    },
  );
  return found.id;
}

/**
 * Carries out what was applied for: the change is made, the purchase placed, the service activated.
 *
 * @throws {Refused} NOT_APPROVED: nobody has approved it yet
 */
export async function carryOutApplication(services: Services, caller: Caller, id: string): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'carryOutApplication');
  const now = clock.now();
  const found = await database.prisma.application.findFirst({
    where: { id, ...visible(actor) },
    include: { customer: { select: { erasedAt: true } } },
  });
  if (!found) throw new NotFound('Application');
  refuseErased(found.customer);
  if (found.carriedOutAt) throw Refused.because('ALREADY_CARRIED_OUT', 'It was carried out before.');
  if (found.state !== 'APPROVED')
    throw Refused.because('NOT_APPROVED', `An application that is ${found.state} is not carried out.`);
  await inTransaction(database, async (tx) => {
    const { count } = await tx.application.updateMany({
      where: { id, state: 'APPROVED', carriedOutAt: null },
      data: { carriedOutAt: now },
    });
    if (count === 0) throw new Conflict(null);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'CARRY_OUT_APPLICATION',
      subject: { type: 'Application', id },
      policyId: found.policyId,
      branchId: found.branchId,
      customerId: found.customerId,
    });
  });
  return id;
}

/** Who would have to approve an application, and the amount that it adds up to. Writes nothing. */
export async function previewApplication(services: Services, { actor }: Caller, input: NewApplication) {
  requirePermission(actor, 'submitApplication');
  const { asking } = await readAsking(services, actor, input);
  return { ...(await routeOf(services, asking)), branchId: asking.branchId };
}

interface Read {
  readonly asking: Asking;
  readonly fields: Record<string, unknown>;
  readonly customer: Prisma.CustomerGetPayload<{ select: typeof CUSTOMER_FACTS }> | null;
  readonly plan: Prisma.MaintenancePlanGetPayload<object> | null;
}

/**
 * The declared kind, the customer and the plan of an application, and what is wrong with it.
 *
 * @param before as it was asked for before, where it is asked for anew
 */
async function readAsking(
  services: Services,
  actor: Actor,
  input: NewApplication,
  before: Pick<Application, 'id' | 'emergency'> | null = null,
): Promise<Read> {
  const { database, policies } = services;
  const policy: InstalledPolicy = businessLine(policies.get(input.policyId), input.policyId);
  const policyId = policy.declaration.id;
  const declared = policy.declaration.applications?.[input.kind];
  if (!declared) {
    const kinds = Object.keys(policy.declaration.applications ?? {}).join(', ') || 'nothing';
    throw new InvalidInput([{ path: 'input.kind', message: `is nothing to apply for; ${policyId} has ${kinds}` }]);
  }
  const { fields, issues } = readApplication(declared, input);
  if (!actor.policyIds.includes(policyId))
    issues.push({ path: 'input.policyId', message: 'is not run at your branch' });
  if (declared.about === 'CUSTOMER' && !input.customerId)
    issues.push({ path: 'input.customerId', message: 'is missing: it is about a customer' });
  if (declared.about === 'LINE' && input.customerId)
    issues.push({ path: 'input.customerId', message: 'is not asked for: it is about no customer' });
  const currency = input.amount?.currency ?? CURRENCY;
  const [customer, plan] = await Promise.all([
    input.customerId ? customerFor(database, actor, input.customerId, CUSTOMER_FACTS, { policyId }) : null,
    input.planId
      ? database.prisma.maintenancePlan.findFirst({ where: { AND: [{ id: input.planId, policyId }, visible(actor)] } })
      : null,
  ]);
  if (input.customerId && !customer) throw new NotFound('Customer');
  if (input.planId && !plan) throw new NotFound('MaintenancePlan');
  if (plan && plan.customerId !== customer?.id)
    issues.push({ path: 'input.planId', message: 'is no plan of the customer' });
  // What was spent at once is approved afterwards, also when the plan is over.
  if (plan && !before?.emergency && plan.status !== 'APPROVED' && plan.status !== 'IN_PROGRESS')
    issues.push({ path: 'input.planId', message: `is ${plan.status}, and has no budget to spend` });
  if (plan && plan.currency !== currency) issues.push({ path: 'input.amount.currency', message: "is not the plan's" });
  if (issues.length > 0) throw new InvalidInput(issues);
  const asking: Asking = {
    actor,
    policy,
    kind: input.kind,
    branchId: customer?.branchId ?? actor.branchId,
    customer,
    customerFacts: customer && customerFacts(policy.declaration, customer),
    planId: plan?.id ?? null,
    subjectId: before?.id ?? null,
    amount: input.amount ? { amount: new Decimal(input.amount.amount).toFixed(2), currency } : null,
    request: fields,
  };
  return { asking, fields, customer, plan };
}

async function guardApplication({ policies, clock }: Services, actor: Actor, asking: Asking): Promise<void> {
  await guard(policies, asking.policy.declaration.id, {
    now: clock.now().toISOString(),
    action: 'SUBMIT_APPLICATION',
    viewer: { roles: actor.roles },
    customer: asking.customerFacts,
    ticket: null,
    input: {
      kind: asking.kind,
      amount: asking.amount?.amount ?? null,
      currency: asking.amount?.currency ?? null,
    },
  });
}
