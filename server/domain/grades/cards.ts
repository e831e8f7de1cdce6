import type { VipCardKind, VipCardState } from '../../../prisma/generated/client/enums.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { Conflict } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import { customerFor, refuseErased } from '../customers/find-customer.ts';
import { requireConsent } from './service.ts';

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
  requireConsent(true, 'CARD', customer.vipConsent);
  if (!customer.grade) throw refuse('NO_TIER');
  if ((customer.profile as { realNameVerified?: unknown } | null)?.realNameVerified === false)
    throw refuse('REAL_NAME_NOT_VERIFIED');
  const id = newId();
  const { tierCode } = customer.grade;
  const about = { policyId: customer.policyId, branchId: customer.branchId, customerId: customer.id };
  await act.commit({
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

/** Takes a card one step on its way. */
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
      include: { customer: { select: { erasedAt: true } } },
    }),
  );
  refuseErased(card.customer);
  checkCardStep(card.state, state);
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
