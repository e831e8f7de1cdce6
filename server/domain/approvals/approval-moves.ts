import { Act } from '../../engine/services/act.ts';
import { type AllowedMove, refusalOf } from '../../engine/services/refusal-of.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { checkDecision, PENDING } from './decide.ts';

/** Moves of an approval as screens offer them: the decisions of its step. */
export const APPROVAL_MOVES = ['APPROVE', 'RETURN', 'REJECT'] as const;
export type ApprovalMove = (typeof APPROVAL_MOVES)[number];

/** Which decisions the caller may make now, by the rules that judge them. */
export async function allowedApprovalMoves(
  services: Services,
  caller: Caller,
  id: string,
): Promise<AllowedMove<ApprovalMove>[]> {
  const act = Act.begin(services, caller, null);
  const approval = await act.found('Approval', act.prisma.approval.findFirst({ where: act.one(id), include: PENDING }));
  return Promise.all(
    APPROVAL_MOVES.map(async (move) => ({
      move,
      refusal: await refusalOf(() => checkDecision(act, approval, { id, decision: move, comment: '-' })),
    })),
  );
}
