import type { CustomerStage } from '../../../prisma/generated/client/enums.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import type { PolicyDeclaration } from '../../engine/policy/contract.ts';
import type { CareFacts, CustomerFacts, GradeFact } from '../../engine/policy/facts.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Services } from '../../engine/services/services.ts';
import { holidaySeason, holidaysAhead, holidaysBefore } from '../../engine/sla/holidays-ahead.ts';
import { endOfDayIn } from '../../platform/values/days.ts';
import { customerFacts, gradeFact, subjectOf } from '../customers/customer-facts.ts';
import type { KnownContact } from '../tasks/met-by.ts';
import type { OpenTask } from './reconcile.ts';
import { type CustomerToCareFor, customersToCareFor } from './sql.ts';

/** Customers of one batch: read by one statement, asked about in one message, written in one transaction. */
export const BATCH = 1000;

/** For how long contact is remembered: the longest period of a cadence, and some days more. */
const MEMORY_MS = 400 * 86_400_000;

/** How long after departing a customer is still looked at, so that what was planned is withdrawn. */
const AFTERWARDS_MS = 40 * 86_400_000;

/** A customer with what the policy asks for, and what is open. */
export interface Cared {
  readonly customer: AlertCustomer;
  readonly facts: CustomerFacts;
  readonly contacts: readonly KnownContact[];
  readonly open: readonly OpenTask[];
  readonly decision: Decision<'care'> | Error;
}

const IMPORTANT: readonly CustomerStage[] = ['KEY', 'SPECIAL'];

/**
 * What a policy asks for on a day, for the next customers after `after`, in order of their ids. Contact counts up to the
 * end of the day, or to now where that is earlier.
 *
 * @param day YYYY-MM-DD in the policy's zone
 * @returns at most `BATCH`
 */
export async function decideCare(
  { database, policies, clock }: Services,
  { declaration }: InstalledPolicy,
  day: string,
  after: string | null,
): Promise<Cared[]> {
  const timeZone = zoneOf(declaration);
  const end = endOfDayIn(new Date(`${day}T00:00:00Z`), timeZone);
  const now = clock.now();
  const rows = await customersToCareFor(database, {
    policyId: declaration.id,
    timeZone,
    after,
    limit: BATCH,
    departedAfter: new Date(end.getTime() - AFTERWARDS_MS),
    contactFrom: new Date(end.getTime() - MEMORY_MS),
    contactUntil: now < end ? new Date(now.getTime() + 1) : end,
  });
  if (rows.length === 0) return [];
  const factsOn = factsOnDay(declaration, day);
  const facts = rows.map(factsOn);
  const decisions = await policies.askMany(declaration.id, 'care', facts);
  return rows.map(
    (row, index): Cared => ({
      customer: subjectOf(row),
      facts: (facts[index] ?? factsOn(row)).customer,
      contacts: (row.contacts ?? []).map(([on, channel, purpose, isMessage]) => ({ on, channel, purpose, isMessage })),
      open: row.open ?? [],
      decision: decisions[index] ?? new Error('no decision'),
    }),
  );
}

/** What the policy is told of a customer on a day; the holidays around it are the same for all. */
function factsOnDay(declaration: PolicyDeclaration, day: string): (row: CustomerToCareFor) => CareFacts {
  const holidays = holidaysAhead(day);
  const past = holidaysBefore(day);
  const season = holidaySeason(day);
  return (row) => {
    const grades = gradesOf(row);
    const contacts = row.contacts ?? [];
    return {
      today: day,
      customer: { ...customerFacts(declaration, { ...row, grade: null }), grade: grades[0] ?? null },
      grades,
      createdOn: row.createdOn,
      updatedOn: row.updatedOn,
      birthday: row.birthday,
      important: IMPORTANT.includes(row.stage),
      contacts: contacts.flatMap(([on, channel, purpose, isMessage]) => (isMessage ? [] : { on, channel, purpose })),
      messages: contacts.flatMap(([on, channel, purpose, isMessage]) => (isMessage ? { on, channel, purpose } : [])),
      holidays,
      holidaysBefore: past,
      holidaySeasonFrom: season.from,
    };
  };
}

/** The grades that are held, the best first. */
function gradesOf({ grades }: CustomerToCareFor): GradeFact[] {
  return (grades ?? [])
    .map((grade) => gradeFact({ ...grade, since: new Date(grade.since) }))
    .sort((a, b) => b.rank - a.rank);
}
