import type { CustomerFacts, RouteFacts } from '../../engine/policy/facts.ts';
import type { Act } from '../../engine/services/act.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { type ApprovalRequest, addApproval } from './route.ts';

/**
 * Asks the policy who decides on something that costs nothing, in the name of the actor, and adds the approval to the rows.
 * To be called outside of any transaction.
 *
 * @param facts what policies know of the customer and of what is asked for
 * @returns the approval's id
 */
export async function addAskedApproval(
  { services, actor, now }: Act,
  writes: WriteSet,
  request: Omit<ApprovalRequest, 'requestedById' | 'amount'>,
  facts: { readonly customer: CustomerFacts | null; readonly request: RouteFacts['request'] },
): Promise<string> {
  const { policies, actors, calendars } = services;
  const organisation = await actors.organisation();
  const route = await policies.ask(request.policyId, 'route', {
    now: now.toISOString(),
    kind: request.kind,
    amount: null,
    cumulated: null,
    requester: { roles: actor.roles, atHeadOffice: organisation.headOffice(actor.branchId) === actor.branchId },
    ...facts,
  });
  const asked = { ...request, requestedById: actor.id };
  return addApproval(writes, { request: asked, route, organisation, calendars, at: now });
}
