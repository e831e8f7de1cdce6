import type { ActionWithInput } from '../../engine/policy/action-inputs.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { applicationStanding } from '../applications/standing.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor, refuseDeparted } from '../customers/find-customer.ts';
import { writeInteraction } from './write-interaction.ts';

export interface Advice {
  readonly customerId: string;
  readonly product: string;
  /** 1, the lowest, to 5. */
  readonly riskLevel: number;
}

/** Records that a product was advised, if its risk is the customer's to bear. Returns the interaction's id. */
export async function adviseProduct(
  services: Services,
  caller: Caller,
  { customerId, product, riskLevel }: Advice,
): Promise<string> {
  const act = Act.begin(services, caller, 'recordInteraction');
  const issues: Issue[] = [];
  if (product.trim() === '') issues.push({ path: 'input.product', message: 'is empty' });
  if (riskLevel < 1 || riskLevel > 5) issues.push({ path: 'input.riskLevel', message: 'is not between 1 and 5' });
  if (issues.length > 0) throw new InvalidInput(issues);
  return recordGuarded(act, customerId, {
    guarded: () => ({ action: 'ADVISE_PRODUCT', input: { riskLevel } }),
    summary: `Advised ${product.trim()} (risk ${riskLevel}).`,
    purpose: 'SUGGEST',
  });
}

export interface Activation {
  readonly customerId: string;
  readonly service: string;
  /** Where the customer's consent to this service is recorded. */
  readonly consentEvidence?: string | null;
}

/** Records that a service was switched on, if the customer's consent to it is on record. Returns the interaction's id. */
export async function activateService(
  services: Services,
  caller: Caller,
  { customerId, service, consentEvidence }: Activation,
): Promise<string> {
  const act = Act.begin(services, caller, 'recordInteraction');
  if (service.trim() === '') throw new InvalidInput([{ path: 'input.service', message: 'is empty' }]);
  const evidence = consentEvidence?.trim() ?? '';
  return recordGuarded(act, customerId, {
    guarded: async (customer) => ({
      action: 'ACTIVATE_SERVICE',
      input: {
        consentRecorded: evidence !== '',
        application: await applicationStanding(services, customer),
      },
    }),
    summary: `Switched on ${service.trim()}; consent: ${evidence}.`,
    purpose: 'OTHER',
  });
}

async function recordGuarded(
  act: Act,
  customerId: string,
  {
    guarded,
    summary,
    purpose,
  }: {
    readonly guarded: (customer: {
      readonly id: string;
      readonly policyId: string;
    }) => ActionWithInput | Promise<ActionWithInput>;
    readonly summary: string;
    readonly purpose: 'SUGGEST' | 'OTHER';
  },
): Promise<string> {
  const { services } = act;
  const customer = await customerFor(services.database, act.actor, customerId, CUSTOMER_FACTS);
  const policy = customer && services.policies.get(customer.policyId);
  if (!policy) throw new NotFound('Customer');
  refuseDeparted(customer);
  const question = await guarded(customer);
  await act.guard(customer.policyId, { ...question, customer: customerFacts(policy.declaration, customer) });
  const { id, policyId, branchId } = customer;
  const { action } = question;
  return writeInteraction(act, { action, customerId: id, policyId, branchId, channel: 'INTERNAL', purpose, summary });
}
