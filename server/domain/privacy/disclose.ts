import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { customerFor } from '../customers/find-customer.ts';
import { visibleFile } from './visible-file.ts';

export interface DisclosureInput {
  readonly customerId: string;
  /** Who asks. */
  readonly recipient: string;
  /** What is told, e.g. `balances`. */
  readonly items: readonly string[];
  readonly purpose: string;
  /** The law or order that demands it. */
  readonly legalBasis?: string | null;
}

/**
 * Registers that something is told to a third party about a customer, before it is told.
 *
 * @returns the disclosure's id
 * @throws {Refused} neither the law nor the customer allows it (S03-rural-credit-vip, A-015; S00-crm-process, A-181); the
 *   refusal is in the audit trail
 */
export async function discloseCustomer(services: Services, caller: Caller, input: DisclosureInput): Promise<string> {
  const act = Act.begin(services, caller, 'discloseCustomer');
  const issues = checkDisclosure(input);
  if (issues.length > 0) throw new InvalidInput(issues);
  const select = { id: true, policyId: true, branchId: true, mayDisclose: true };
  const search = customerFor(services.database, act.actor, input.customerId, select);
  const { mayDisclose, ...customer } = await visibleFile(act, input.customerId, search);
  const legalBasis = input.legalBasis?.trim() || null;
  const [recipient, purpose] = [input.recipient.trim(), input.purpose.trim()];
  const items = input.items.map((item) => item.trim());
  const { policyId, branchId } = customer;
  const about = { policyId, branchId, customerId: customer.id };
  const changes = [
    { field: 'recipient', before: null, after: recipient },
    { field: 'items', before: null, after: items.join(', ') },
    { field: 'ground', before: null, after: legalBasis ?? (mayDisclose ? 'the customer allows it' : null) },
  ];
  const more = { reason: purpose, changes };
  if (!legalBasis && mayDisclose !== true) {
    const subject = { type: 'Customer', id: customer.id, ...about };
    await act.commit({ audit: act.audit('REFUSED_DISCLOSURE', subject, more) });
    throw refuse('NO_GROUND_TO_DISCLOSE');
  }
  const id = newId();
  const disclosure = { recipient, items, purpose, legalBasis, byId: act.actor.id, disclosedAt: act.now };
  await act.commit({
    audit: act.audit('DISCLOSE_CUSTOMER', { type: 'Disclosure', id, ...about }, more),
    writes: new WriteSet().insert('disclosure', { id, ...about, ...disclosure }),
  });
  return id;
}

function checkDisclosure({ recipient, items, purpose, legalBasis }: DisclosureInput): Issue[] {
  const issues: Issue[] = [];
  for (const [path, text] of Object.entries({ recipient, purpose, legalBasis: legalBasis ?? 'none' })) {
    if (path !== 'legalBasis' && text.trim() === '') issues.push({ path: `input.${path}`, message: 'is empty' });
    if (text.length > 500) issues.push({ path: `input.${path}`, message: 'is longer than 500 characters' });
  }
  if (items.length === 0 || items.length > 50) issues.push({ path: 'input.items', message: 'names 1 to 50 things' });
  for (const [index, item] of items.entries()) {
    if (item.trim() === '' || item.length > 100)
      issues.push({ path: `input.items[${index}]`, message: 'has 1 to 100 characters' });
  }
  return issues;
}
