import type { Approval, Prisma } from '../../../prisma/generated/client/client.ts';
import type { ReactFacts } from '../../engine/policy/facts.ts';
import { reactionsToMany } from '../../engine/policy/reactions.ts';
import type { Services } from '../../engine/services/services.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { addReaction } from '../tasks/add-reactions.ts';

/** A tier that an approval gives, and the key of what follows from it. */
interface Given {
  readonly customer: Prisma.CustomerGetPayload<{ select: typeof CUSTOMER_FACTS }>;
  readonly scheme: string;
  readonly tier: string;
  readonly key: string;
}

/** Adds what the policy wants done once the tiers of an approval are given. */
export async function addTierReactions(
  services: Services,
  writes: WriteSet,
  approval: Approval,
  at: Date,
): Promise<void> {
  const { policyId, branchId } = approval;
  const policy = services.policies.get(policyId);
  const given = policy ? await tiersGiven(services, approval) : [];
  if (!policy || given.length === 0) return;
  const facts = given.map(
    ({ customer, scheme, tier }): ReactFacts => ({
      now: at.toISOString(),
      event: { kind: 'GRADE_GIVEN', scheme, tier },
      customer: customerFacts(policy.declaration, customer),
      ticket: null,
    }),
  );
  const reactions = await reactionsToMany(services, policyId, facts);
  for (const [index, { customer, key }] of given.entries()) {
    const [about, reaction] = [facts[index], reactions[index]];
    if (!about || !reaction) continue;
    const occasion = { key, policyId, branchId, customer, ticketId: null, assigneeId: customer.managerId };
    addReaction(writes, occasion, about, reaction);
  }
}

/** Whether it is about all that a grading run proposed: there may be as many as the line has customers. */
function isAboutRun({ subjectType }: Approval): boolean {
  return subjectType === 'GradingRun';
}

/** The tiers that an approved exception gives, or assessments that are decided together; none where grades end. */
async function tiersGiven({ database }: Services, approval: Approval): Promise<Given[]> {
  const key = `approval:${approval.id}`;
  if (approval.kind === 'GRADE_EXCEPTION') {
    const customer = await database.prisma.customer.findUniqueOrThrow({
      where: { id: approval.subjectId },
      select: CUSTOMER_FACTS,
    });
    return [{ ...(approval.request as { scheme: string; tier: string }), customer, key }];
  }
  const assessments = await database.prisma.assessment.findMany({
    where: {
      approvalId: approval.id,
      status: 'PENDING_APPROVAL',
      customer: { departedAt: null, erasedAt: null },
    },
    select: { id: true, schemeId: true, proposedTierCode: true, customer: { select: CUSTOMER_FACTS } },
  });
  return assessments.flatMap(({ id, schemeId: scheme, proposedTierCode: tier, customer }) =>
    tier === null ? [] : [{ customer, scheme, tier, key: isAboutRun(approval) ? `${key}:${id}` : key }],
  );
}
