import type { Actor } from '../../platform/access/actor.ts';
import { may } from '../../platform/access/permissions.ts';

/** The lines whose decisions somebody may read: those that are run from the actor's place, or below it. */
export function linesOverseen(actor: Actor): string[] {
  if (!may(actor, 'readDecisions')) return [];
  return actor.policyIds.filter((policyId) => actor.place.isOfficeOf(policyId));
}
