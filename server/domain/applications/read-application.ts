import { Decimal } from 'decimal.js';
import type { Application, MaintenancePlan, Prisma } from '../../../prisma/generated/client/client.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import { visible } from '../../platform/access/scope.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { CURRENCY } from '../../platform/values/money.ts';
import { own } from '../../platform/values/own.ts';
import type { Asking } from '../approvals/request.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor, refuseDeparted } from '../customers/find-customer.ts';
import { checkApplication, type NewApplication } from './rules.ts';

/** What an application asks for, with what it is about. */
export interface ReadApplication {
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
export async function readAsking(
  act: Act,
  input: NewApplication,
  before: Pick<Application, 'id' | 'emergency'> | null = null,
): Promise<ReadApplication> {
  const { actor } = act;
  const { database, policies } = act.services;
  const policy: InstalledPolicy = businessLine(policies.get(input.policyId), input.policyId);
  const policyId = policy.declaration.id;
  const declared = own(policy.declaration.applications, input.kind);
  if (!declared) {
    const kinds = Object.keys(policy.declaration.applications ?? {}).join(', ') || 'nothing';
    throw new InvalidInput([{ path: 'input.kind', message: `is nothing to apply for; ${policyId} has ${kinds}` }]);
  }
  const read = await policies.read(policyId, { of: 'FIELDS', application: input.kind, values: input.fields ?? {} });
  const { fields, issues } = checkApplication(declared, input, read);
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
  if (customer && declared.about === 'CUSTOMER') refuseDeparted(customer);
  if (input.planId && !plan) throw new NotFound('MaintenancePlan');
  if (plan) issues.push(...planIssues(plan, customer?.id, currency, before?.emergency === true));
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

function planIssues(
  plan: Pick<MaintenancePlan, 'customerId' | 'status' | 'currency'>,
  customerId: string | undefined,
  currency: string,
  wasEmergency: boolean,
): Issue[] {
  const issues: Issue[] = [];
  if (plan.customerId !== customerId) issues.push({ path: 'input.planId', message: 'is no plan of the customer' });
  // What was spent at once is approved afterwards, also when the plan is over.
  if (!wasEmergency && plan.status !== 'APPROVED' && plan.status !== 'IN_PROGRESS')
    issues.push({ path: 'input.planId', message: `is ${plan.status}, and has no budget to spend` });
  if (plan.currency !== currency) issues.push({ path: 'input.amount.currency', message: "is not the plan's" });
  return issues;
}
