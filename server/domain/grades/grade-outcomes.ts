import type { ApprovalOutcomes } from '../../engine/services/approval-outcome.ts';
import { assessmentOutcome, gradeExceptionOutcome } from './outcome.ts';
import { addTierReactions } from './tier-reactions.ts';

/** Milliseconds that the decision about all of a grading run may take. */
const RUN_TIMEOUT_MS = 60_000;

/** What decisions about grades bring about. */
export const gradeOutcomes = {
  'Assessment/ASSESSMENT': { prepare: addTierReactions, settle: assessmentOutcome },
  'GradingRun/ASSESSMENT': { prepare: addTierReactions, settle: assessmentOutcome, timeoutMs: RUN_TIMEOUT_MS },
  'Customer/GRADE_EXCEPTION': { prepare: addTierReactions, settle: gradeExceptionOutcome },
} as const satisfies ApprovalOutcomes;
