import type { Role } from '../values/enums.ts';
import type { RowScope } from './actor.ts';
import { type Organisation, type Place, placeOf } from './organisation.ts';
import { type Permission, rolesOf } from './permissions.ts';
import { type AccessRules, rowScopeOf } from './row-scope.ts';
import { maySee } from './scope.ts';

// One rule for whom something may be given to, whichever way it comes: a person who works here, has a role that does it, and sees
// what it is about. Else who has it could not do it, and whoever gave it would believe that it is being done.

/** What somebody may be given, with the permission that it takes to do it. */
const WORK = {
  /** A customer to manage, or a decision maker of a customer to be responsible for. */
  CUSTOMER: 'updateCustomer',
  TICKET: 'workTicket',
  /** A task of a plan, or a measure that becomes one. */
  TASK: 'completeTask',
  PLAN: 'submitPlan',
  RESOLUTION: 'holdMeeting',
  IMPROVEMENT: 'surveyCustomers',
  TARGET: 'workTicket',
  DUTY: 'recordDuty',
  AUTHORITY: 'delegateAuthority',
  /** Duty at a post, where alerts come to who has it. */
  SHIFT: 'acknowledgeAlert',
} as const satisfies Record<string, Permission>;

export type Work = keyof typeof WORK;

export const WORKS = Object.keys(WORK) as Work[];

/** The roles of those who may be given it. */
export function rolesFor(work: Work): readonly Role[] {
  return rolesOf(WORK[work]);
}

/** Somebody who works here, with what they see. */
export interface PersonAtWork {
  readonly id: string;
  readonly roles: readonly Role[];
  readonly branchId: string;
  readonly policyIds: readonly string[];
  readonly rows: RowScope;
  readonly place: Place;
}

/** A person as the rule needs to know them; `ndaSignedAt` is null without a confidentiality agreement. */
export function personAtWork(
  {
    id,
    roles,
    branchId,
    ndaSignedAt,
  }: {
    readonly id: string;
    readonly roles: readonly Role[];
    readonly branchId: string;
    readonly ndaSignedAt: Date | null;
  },
  organisation: Organisation,
  rules: AccessRules,
): PersonAtWork {
  const policyIds = organisation.branches.get(branchId)?.policyIds ?? [];
  const person = { branchId, roles, policyIds, hasAgreement: ndaSignedAt !== null };
  return {
    id,
    roles,
    branchId,
    policyIds,
    rows: rowScopeOf(person, organisation, rules),
    place: placeOf(branchId, organisation),
  };
}

/** Whose something is: a business line, and a branch of it. */
interface Bound {
  readonly policyId: string;
  readonly branchId: string;
}

/**
 * Why work may not be given to a person, as a sentence about the field that names them; null where it may.
 *
 * @param person undefined where nobody of that id works here
 * @param about whose the work is; it is to be seen by who does it
 */
export function unfitFor(work: Work, person: PersonAtWork | undefined, about: Bound): string | null {
  if (!person) return 'is nobody who works here';
  if (!person.policyIds.includes(about.policyId)) return 'is nobody who works in this business line';
  const roles = rolesFor(work);
  if (!person.roles.some((role) => roles.includes(role))) return `has no role that does this: ${roles.join(', ')}`;
  if (maySee(person, about)) return null;
  const lacksAgreement = person.rows.withoutAgreement?.includes(about.policyId);
  return lacksAgreement
    ? 'has not signed the confidentiality agreement, and sees no customers'
    : 'is nobody who sees what this is about: it is of another branch';
}

/**
 * The same of a meeting, and of what it resolved: whoever sees it, and whoever works at a place below, for whom it was held
 * too: what they are to do is shown to them at their own branch.
 *
 * @param work null for who only attends, which takes no more than being a person
 */
export function unfitForMeeting(
  work: 'RESOLUTION' | null,
  person: PersonAtWork | undefined,
  about: Bound,
  isBelow: (branchId: string) => boolean,
): string | null {
  if (!person) return 'is nobody who works here';
  const own = { policyId: about.policyId, branchId: isBelow(person.branchId) ? person.branchId : about.branchId };
  if (work) return unfitFor(work, person, own);
  if (!person.policyIds.includes(about.policyId)) return 'is nobody who works in this business line';
  if (person.roles.every((role) => role === 'SERVICE')) return 'is a program';
  return person.place.covers(own.branchId) || maySee(person, own)
    ? null
    : 'is nobody of this branch, nor of one above or below it';
}
