import type { Actors } from '../../engine/policy/contract/records.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { isSuperior } from '../../platform/access/superior.ts';
import { refuse } from '../../platform/values/refusals.ts';
import type { Text } from '../../platform/values/text.ts';
import type { RecordPerson } from './find-subject.ts';
import { hasAnyOf, keepsFiles } from './seen-by.ts';

/** What people are to a record. */
export interface ToRecord {
  readonly policy: Policy;
  readonly person: RecordPerson | null;
  /** Null before it is started. */
  readonly startedById: string | null;
}

/** Who starts records of a kind that does not say: of people themselves and their superiors, else the front roles. */
export const STARTERS = {
  PERSON: ['SUBJECT', 'SUPERIOR'],
  OTHERS: ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'],
} as const satisfies Record<string, Actors>;

/** Whether the actor is one of those named. A role or post counts for people only whose files the actor may open. */
export function isOneOf(actor: Actor, actors: Actors, { policy, person, startedById }: ToRecord): boolean {
  if (actors.includes('STARTER') && startedById === actor.id) return true;
  if (!person) return hasAnyOf(actor, policy.id, actors);
  if (person.id === actor.id) return actors.includes('SUBJECT');
  const leads = isSuperior(actor, person);
  if (leads && actors.includes('SUPERIOR')) return true;
  const keeps = keepsFiles(actor, policy) && actor.place.covers(person.branchId);
  return (leads || keeps) && hasAnyOf(actor, policy.id, actors);
}

/** @throws {Refused} NOT_FOR_YOU */
export function requireOneOf(actor: Actor, actors: Actors, to: ToRecord, what: Text): void {
  if (isOneOf(actor, actors, to)) return;
  throw refuse('NOT_FOR_YOU', { what, who: actors.join(', ') });
}
