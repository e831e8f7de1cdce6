import type { Question } from '../facts.ts';

/**
 * What came of a question: the policy answered; it left it to the standard policy; that stood in because the policy is out of
 * order; a parameter is blank; there is no answer, for the policy broke.
 */
export const DECISION_OUTCOMES = ['ANSWERED', 'LEFT', 'FALLBACK', 'NOT_CONFIGURED', 'FAILED'] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

/** A question as it was asked, and of whom. */
export interface Asked {
  readonly id: string;
  readonly policyId: string;
  readonly policyVersion: string;
  readonly pluginHash: string | null;
  readonly question: Question;
  readonly facts: unknown;
  readonly at: Date;
  /** Milliseconds that the answer took; of many in one message, its share. */
  readonly ms: number;
}
