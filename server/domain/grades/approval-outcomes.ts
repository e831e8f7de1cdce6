import type { ApprovalOutcomes } from '../../engine/services/approval-outcome.ts';
import { settleAssessment, settleGradeException } from './settle.ts';
import { addTierReactions } from './tier-reactions.ts';

/** Milliseconds that the decision about all of a grading run may take. */
const RUN_TIMEOUT_MS = 60_000;

/** What decisions about grades bring about. */
export const gradeOutcomes = {
  'Assessment/ASSESSMENT': { prepare: addTierReactions, settle: settleAssessment },
  'GradingRun/ASSESSMENT': { prepare: addTierReactions, settle: settleAssessment, timeoutMs: RUN_TIMEOUT_MS },
  'Customer/GRADE_EXCEPTION': { prepare: addTierReactions, settle: settleGradeException },
} as const satisfies ApprovalOutcomes;
