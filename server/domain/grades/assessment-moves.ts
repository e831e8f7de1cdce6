import { Act } from '../../engine/services/act.ts';
import { type AllowedMove, refusalOf } from '../../engine/services/refusal-of.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { checkSubmission, findAssessment } from './service.ts';

/** Moves of an assessment as screens offer them. */
export const ASSESSMENT_MOVES = ['SUBMIT'] as const;

/** Whether the caller may submit the assessment now, by the rules that judge it. */
export async function allowedAssessmentMoves(
  services: Services,
  caller: Caller,
  id: string,
): Promise<AllowedMove<'SUBMIT'>[]> {
  const act = Act.begin(services, caller, null);
  const assessment = await findAssessment(act, id);
  const refusal = await refusalOf(async () => {
    requirePermission(act.actor, 'submitAssessment');
    await checkSubmission(act, assessment);
  });
  return [{ move: 'SUBMIT', refusal }];
}
