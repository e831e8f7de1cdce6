import { DomainError, PolicyFailure, type RefusalReason, Refused } from '../../platform/values/errors.ts';

/** A move that a screen may offer; `refusal` says why it would be refused now, and is null where it would not. */
export interface AllowedMove<Move extends string = string> {
  readonly move: Move;
  readonly refusal: RefusalReason | null;
}

/**
 * The first reason for which a check says no, in the words of the check itself; null where it says nothing. What fails without being
 * made for clients stays a failure.
 */
export async function refusalOf(check: () => unknown): Promise<RefusalReason | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.reasons[0] ?? null;
    if (!(error instanceof DomainError)) throw error;
    const policyId = error instanceof PolicyFailure ? error.policyId : null;
    return { code: error.code, message: error.message, policyId };
  }
}
