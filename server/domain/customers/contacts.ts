import type { Caller, Services } from '../../engine/services/services.ts';
import { maskPhone } from '../../platform/access/mask.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { changesBetween, writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { customerFor } from './find.ts';

/** A decision maker on the customer's side, and how the relationship is strengthened (S02-forms). */
export interface ContactInput {
  /** A contact that is known already; a new one where it is left out. */
  readonly id?: string | null;
  readonly customerId: string;
  readonly name: string;
  /** General manager, deputy general manager, department manager, department supervisor ... */
  readonly role: string;
  readonly influence?: string | null;
  readonly relationship?: string | null;
  readonly competitorRelationship?: string | null;
  /** Left out, it stays as it is. */
  readonly phone?: string | null;
  readonly responsibleId?: string | null;
  readonly strengthenBy?: Date | null;
  readonly strengthening?: string | null;
  readonly remarks?: string | null;
}

const MAX_CONTACTS = 50;
const LIMITS = {
  name: 200,
  role: 100,
  influence: 500,
  relationship: 500,
  competitorRelationship: 500,
  strengthening: 1000,
  remarks: 1000,
} as const;

/** What of an entry in the trail says only that it changed. */
const HIDDEN = ['name', 'phone'];

/** Saves a row of the relationship strengthening table. Returns the contact's id. */
export async function saveContact(services: Services, caller: Caller, input: ContactInput): Promise<string> {
  const { database, clock, sealer } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'saveContact');
  const now = clock.now();
  const issues: Issue[] = [];
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  for (const field of ['name', 'role'] as const) if (input[field].trim() === '') say(field, 'is empty');
  for (const [field, limit] of Object.entries(LIMITS))
    if ((input[field as keyof typeof LIMITS]?.length ?? 0) > limit) say(field, `is longer than ${limit} characters`);
  if (input.phone && !/^\+?[\d\s()-]{5,32}$/.test(input.phone)) say('phone', 'is no telephone number');
  const [customer, before, responsible] = await Promise.all([
    customerFor(database, actor, input.customerId, {
      id: true,
      policyId: true,
      branchId: true,
      _count: { select: { contacts: true } },
    }),
    input.id
      ? database.prisma.contact.findFirst({
          where: { id: input.id, customerId: input.customerId, ...visibleThroughCustomer(actor) },
        })
      : null,
    input.responsibleId
      ? database.prisma.staff.findUnique({ where: { id: input.responsibleId }, select: { active: true } })
      : null,
  ]);
  if (!customer) throw new NotFound('Customer');
  if (input.id && !before) throw new NotFound('Contact');
  if (input.responsibleId && !responsible?.active) say('responsibleId', 'is nobody who works here');
  if (!before && customer._count.contacts >= MAX_CONTACTS) say('customerId', `has ${MAX_CONTACTS} contacts already`);
  if (issues.length > 0) throw new InvalidInput(issues);
  const id = before?.id ?? newId();
  const row = {
    name: input.name.trim(),
    role: input.role.trim(),
    influence: input.influence?.trim() ?? null,
    relationship: input.relationship?.trim() ?? null,
    competitorRelationship: input.competitorRelationship?.trim() ?? null,
    responsibleId: input.responsibleId ?? null,
    strengthenBy: input.strengthenBy ?? null,
    strengthening: input.strengthening?.trim() ?? null,
    remarks: input.remarks?.trim() ?? null,
  };
  const phone = input.phone?.trim();
  const style = services.policies.get(customer.policyId)?.declaration.phoneMask;
  const sealed = phone ? { phoneSealed: sealer.seal(phone, contactPlace(id)), phoneMask: maskPhone(phone, style) } : {};
  await inTransaction(database, async (tx) => {
    await tx.contact.upsert({
      where: { id },
      create: { id, customerId: customer.id, createdAt: now, ...row, ...sealed },
      update: { ...row, ...sealed },
      select: { id: true },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'SAVE_CONTACT',
      subject: { type: 'Contact', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: customer.id,
      changes: changesBetween({ ...before, phone: null }, { ...row, ...(phone && { phone }) }, HIDDEN),
    });
  });
  return id;
}

/** The place that a contact's telephone number is sealed to. */
export function contactPlace(contactId: string): string {
  return `contact|phone|${contactId}`;
}
