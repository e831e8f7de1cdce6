import type { VipCardKind, VipCardState } from '../../../prisma/generated/client/enums.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS } from '../customers/facts.ts';
import { customerFor, refuseErased } from '../customers/find.ts';
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
  if (from === 'CLOSED' || next !== to) {
    throw Refused.because(
      'CARD_STEP',
      `A card that is ${from} goes on to ${from === 'CLOSED' ? 'nothing' : (next ?? 'CLOSED')}.`,
    );
  }
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
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'workCards');
  const now = clock.now();
  const customer = await customerFor(database, actor, input.customerId, CUSTOMER_FACTS);
  if (!customer) throw new NotFound('Customer');
  requireConsent(true, 'CARD', customer.vipConsent);
  if (!customer.grade) throw Refused.because('NO_TIER', 'The customer holds no tier.');
  if ((customer.profile as { realNameVerified?: unknown } | null)?.realNameVerified === false) {
    throw Refused.because('REAL_NAME_NOT_VERIFIED', 'The real name is not verified.');
  }
  const id = newId();
  const { tierCode } = customer.grade;
  await inTransaction(database, async (tx) => {
    const open = await tx.vipCard.findFirst({
      where: { customerId: customer.id, state: { not: 'CLOSED' }, kind: input.kind, tierCode },
      select: { id: true },
    });
    if (open) throw Refused.because('CARD_EXISTS', 'The customer has such a card, or it is on its way.');
    await tx.vipCard.create({
      data: {
        id,
        customerId: customer.id,
        policyId: customer.policyId,
        branchId: customer.branchId,
        tierCode,
        kind: input.kind,
        state: 'REQUESTED',
        requestedAt: now,
        updatedAt: now,
      },
      select: { id: true },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'REQUEST_VIP_CARD',
      subject: { type: 'VipCard', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: customer.id,
      changes: [{ field: 'state', before: null, after: 'REQUESTED' }],
    });
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
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'workCards');
  const now = clock.now();
  const card = await database.prisma.vipCard.findFirst({
    where: { id, ...visible(actor) },
    include: { customer: { select: { erasedAt: true } } },
  });
  if (!card) throw new NotFound('VipCard');
  refuseErased(card.customer);
  checkCardStep(card.state, state);
  await inTransaction(database, async (tx) => {
    const { count } = await tx.vipCard.updateMany({
      where: { id, version: card.version },
      data: { state, version: { increment: 1 }, updatedAt: now },
    });
    if (count === 0) throw new Conflict(null);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'MOVE_VIP_CARD',
      subject: { type: 'VipCard', id },
      policyId: card.policyId,
      branchId: card.branchId,
      customerId: card.customerId,
      changes: [{ field: 'state', before: card.state, after: state }],
    });
  });
  return id;
}
