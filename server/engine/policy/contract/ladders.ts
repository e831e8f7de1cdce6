import type { AlertKind, Role } from '../../../platform/values/enums.ts';
import type { Target } from '../promise.ts';

// An alert that nobody acknowledges goes on to somebody else: a kind of alert has a ladder of people, each rung with the business
// time within which one of them takes it. The platform climbs it, once a rung, and keeps who was told when (server/domain/alerts/).

/** `SAME_BRANCH`: who works where the matter is; `LINE`: at the line's head office; left out: there, else at the nearest place above. */
export type RungPlace = 'SAME_BRANCH' | 'LINE';

/**
 * Whom a rung tells: the `owner`, who has the matter in hand, or a role or post. Of whom is meant, the rota says who is on duty now;
 * where no rota is kept, all who are there. An owner who is absent or left is stood in for by whoever is on duty; where nobody is,
 * the next rung is told at once.
 */
export interface RungDeclaration<Post extends string = string> {
  readonly to: 'owner' | Role | Post | { readonly role: Role | Post; readonly where: RungPlace };
  /** Business time in which somebody of the rung acknowledges it, else it climbs; the last rung has none. */
  readonly within?: Target;
}

/** The ladder of each kind of alert; what is left out does not climb. */
export type AlertsDeclaration<Calendar extends string = string, Post extends string = string> = {
  readonly [Kind in AlertKind]?: readonly RungDeclaration<Post>[];
} & {
  /** On which the minutes count: one of the policy's calendars, or `always`. */
  readonly calendar: Calendar | 'always';
  /** The longest that an alert is snoozed, in business time, and never past the instant at which it climbs; left out: as long as that. */
  readonly snooze?: Target;
  /** The minutes are ours; the documents name none. */
  readonly ours?: true;
};
