import type { Role } from '../values/enums.ts';
import type { Actor } from './actor.ts';

/** How high a role stands in the branch tree. The database has the same order (migration 20261205010000). */
const RANKS: Readonly<Partial<Record<Role, number>>> = { EXECUTIVE: 5, DIRECTOR: 4, COMMAND_CENTER: 3, SUPERVISOR: 2 };

/** The rank of somebody with these roles; 1 is who leads nobody. */
export function rankOf(roles: readonly Role[]): number {
  return Math.max(1, ...roles.map((role) => RANKS[role] ?? 1));
}

/** Where a person works, and how high they stand. */
export interface Standing {
  readonly id: string;
  readonly branchId: string;
  readonly rank: number;
}

/** Whether the actor leads the person: stands higher in the person's branch or above it, or as high in a branch above. */
export function isSuperior(actor: Pick<Actor, 'id' | 'roles' | 'branchId' | 'place'>, person: Standing): boolean {
  if (actor.id === person.id || !actor.place.covers(person.branchId)) return false;
  const rank = rankOf(actor.roles);
  if (rank < 2) return false;
  return actor.branchId === person.branchId ? rank > person.rank : rank >= person.rank;
}
