import type { Decision } from '../../../prisma/generated/client/enums.ts';
import { eachByItself, type NotDone, severalIds } from '../../engine/services/each-by-itself.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { visible } from '../../platform/access/scope.ts';
import { NotFound } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { decideApproval } from './decide.ts';

export interface BulkDecision {
  readonly decided: readonly string[];
  readonly failed: readonly NotDone[];
}

/**
 * Decides several approvals alike. Each is decided by itself: one that fails is named and leaves the others.
 *
 * @throws {Refused} ONE_BY_ONE: the policy lets one of them be decided by itself alone; none is decided
 */
export async function decideApprovals(
  services: Services,
  caller: Caller,
  input: { readonly ids: readonly string[]; readonly decision: Decision; readonly comment?: string | null },
): Promise<BulkDecision> {
  const ids = severalIds(input.ids);
  const found = await services.database.prisma.approval.findMany({
    where: { AND: [{ id: { in: ids } }, visible(caller.actor)] },
    select: { id: true, kind: true, oneByOne: true },
  });
  if (found.length < ids.length) throw new NotFound('Approval');
  const single = found.find(({ oneByOne }) => oneByOne);
  if (single && ids.length > 1) throw refuse('ONE_BY_ONE', { kind: single.kind });
  const { done, failed } = await eachByItself(ids, (id) => decideApproval(services, caller, { ...input, id }));
  return { decided: done, failed };
}
