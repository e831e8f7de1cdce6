import { Act } from '../../engine/services/act.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { maskPhone } from '../../platform/access/mask.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { telephoneOf } from '../../platform/values/telephone.ts';
import { customerFor } from './find-customer.ts';

/**
 * A decision maker on the customer's side, and how the relationship is strengthened (S02-forms): a row as a whole, so that what
 * is left out is emptied, but the telephone number, which nobody reads back.
 */
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
  /** Left out, it stays as it is; null empties it. */
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
  const act = Act.begin(services, caller, 'saveContact');
  const { customer, before } = await checkContact(act, input);
  const id = before?.id ?? newId();
  const row = rowOf(input);
  const style = services.policies.get(customer.policyId)?.declaration.phoneMask;
  const phone = input.phone ? telephoneOf(input.phone)?.text : input.phone;
  const known = before?.phoneSealed ? services.sealer.open(before.phoneSealed, contactPlace(id)) : null;
  const isOtherPhone = phone !== undefined && phone !== known;
  const sealed = !isOtherPhone
    ? {}
    : {
        phoneSealed: phone && services.sealer.seal(phone, contactPlace(id)),
        phoneMask: phone && maskPhone(phone, style),
      };
  const changes = changesBetween(
    { ...before, phone: before?.phoneMask ?? null },
    { ...row, ...(isOtherPhone && { phone }) },
    HIDDEN,
  );
  if (before && changes.length === 0) throw new InvalidInput([{ path: 'input', message: 'changes nothing' }]);
  const { policyId, branchId } = customer;
  await act.commit({
    audit: act.audit('SAVE_CONTACT', { type: 'Contact', id, policyId, branchId, customerId: customer.id }, { changes }),
    async change(tx) {
      await tx.contact.upsert({
        where: { id },
        create: { id, customerId: customer.id, createdAt: act.now, ...row, ...sealed },
        update: { ...row, ...sealed },
        select: { id: true },
      });
    },
  });
  return id;
}

/** The customer, and the contact as it was; null where it is a new one. */
async function checkContact(act: Act, input: ContactInput) {
  const { prisma } = act;
  const issues = checkFields(input);
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  const [customer, before] = await Promise.all([
    customerFor(act.services.database, act.actor, input.customerId, {
      id: true,
      policyId: true,
      branchId: true,
      _count: { select: { contacts: true } },
    }),
    input.id
      ? prisma.contact.findFirst({
          where: { id: input.id, customerId: input.customerId, ...visibleThroughCustomer(act.actor) },
        })
      : null,
  ]);
  if (!customer) throw new NotFound('Customer');
  if (input.id && !before) throw new NotFound('Contact');
  if (input.responsibleId !== before?.responsibleId) {
    const responsible = { work: 'CUSTOMER', staffId: input.responsibleId, path: 'input.responsibleId' } as const;
    issues.push(...(await checkGiven(act.services, customer, [responsible])));
  }
  if (!before && customer._count.contacts >= MAX_CONTACTS) say('customerId', `has ${MAX_CONTACTS} contacts already`);
  if (issues.length > 0) throw new InvalidInput(issues);
  return { customer, before };
}

function checkFields(input: ContactInput): Issue[] {
  const issues: Issue[] = [];
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  for (const field of ['name', 'role'] as const) if (input[field].trim() === '') say(field, 'is empty');
  for (const [field, limit] of Object.entries(LIMITS))
    if ((input[field as keyof typeof LIMITS]?.length ?? 0) > limit) say(field, `is longer than ${limit} characters`);
  if (input.phone && !telephoneOf(input.phone)) say('phone', 'is no telephone number');
  return issues;
}

/** The columns that the input fills, but the telephone number, which is sealed; what is left out is emptied. */
function rowOf(input: ContactInput) {
  return {
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
}

/** The place that a contact's telephone number is sealed to. */
export function contactPlace(contactId: string): string {
  return `contact|phone|${contactId}`;
}
