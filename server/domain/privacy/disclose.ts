import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { type AuditFacts, auditRow, writeAudit } from '../../platform/audit/audit.ts';
import { noteRefusedRead } from '../../platform/audit/refused-read.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { customerFor } from '../customers/find.ts';

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
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'discloseCustomer');
  const issues = checkDisclosure(input);
  if (issues.length > 0) throw new InvalidInput(issues);
  const customer = await customerFor(database, actor, input.customerId, {
    id: true,
    policyId: true,
    branchId: true,
    mayDisclose: true,
  });
  if (!customer) {
    noteRefusedRead(services, caller, input.customerId);
    throw new NotFound('Customer');
  }
  const now = clock.now();
  const { policyId, branchId } = customer;
  const legalBasis = input.legalBasis?.trim() || null;
  const [recipient, purpose] = [input.recipient.trim(), input.purpose.trim()];
  const items = input.items.map((item) => item.trim());
  const entry: Omit<AuditFacts, 'action' | 'subject'> = {
    at: now,
    actorId: actor.id,
    requestId,
    policyId,
    branchId,
    customerId: customer.id,
    reason: purpose,
    changes: [
      { field: 'recipient', before: null, after: recipient },
      { field: 'items', before: null, after: items.join(', ') },
      { field: 'ground', before: null, after: legalBasis ?? (customer.mayDisclose ? 'the customer allows it' : null) },
    ],
  };
  if (!legalBasis && customer.mayDisclose !== true) {
    await writeAudit(database.prisma, {
      ...entry,
      action: 'REFUSED_DISCLOSURE',
      subject: { type: 'Customer', id: customer.id },
    });
    throw Refused.because('NO_GROUND_TO_DISCLOSE', 'Neither the law nor the customer allows it.');
  }
  const id = newId();
  await new WriteSet()
    .insert('disclosure', {
      id,
      policyId,
      branchId,
      customerId: customer.id,
      recipient,
      items,
      purpose,
      legalBasis,
      byId: actor.id,
      disclosedAt: now,
    })
    .insert('audit_entry', auditRow({ ...entry, action: 'DISCLOSE_CUSTOMER', subject: { type: 'Disclosure', id } }))
    .execute(database);
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
