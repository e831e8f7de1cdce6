import type { Grade, Prisma } from '../../../prisma/generated/client/client.ts';
import type { GradeReason } from '../../../prisma/generated/client/enums.ts';
import { type AlertCustomer, gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import type { PolicyDeclaration, SchemeDeclaration } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn, endOfDayIn, startOfDayIn } from '../../platform/values/days.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { refreshBestGrades } from './best-grade.ts';
import { lastValidDay, outcomeOf, promotionDay } from './life-cycle.ts';
import { HOLDER, type Holder, requireMayHold } from './may-hold.ts';
import { dropScheduled, endGrades, lockCustomers, renewGrades, watchGrades } from './sql.ts';
import { type Terms, termsOf } from './terms.ts';

/** What puts a tier into force. */
export interface Grant {
  readonly customerId: string;
  readonly schemeId: string;
  /** Null ends the grade that is held. */
  readonly tierCode: string | null;
  readonly reason: GradeReason;
  readonly policyVersion: string;
  readonly assessmentId: string | null;
  readonly approvalId: string | null;
  readonly until: Date | null;
  /** The exception that ended, where what was assessed comes back: it begins at once. */
  readonly after?: string;
}

/** Ends the grades held in the schemes and, where a tier is given, begins the new ones; history stays. As sets. */
export async function putIntoForce(
  tx: Prisma.TransactionClient,
  writes: WriteSet,
  policies: Policies,
  grants: readonly Grant[],
  at: Date,
): Promise<void> {
  const ids = grants.map(({ customerId }) => customerId);
  if (ids.length === 0) return;
  await lockCustomers(tx, ids);
  const { customerOf, heldIn } = await readStanding(tx, ids);
  // What is decided together is of one line.
  const [first] = customerOf.values();
  const zone = zoneOf(first && policies.get(first.policyId)?.declaration);
  const changes: GradeChanges = { kept: [], ended: [], watched: [], begun: new WriteSet(), alerts: writes };
  for (const grant of grants) {
    const customer = customerOf.get(grant.customerId);
    if (!customer) throw new Error(`there is no customer ${grant.customerId}`);
    const declaration = policies.get(customer.policyId)?.declaration;
    const held = heldIn.get(`${customer.id} ${grant.schemeId}`);
    addGrant(changes, grant, { customer, declaration, held }, at);
  }
  await dropScheduled(
    tx,
    grants.map(({ customerId, schemeId }) => ({ customer: customerId, scheme: schemeId })),
    at,
  );
  await renewGrades(tx, changes.kept);
  await watchGrades(tx, changes.watched, dateIn(at, zone));
  await endGrades(tx, changes.ended, at);
  await changes.begun.execute(tx);
  await refreshBestGrades(tx, ids);
}

/** The customers, and the grades that they hold, by customer and scheme. */
async function readStanding(tx: Prisma.TransactionClient, ids: readonly string[]) {
  const customers = await tx.customer.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, policyId: true, branchId: true, managerId: true, tierRank: true, ...HOLDER },
  });
  const inForce = await tx.grade.findMany({
    where: { customerId: { in: [...ids] }, state: { not: 'ENDED' }, scheduled: false },
    select: {
      id: true,
      customerId: true,
      schemeId: true,
      tierCode: true,
      tierRank: true,
      reason: true,
      misses: true,
      missedOn: true,
    },
  });
  return {
    customerOf: new Map(customers.map((customer) => [customer.id, customer])),
    heldIn: new Map(inForce.map((grade) => [`${grade.customerId} ${grade.schemeId}`, grade])),
  };
}

/** What grants come to, to be written as sets. */
interface GradeChanges {
  readonly kept: Parameters<typeof renewGrades>[1][number][];
  readonly ended: { readonly id: string; readonly because: string }[];
  readonly watched: { readonly id: string; readonly misses: number }[];
  readonly begun: WriteSet;
  readonly alerts: WriteSet;
}

/** The customer of a grant, its line, and what it holds in the scheme. */
interface Standing {
  readonly customer: AlertCustomer & Holder;
  readonly declaration: PolicyDeclaration | undefined;
  readonly held: Pick<Grade, 'id' | 'tierCode' | 'tierRank' | 'reason' | 'misses' | 'missedOn'> | undefined;
}

/**
 * Adds what one grant changes: the tier that is held already is renewed; else it ends, and the new one begins. What was assessed
 * follows the scheme's life cycle, as in a run: a miss may leave the grade under watch, and a better tier may begin later.
 */
function addGrant(changes: GradeChanges, grant: Grant, { customer, declaration, held }: Standing, at: Date): void {
  const scheme = declaration?.schemes?.[grant.schemeId];
  const tier = grant.tierCode === null ? null : scheme?.tiers[grant.tierCode];
  if (!scheme || tier === undefined)
    throw new Error(`the tier ${grant.tierCode} of ${grant.schemeId} is not installed`);
  // Between the request and the decision the customer may have left or withdrawn consent.
  requireMayHold(scheme, grant.tierCode, customer);
  const timeZone = zoneOf(declaration);
  const today = dateIn(at, timeZone);
  const course = isAssessed(grant)
    ? assessedCourse(scheme, { grant, held, consent: customer.vipConsent }, today)
    : null;
  if (held && course?.misses) {
    changes.watched.push({ id: held.id, misses: course.misses });
    return;
  }
  const later = course?.later ?? null;
  // What was asked for until a day is not given when that day is over: it would end before it began.
  if (grant.until && endOfDayIn(grant.until, timeZone) <= at)
    throw refuse('EXCEPTION_OVER', { until: grant.until.toISOString().slice(0, 10) });
  const terms = termsFor(grant, scheme, { day: later ?? today, today, timeZone });
  if (held && held.tierCode === grant.tierCode && held.reason === terms.reason) {
    changes.kept.push({
      id: held.id,
      review_due_on: terms.reviewDueOn,
      review_at: terms.reviewAt,
      until: terms.until,
      ends_at: terms.endsAt,
    });
    return;
  }
  if (held && !later) changes.ended.push({ id: held.id, because: grant.tierCode === null ? 'DEMOTED' : terms.reason });
  if (tier && grant.tierCode !== null) {
    const { until: _until, after: _after, tierCode, ...given } = grant;
    changes.begun.insert('grade', {
      id: newId(),
      policyId: customer.policyId,
      ...given,
      tierCode,
      tierRank: tier.rank,
      state: 'ACTIVE',
      since: later ? startOfDayIn(later.toISOString().slice(0, 10), timeZone) : at,
      scheduled: later !== null,
      ...terms,
    });
  }
  if (later || (held?.tierCode ?? null) === grant.tierCode) return;
  // One approval may be about many customers.
  const key = grant.after ?? grant.assessmentId ?? grant.approvalId ?? newId();
  const change = { from: held?.tierCode ?? null, to: grant.tierCode, key };
  const graded = { ...customer, tierRank: tier?.rank ?? customer.tierRank };
  changes.alerts.insert('alert', gradeChangedAlert(graded, change, at));
}

function isAssessed({ reason }: Grant): boolean {
  return reason === 'ASSESSED';
}

/** The terms of a grant: an exception's are those that were asked for. */
function termsFor(
  grant: Grant,
  scheme: SchemeDeclaration,
  days: Parameters<typeof termsOf>[1],
): Omit<Terms, 'reason'> & { readonly reason: GradeReason } {
  const terms = termsOf(scheme, days);
  if (isAssessed(grant) && !grant.after) return terms;
  if (isAssessed(grant))
    return { ...terms, until: grant.until, endsAt: grant.until && endOfDayIn(grant.until, days.timeZone) };
  const until = grant.until ?? lastValidDay(scheme.lifeCycle, days.day);
  return { ...terms, reason: grant.reason, until, endsAt: until && endOfDayIn(until, days.timeZone) };
}

/** What the life cycle makes of an approved assessment: so many misses under watch, or a day on which the better tier begins. */
function assessedCourse(
  scheme: SchemeDeclaration,
  {
    grant,
    held,
    consent,
  }: { readonly grant: Grant; readonly held: Standing['held']; readonly consent: boolean | null },
  today: Date,
): { readonly misses: number; readonly later: Date | null } {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  // Who approves it decides about an exception too.
  const standing = held && { ...held, reason: 'ASSESSED', missedOn: held.missedOn && day(held.missedOn) };
  const answer = { tier: grant.tierCode, missing: [] };
  const outcome = outcomeOf(scheme, standing ?? null, answer, { consent, today: day(today) });
  return {
    misses: outcome.kind === 'watched' ? outcome.misses : 0,
    later: outcome.kind === 'promoted' && !grant.after ? promotionDay(scheme.lifeCycle, today) : null,
  };
}
