import type { Prisma } from '../../../../prisma/generated/client/client.ts';
import { jsonOf } from '../../../platform/storage/stored-json.ts';
import type { WriteSet } from '../../../platform/storage/write-set.ts';
import { NotConfigured } from '../../../platform/values/errors.ts';
import type { Question } from '../facts.ts';
import type { Decision } from '../policies.ts';
import type { Asked, DecisionOutcome } from './asked.ts';
import { keptFacts } from './kept-facts.ts';

/** A question that has no answer, and why. */
export interface Undecided {
  readonly asked: Asked;
  readonly error: Error;
}

/** What came of a question. */
export type Noted = Decision<Question> | Undecided;

/** How a question ended. */
export function outcomeOf(noted: Noted): DecisionOutcome {
  if ('error' in noted) return noted.error instanceof NotConfigured ? 'NOT_CONFIGURED' : 'FAILED';
  if (noted.fallback) return 'FALLBACK';
  return noted.policyId === noted.asked.policyId ? 'ANSWERED' : 'LEFT';
}

/** The decision as it is kept. */
export function decisionRow(noted: Noted, sampled = false): Prisma.PolicyDecisionUncheckedCreateInput {
  const { ms, facts, ...asked } = noted.asked;
  const took = Math.round(ms * 1000);
  const row = { ...asked, outcome: outcomeOf(noted), took, sampled, facts: jsonOf(keptFacts(asked.question, facts)) };
  if ('error' in noted) return { ...row, detail: detailOf(noted.error) };
  const { answer, because, policyId: decidedBy, policyVersion: decidedVersion, fallback } = noted;
  const detail = fallback?.detail ?? null;
  return { ...row, decidedBy, decidedVersion, answer: jsonOf(answer), because: { ...because }, detail };
}

/** Keeps decisions with what comes of them. */
export function keepDecisions(writes: WriteSet, decisions: readonly Decision<Question>[]): void {
  writes.insert('policy_decision', ...decisions.map((decision) => decisionRow(decision)));
}

/** Has the entries of the audit trail among the rows name all decisions among them. */
export function nameDecisions(writes: WriteSet): WriteSet {
  const ids = [...new Set(writes.of('policy_decision').map(({ id }) => id))];
  for (const entry of writes.of('audit_entry')) entry.decisionIds = ids;
  return writes;
}

/** Why there is no answer, in a few words. */
export function detailOf(error: Error): string {
  if (error instanceof NotConfigured) return error.parameters.join(', ');
  return error.cause instanceof Error ? error.cause.message : error.message;
}
