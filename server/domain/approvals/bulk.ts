import type { Decision } from '../../../prisma/generated/client/enums.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { visible } from '../../platform/access/scope.ts';
import { DomainError, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { decideApproval } from './decide.ts';

/** An approval that was not decided, and what spoke against it. */
export interface FailedDecision {
  readonly id: string;
  readonly code: string;
  readonly error: DomainError;
}

export interface BulkDecision {
  readonly decided: readonly string[];
  readonly failed: readonly FailedDecision[];
}

/** Approvals of one bulk decision, at most. */
const MAX_BULK = 100;

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
  const ids = [...new Set(input.ids)];
  if (ids.length === 0 || ids.length > MAX_BULK)
    throw new InvalidInput([{ path: 'input.ids', message: `has ${ids.length} entries, 1 to ${MAX_BULK} are asked` }]);
  const found = await services.database.prisma.approval.findMany({
    where: { AND: [{ id: { in: ids } }, visible(caller.actor)] },
    select: { id: true, kind: true, oneByOne: true },
  });
  if (found.length < ids.length) throw new NotFound('Approval');
  const single = found.find(({ oneByOne }) => oneByOne);
  if (single && ids.length > 1) throw refuse('ONE_BY_ONE', { kind: single.kind });
  const decided: string[] = [];
  const failed: FailedDecision[] = [];
  for (const id of ids) {
    try {
      decided.push(await decideApproval(services, caller, { ...input, id }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const reason = error instanceof Refused ? error.reasons[0] : undefined;
      failed.push({ id, code: reason?.code ?? error.code, error });
    }
  }
  return { decided, failed };
}
