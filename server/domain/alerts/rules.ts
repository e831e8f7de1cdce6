import type { Role } from '../../platform/values/enums.ts';
import type { Roster } from '../rota/rules.ts';
import type { Ladder, Rung } from './ladder.ts';

/** Somebody who works in the line, as far as it decides whom a rung tells. */
export interface Colleague {
  readonly id: string;
  readonly branchId: string;
  readonly roles: readonly Role[];
  /** Those of the line. */
  readonly posts: readonly string[];
  /** Whether they see what the alert is about. */
  sees(about: Matter): boolean;
}

/** What an alert is about, as far as it decides whom a rung tells. */
export interface Matter {
  readonly policyId: string;
  readonly branchId: string;
  readonly customerId: string | null;
  readonly ownerId: string | null;
  readonly audience: readonly Role[];
}

/** The people of a line, its rota, and its places, at one instant. */
export interface People {
  readonly colleagues: ReadonlyMap<string, Colleague>;
  readonly roster: Roster;
  /** The branch, and the places above it, the nearest first. */
  upwards(branchId: string): readonly string[];
  readonly office: string | null;
}

/** Whom a rung tells. */
export interface Told {
  readonly whom: string;
  /** The one person whom that is; null where all of the role are told. */
  readonly staffId: string | null;
  /** Nobody of the rung is there. */
  readonly passed: boolean;
}

/** Whom a rung tells now: by the rota where one is kept, else whoever is there. */
export function whoTakes(rung: Rung, matter: Matter, people: People): Told {
  const staffId = rung.to === 'OWNER' ? ownerOrStandIn(matter, people) : undefined;
  if (staffId !== undefined) return { whom: rung.to, staffId, passed: staffId === null };
  for (const place of placesOf(rung, matter, people)) {
    const onDuty = people.roster.onDuty(place, rung.to);
    if (onDuty !== null && canTake(onDuty, matter, people)) return { whom: rung.to, staffId: onDuty, passed: false };
    const there = [...people.colleagues.values()].filter(
      ({ id, branchId, roles, posts }) =>
        branchId === place &&
        ((roles as readonly string[]).includes(rung.to) || posts.includes(rung.to)) &&
        canTake(id, matter, people),
    );
    const [first, ...others] = there;
    if (first) return { whom: rung.to, staffId: others.length > 0 ? null : first.id, passed: false };
  }
  return { whom: rung.to, staffId: null, passed: true };
}

/** Who has the matter; where they are absent or gone, who is on duty in their place. Null where nobody is. */
export function ownerOrStandIn(matter: Matter, people: People): string | null {
  const { ownerId, branchId, audience } = matter;
  if (ownerId !== null && canTake(ownerId, matter, people)) return ownerId;
  const owner = ownerId === null ? undefined : people.colleagues.get(ownerId);
  const posts = [...(owner?.posts ?? []), ...(owner?.roles ?? []), 'CUSTOMER_MANAGER', ...audience];
  for (const post of posts) {
    const onDuty = people.roster.onDuty(branchId, post);
    if (onDuty !== null && canTake(onDuty, matter, people)) return onDuty;
  }
  return null;
}

function placesOf({ where }: Rung, { branchId }: Matter, { upwards, office }: People): readonly string[] {
  if (where === 'SAME_BRANCH') return [branchId];
  return where === 'LINE' ? [office ?? branchId] : upwards(branchId);
}

function canTake(staffId: string, matter: Matter, { colleagues, roster }: People): boolean {
  const person = colleagues.get(staffId);
  return person !== undefined && !roster.isAbsent(staffId) && person.sees(matter);
}

/** A rung that tells somebody, or that is passed over because nobody is there. */
export interface Step extends Told {
  readonly rung: number;
}

/**
 * The rungs that an alert takes at once: one, and those before it of which nobody is there.
 *
 * @param rung the first that is tried, from 1
 */
export function stepsFrom(ladder: Ladder, rung: number, matter: Matter, people: People): Step[] {
  const steps: Step[] = [];
  for (const [index, one] of ladder.rungs.slice(rung - 1).entries()) {
    const told = whoTakes(one, matter, people);
    steps.push({ ...told, rung: rung + index });
    if (!told.passed) break;
  }
  return steps;
}
