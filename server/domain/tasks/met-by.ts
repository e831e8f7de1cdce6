import type { MetBy } from '../../engine/policy/answers.ts';
import type { ContactFact } from '../../engine/policy/facts.ts';

/** Contact as far as a task's need asks about it. */
export interface KnownContact extends ContactFact {
  /** It was sent out and nobody talked to anybody. */
  readonly isMessage?: boolean;
}

/** A task that contact may do by itself. */
export interface Need {
  readonly metBy: MetBy | null;
  /** The days on which contact counts, both included; null: any. */
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * Whether contact does a task: within its period, or after it where it may be late, by one of its channels, for one of its
 * purposes.
 */
export function isMetBy({ metBy, from, to }: Need, { on, channel, purpose, isMessage }: KnownContact): boolean {
  if (!metBy) return false;
  const { channels, purposes } = metBy;
  if (from !== null && on < from) return false;
  if (to !== null && on > to && !metBy.late) return false;
  // Records of our own are no contact, whatever a task asks for.
  if (channel === 'INTERNAL') return false;
  // A message does what asks for messages; it is no contact in person.
  if (isMessage && !channels) return false;
  if (channels && !(channels as readonly string[]).includes(channel)) return false;
  return !purposes || (purposes as readonly string[]).includes(purpose);
}

/** The earliest contact that does a task. */
export function firstMeeting(need: Need, contacts: readonly KnownContact[]): KnownContact | null {
  let first: KnownContact | null = null;
  for (const contact of contacts)
    if (isMetBy(need, contact) && (first === null || contact.on < first.on)) first = contact;
  return first;
}
