import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { changesBetween, writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS } from '../customers/facts.ts';
import { customerFor } from '../customers/find.ts';
import { endGradesWithoutConsent } from '../grades/consent.ts';

export interface ConsentInput {
  readonly customerId: string;
  readonly vipService: boolean;
  readonly marketing: boolean;
  readonly evidence?: string | null;
  /** Whether data may go to third parties; left out: as before. */
  readonly thirdPartyDisclosure?: boolean | null;
}

/** Records a decision on consent; a withdrawal of VIP service ends the grades that need it. */
export async function recordConsent(services: Services, caller: Caller, input: ConsentInput): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'recordConsent');
  const now = clock.now();
  const before = await customerFor(database, actor, input.customerId, {
    ...CUSTOMER_FACTS,
    mayDisclose: true,
    erasedAt: true,
  });
  if (!before) throw new NotFound('Customer');
  const { vipService, marketing, evidence = null, thirdPartyDisclosure: disclosure = null } = input;
  await inTransaction(database, async (tx) => {
    await tx.customer.update({
      where: { id: before.id },
      data: {
        vipConsent: vipService,
        marketingConsent: marketing,
        ...(disclosure !== null && { mayDisclose: disclosure }),
        consentAt: now,
        version: { increment: 1 },
        updatedAt: now,
      },
      select: { id: true },
    });
    const writes = new WriteSet().insert('consent_decision', {
      id: newId(),
      customerId: before.id,
      vipService,
      marketing,
      disclosure,
      evidence,
      decidedAt: now,
      byId: actor.id,
    });
    if (!vipService) await endGradesWithoutConsent(tx, writes, policies, before, now);
    await writes.execute(tx);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'RECORD_CONSENT',
      subject: { type: 'Customer', id: before.id },
      policyId: before.policyId,
      branchId: before.branchId,
      customerId: before.id,
      reason: evidence,
      changes: changesBetween(
        { vipService: before.vipConsent, marketing: before.marketingConsent, thirdPartyDisclosure: before.mayDisclose },
        { vipService, marketing, ...(disclosure !== null && { thirdPartyDisclosure: disclosure }) },
      ),
    });
  });
  return before.id;
}
