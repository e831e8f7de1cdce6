import type { VipCardKind, VipCardState } from '../../../prisma/generated/client/enums.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { Conflict } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import { customerFor, refuseErased } from '../customers/find-customer.ts';
import { type Holder, requireMayHold } from './may-hold.ts';

/**
 * The way of a card: requested by the outlet, produced, booked into the county's and then the outlet's stock, the customer
 * told, opened by the customer (S03-rural-credit-vip). One step at a time; it can be closed at any.
 */
const WAY: readonly VipCardState[] = [
  'REQUESTED',
  'IN_PRODUCTION',
  'COUNTY_STOCK',
  'OUTLET_STOCK',
  'CUSTOMER_NOTIFIED',
  'OPENED',
];

/** The grades that a customer holds now. */
const HELD = {
  where: { state: { not: 'ENDED' }, scheduled: false },
  select: { schemeId: true, tierCode: true },
} as const;

/** @throws {Refused} CARD_STEP: the card would skip a step or go back */
export function checkCardStep(from: VipCardState, to: VipCardState): void {
  if (to === 'CLOSED' && from !== 'CLOSED') return;
  const next = WAY[WAY.indexOf(from) + 1];
  if (from === 'CLOSED' || next !== to)
    throw refuse('CARD_STEP', { from, next: from === 'CLOSED' ? 'nothing' : (next ?? 'CLOSED') });
}

/**
 * Requests a card for the tier that the customer holds. Returns its id.
 *
 * @throws {Refused} the customer holds no tier, did not agree, or the real name is not verified
 */
export async function requestVipCard(
  services: Services,
  caller: Caller,
  input: { readonly customerId: string; readonly kind: VipCardKind },
): Promise<string> {
  const act = Act.begin(services, caller, 'workCards');
  const { kind } = input;
  const customer = await act.found(
    'Customer',
    customerFor(services.database, act.actor, input.customerId, CUSTOMER_FACTS),
  );
  const { tierCode } = requireMayHaveCard(act, customer, customer.grade);
  const id = newId();
  const about = { policyId: customer.policyId, branchId: customer.branchId, customerId: customer.id };
  await act.commit({
    answer: id,
    audit: act.audit(
      'REQUEST_VIP_CARD',
      { type: 'VipCard', id, ...about },
      { changes: [{ field: 'state', before: null, after: 'REQUESTED' }] },
    ),
    async change(tx) {
      const open = await tx.vipCard.findFirst({
        where: { customerId: customer.id, state: { not: 'CLOSED' }, kind, tierCode },
        select: { id: true },
      });
      if (open) throw refuse('CARD_EXISTS');
      await tx.vipCard.create({
        data: { id, ...about, tierCode, kind, state: 'REQUESTED', requestedAt: act.now, updatedAt: act.now },
        select: { id: true },
      });
    },
  });
  return id;
}

/**
 * What a card is asked for, and each of its steps but the last: the tier is held, with the consent and the name that it takes.
 *
 * @returns the grade
 * @throws {Refused} CUSTOMER_DEPARTED, NO_CONSENT, NO_TIER, REAL_NAME_NOT_VERIFIED
 */
function requireMayHaveCard<Held extends { readonly schemeId: string }>(
  act: Act,
  customer: Holder & { readonly policyId: string },
  grade: Held | null | undefined,
): Held {
  const scheme = grade ? act.policyOf(customer).declaration.schemes?.[grade.schemeId] : undefined;
  // A card is the customer's own wish, also where the tier takes no consent.
  requireMayHold({ ...scheme, needsConsent: true }, 'CARD', customer);
  if (!grade) throw refuse('NO_TIER');
  // Where nobody asks for the real name, one that was found to be false still gets no card.
  if ((customer.profile as { realNameVerified?: unknown } | null)?.realNameVerified === false)
    throw refuse('REAL_NAME_NOT_VERIFIED');
  return grade;
}

/**
 * Takes a card one step on its way.
 *
 * @throws {Refused} CARD_STEP, or what it takes to have the card is there no more; it can be closed all the same
 */
export async function moveVipCard(
  services: Services,
  caller: Caller,
  id: string,
  state: VipCardState,
): Promise<string> {
  const act = Act.begin(services, caller, 'workCards');
  const card = await act.found(
    'VipCard',
    act.prisma.vipCard.findFirst({
      where: act.one(id),
      include: { customer: { select: { ...CUSTOMER_FACTS, grades: HELD } } },
    }),
  );
  refuseErased(card.customer);
  checkCardStep(card.state, state);
  if (state !== 'CLOSED') {
    const grade = card.customer.grades.find(({ tierCode }) => tierCode === card.tierCode);
    requireMayHaveCard(act, card.customer, grade);
  }
  const { policyId, branchId, customerId } = card;
  await act.commit({
    audit: act.audit(
      'MOVE_VIP_CARD',
      { type: 'VipCard', id, policyId, branchId, customerId },
      { changes: [{ field: 'state', before: card.state, after: state }] },
    ),
    async change(tx) {
      const { count } = await tx.vipCard.updateMany({
        where: { id, version: card.version },
        data: { state, version: { increment: 1 }, updatedAt: act.now },
      });
      if (count === 0) throw new Conflict(null);
    },
  });
  return id;
}
