import type { Prisma } from '../../../../prisma/generated/client/client.ts';
import type { AlertCustomer } from '../../../engine/alert-log/raise.ts';
import type { PolicyDeclaration } from '../../../engine/policy/contract.ts';
import type { CustomerFacts, GradeFacts } from '../../../engine/policy/facts.ts';
import { zoneOf } from '../../../engine/policy/line-zone.ts';
import type { Decision, InstalledPolicy } from '../../../engine/policy/policies.ts';
import type { Services } from '../../../engine/services/services.ts';
import { dayIn } from '../../../platform/values/days.ts';
import type { CustomerKind } from '../../../platform/values/enums.ts';
import { customerFacts, subjectOf } from '../../customers/customer-facts.ts';
import { gradeFacts } from '../grade-facts.ts';
import { type Outcome, outcomeOf } from '../life-cycle.ts';
import { isNamed } from '../may-hold.ts';
import { type Scheme, schemeFor } from '../schemes.ts';
import { both, type CustomerToGrade, customersToGrade, gradedBy, type HeldGradeRow } from '../sql.ts';

/** Customers of one batch: read by one statement, asked about in one message. */
export const BATCH = 1000;

/** A customer of a batch. */
export interface Candidate extends AlertCustomer {
  readonly vipConsent: boolean | null;
  readonly held: readonly HeldGradeRow[];
}

/** What a scheme decides of one customer, and what that does to the grade. */
export interface Decided {
  readonly customer: Candidate;
  readonly scheme: Scheme;
  readonly held: HeldGradeRow | null;
  readonly decision: Decision<'grade'> | Error;
  readonly outcome: Outcome | { readonly kind: 'failed' };
  /** What the policy may know of the customer, with the best grade that is held. */
  readonly facts: () => CustomerFacts;
}

/** Whether a customer is to hold another tier, or none. */
export function isMove(outcome: Decided['outcome']): outcome is Extract<Outcome, { to: string | null }> {
  return outcome.kind === 'promoted' || outcome.kind === 'demoted';
}

export interface BatchRequest {
  readonly policy: InstalledPolicy;
  readonly schemeId: string | null;
  /** Which rows may be read, over the alias `c`. */
  readonly scope: Prisma.Sql;
  /** Parameters that are not in force; those in force unless given. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly now: Date;
  /** The last customer who may be in the batch; as many as fit unless given. */
  readonly upTo?: string;
}

/** Which kinds of customers a scheme grades, or all of the policy's schemes. */
export function kindsGraded({ declaration }: InstalledPolicy, schemeId: string | null): CustomerKind[] {
  const schemes = Object.entries(declaration.schemes ?? {}).filter(([id]) => schemeId === null || id === schemeId);
  return [...new Set(schemes.flatMap(([, { customerKinds }]) => customerKinds))];
}

/** A customer that is read, with the scheme by which it is graded. */
interface Chosen {
  readonly row: CustomerToGrade;
  readonly held: readonly HeldGradeRow[];
  readonly best: HeldGradeRow | null;
  readonly scheme: Scheme;
}

/**
 * Decides about the next customers after `after`: the same for a run that writes and a preview that does not, so that
 * their numbers agree.
 *
 * @returns at most `BATCH`, in order of their ids
 */
export async function decideBatch(
  { database, policies }: Services,
  request: BatchRequest,
  after: string | null,
): Promise<Decided[]> {
  const { policy, schemeId, scope, parameters, now, upTo = null } = request;
  const { declaration } = policy;
  const year = Number(dayIn(now, zoneOf(declaration)).slice(0, 4));
  const set = both(gradedBy(declaration.id, kindsGraded(policy, schemeId)), scope);
  const rows = await customersToGrade(database, set, year, { after, upTo, limit: BATCH });
  if (rows.length === 0) return [];
  const chosen = rows.map((row): Chosen => {
    const held = row.grades ?? [];
    const best = held.toSorted((a, b) => b.tierRank - a.tierRank)[0] ?? null;
    return { row, held, best, scheme: schemeFor(declaration, { kind: row.kind, grade: best }, schemeId) };
  });
  const facts = chosen.map((one) => factsOf({ declaration, parameters: parameters ?? policy.parameters }, one, now));
  const decisions = parameters
    ? await policies.askManyUnder(declaration.id, 'grade', facts, parameters)
    : await policies.askMany(declaration.id, 'grade', facts);
  const today = dayIn(now, zoneOf(declaration));
  return chosen.map((one, index) => decidedOf(declaration, one, decisions[index] ?? new Error('no decision'), today));
}

function factsOf(
  policy: Pick<InstalledPolicy, 'declaration' | 'parameters'>,
  { row, held, scheme }: Chosen,
  now: Date,
): GradeFacts {
  const known = {
    ...row,
    grades: held.map((grade) => ({ ...grade, since: new Date(grade.since) })),
    figures: Object.fromEntries((row.figures ?? []).map(([key, value, asOf]) => [key, { value, asOf }])),
    lists: row.lists ?? [],
  };
  return gradeFacts(policy, scheme.id, known, { now });
}

function decidedOf(
  declaration: PolicyDeclaration,
  { row, held: grades, best, scheme }: Chosen,
  decision: Decision<'grade'> | Error,
  today: string,
): Decided {
  const held = grades.find((grade) => grade.schemeId === scheme.id) ?? null;
  const customer = { ...subjectOf(row), vipConsent: row.vipConsent, held: grades };
  const outcome =
    decision instanceof Error
      ? ({ kind: 'failed' } as const)
      : outcomeOf(scheme, held, decision.answer, {
          consent: row.vipConsent,
          isNamed: isNamed(scheme, row.profile),
          today,
        });
  const facts = () => customerFacts(declaration, { ...row, grade: best && { ...best, since: new Date(best.since) } });
  return { customer, scheme, held, decision, outcome, facts };
}
