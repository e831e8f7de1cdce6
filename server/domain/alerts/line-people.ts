import type { Services } from '../../engine/services/services.ts';
import { maySee } from '../../platform/access/scope.ts';
import { ROLES } from '../../platform/values/enums.ts';
import { rosterAt } from '../rota/on-duty.ts';
import type { Colleague, People } from './rules.ts';
import { postsHeld } from './sql-ladder.ts';

/** The people of several lines. To be read before a transaction: the embedded database has but one session. */
export async function peopleOfLines(
  services: Services,
  policyIds: readonly string[],
): Promise<ReadonlyMap<string, People>> {
  const at = services.clock.now();
  const people = await Promise.all(policyIds.map((policyId) => peopleOf(services, policyId, at)));
  return new Map(policyIds.map((policyId, index) => [policyId, people[index] as People]));
}

/** Who works in a line, who of them is on duty, and where, at an instant. */
async function peopleOf(services: Services, policyId: string, at: Date): Promise<People> {
  const { actors, database } = services;
  const people = ROLES.filter((role) => role !== 'SERVICE');
  const [working, posts, roster, organisation] = await Promise.all([
    actors.peopleOf(policyId, people),
    postsHeld(database.prisma, policyId),
    rosterAt(database.prisma, policyId, at),
    actors.organisation(),
  ]);
  const colleagues = working.map(
    ({ id, branchId, roles, rows }): Colleague => ({
      id,
      branchId,
      roles,
      posts: posts.get(id) ?? [],
      sees: (about) =>
        maySee({ rows }, about) || (about.customerId === null && about.audience.some((role) => roles.includes(role))),
    }),
  );
  return {
    colleagues: new Map(colleagues.map((one) => [one.id, one])),
    roster,
    upwards: (branchId) => {
      const places: string[] = [];
      for (let id: string | null = branchId; id !== null; id = organisation.branches.get(id)?.parentId ?? null)
        places.push(id);
      return places;
    },
    office: organisation.officeOf(policyId),
  };
}
