import {
  type PersonAtWork,
  rolesFor,
  unfitFor,
  unfitForMeeting,
  type Work,
} from '../../platform/access/person-at-work.ts';
import type { Issue } from '../../platform/values/errors.ts';
import type { Services } from './services.ts';

/** Something that a command gives to a person. */
export interface Given {
  readonly work: Work;
  /** Null or left out where nobody is named. */
  readonly staffId: string | null | undefined;
  /** The field that names the person. */
  readonly path: string;
}

interface Bound {
  readonly policyId: string;
  readonly branchId: string;
}

/**
 * What is wrong with what a command gives to people: every field in which somebody stands who may not have it. Each command, file and
 * job that names a person for something asks here (decision 0024).
 *
 * @param about whose the work is
 */
export async function checkGiven(
  { actors }: Pick<Services, 'actors'>,
  about: Bound,
  given: readonly Given[],
): Promise<Issue[]> {
  const named = given.filter((one): one is Given & { staffId: string } => one.staffId != null);
  const people = await actors.peopleAtWork(named.map(({ staffId }) => staffId));
  return named.flatMap(({ work, staffId, path }) => {
    const message = unfitFor(work, people.get(staffId), about);
    return message === null ? [] : [{ path, message }];
  });
}

/** Those to whom `checkGiven` would let it be given. */
export async function whoMayBeGiven({ actors }: Pick<Services, 'actors'>, work: Work, about: Bound): Promise<string[]> {
  const people = await actors.peopleOf(about.policyId, rolesFor(work));
  return people.filter((person) => unfitFor(work, person, about) === null).map(({ id }) => id);
}

/** The people of a meeting at a branch, with what is wrong with each that the meeting names. */
export interface MeetingPeople {
  readonly people: ReadonlyMap<string, PersonAtWork>;
  /** Why somebody may not attend, or own a resolution of it; null where they may. */
  unfit(staffId: string, work: 'RESOLUTION' | null): string | null;
}

/** Reads those whom a meeting names. */
export async function peopleOfMeeting(
  { actors }: Pick<Services, 'actors'>,
  about: Bound,
  ids: readonly string[],
): Promise<MeetingPeople> {
  const [people, organisation] = await Promise.all([actors.peopleAtWork(ids), actors.organisation()]);
  const below = organisation.subtree(about.branchId);
  return {
    people,
    unfit: (staffId, work) => unfitForMeeting(work, people.get(staffId), about, (branchId) => below.has(branchId)),
  };
}
