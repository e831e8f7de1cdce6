import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import { customerFor } from '../customers/find-customer.ts';
import { endGradesWithoutConsent } from '../grades/withdrawn-consent.ts';

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
  const act = Act.begin(services, caller, 'recordConsent');
  const before = await act.found(
    'Customer',
    customerFor(services.database, act.actor, input.customerId, { ...CUSTOMER_FACTS, mayDisclose: true }),
  );
  const { vipService, marketing, evidence = null, thirdPartyDisclosure: disclosure = null } = input;
  const { id, policyId, branchId } = before;
  const changes = changesBetween(
    { vipService: before.vipConsent, marketing: before.marketingConsent, thirdPartyDisclosure: before.mayDisclose },
    { vipService, marketing, ...(disclosure !== null && { thirdPartyDisclosure: disclosure }) },
  );
  const decision = { vipService, marketing, disclosure, evidence, decidedAt: act.now, byId: act.actor.id };
  await act.commit({
    audit: act.audit('RECORD_CONSENT', { type: 'Customer', id, policyId, branchId }, { reason: evidence, changes }),
    async change(tx) {
      await tx.customer.update({ where: { id }, data: consentOf(input, act.now), select: { id: true } });
      const writes = new WriteSet().insert('consent_decision', { id: newId(), customerId: id, ...decision });
      if (!vipService) await endGradesWithoutConsent(tx, writes, services.policies, before, act.now);
      await writes.execute(tx);
    },
  });
  return id;
}

function consentOf({ vipService, marketing, thirdPartyDisclosure = null }: ConsentInput, now: Date) {
  return {
    vipConsent: vipService,
    marketingConsent: marketing,
    ...(thirdPartyDisclosure !== null && { mayDisclose: thirdPartyDisclosure }),
    consentAt: now,
    version: { increment: 1 },
    updatedAt: now,
  };
}
