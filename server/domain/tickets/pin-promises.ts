import { policyFailedAlert } from '../../engine/alert-log/raise.ts';
import { keepDecisions } from '../../engine/policy/decisions/decision-row.ts';
import type { PromiseFacts } from '../../engine/policy/facts.ts';
import type { Decision } from '../../engine/policy/policies.ts';
import type { Services } from '../../engine/services/services.ts';
import { calendarKey } from '../../engine/sla/calendar.ts';
import type { PinnedPromise } from '../../engine/sla/reading.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';

/** The promises of a moment, pinned to the versions that they were made under. */
export interface Promised {
  readonly promises: readonly PinnedPromise[];
  readonly decision: Decision<'promise'>;
}

/** Asks the policy what is promised, and pins the answer to the calendars in force. */
export async function promisesFor(services: Services, policyId: string, facts: PromiseFacts): Promise<Promised> {
  const decision = await services.policies.ask(policyId, 'promise', facts);
  return { promises: pinned(services, decision, new Date(facts.now)), decision };
}

/** The decision's promises on the calendars in force. */
export function pinned(
  { calendars }: Pick<Services, 'calendars'>,
  decision: Decision<'promise'>,
  at: Date,
): PinnedPromise[] {
  return decision.answer.map((promise) => ({
    ...promise,
    calendarKey: calendarKey(calendars.inForce(decision.policyId, promise.calendar, at.getTime()).definition),
    policyVersion: decision.policyVersion,
    decisionId: decision.asked.id,
  }));
}

/** Keeps the decision, and adds the alert that the standard policy stood in for one that is out of order, where it did. */
export function addPromiseDecision(writes: WriteSet, decision: Decision<'promise'>, branchId: string, at: Date): void {
  const { fallback } = decision;
  keepDecisions(writes, [decision]);
  if (fallback)
    writes.insert('alert', policyFailedAlert(fallback.policyId, branchId, fallback.detail, fallback.spell, at));
}
