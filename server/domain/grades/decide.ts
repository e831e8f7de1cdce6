import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import type { CustomerFacts } from '../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { Services } from '../../engine/services/services.ts';
import { directSql } from '../../platform/storage/direct.ts';
import { dayIn } from '../../platform/values/days.ts';
import { customerFacts, subjectOf } from '../customers/facts.ts';
import { CUSTOMER_ROW, type CustomerRow } from '../customers/sql.ts';
import { gradeFacts } from './facts.ts';
import { type Outcome, outcomeOf } from './life-cycle.ts';
import { type Scheme, schemeFor } from './schemes.ts';

/** Customers of one batch: read by one statement, asked about in one message. */
export const BATCH = 1000;

/** A grade that is held, as a batch reads it. */
export interface Held {
  readonly id: string;
  readonly schemeId: string;
  readonly tierCode: string;
  readonly tierRank: number;
  readonly state: 'ACTIVE' | 'WATCH';
  readonly reason: string;
  readonly misses: number;
  readonly since: string;
}

/** A customer of a batch. */
export interface Candidate extends AlertCustomer {
  readonly vipConsent: boolean | null;
  readonly held: readonly Held[];
}

/** What a scheme decides of one customer, and what that does to the grade. */
export interface Decided {
  readonly customer: Candidate;
  readonly scheme: Scheme;
  readonly held: Held | null;
  readonly decision: Decision<'grade'> | Error;
  readonly outcome: Outcome | { readonly kind: 'failed' };
  /** What the policy may know of the customer, with the best grade that is held. */
  readonly facts: () => CustomerFacts;
}

/** Whether a customer is to hold another tier, or none. */
export function isMove(outcome: Decided['outcome']): outcome is Extract<Outcome, { to: string | null }> {
  return outcome.kind === 'promoted' || outcome.kind === 'demoted';
}

interface Row extends CustomerRow {
  figures: [key: string, value: string, asOf: string][] | null;
  grades: Held[] | null;
  lists: { schemeId: string; year: number; tierCode: string }[] | null;
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

/** Whom a scheme grades, or all of the policy's schemes: as SQL over the alias `c`. */
export function gradedBy({ declaration }: InstalledPolicy, schemeId: string | null): Prisma.Sql {
  const schemes = Object.entries(declaration.schemes ?? {}).filter(([id]) => schemeId === null || id === schemeId);
  const kinds = [...new Set(schemes.flatMap(([, { customerKinds }]) => customerKinds))];
  return Prisma.sql`c.policy_id = ${declaration.id} and c.departed_at is null and c.kind = any(${kinds}::"CustomerKind"[])`;
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
  const { policy, schemeId, scope, parameters, now, upTo } = request;
  const { declaration } = policy;
  const year = Number(dayIn(now, zoneOf(declaration)).slice(0, 4));
  const rows = await directSql<Row>(
    database,
    Prisma.sql`
    select ${CUSTOMER_ROW},
      (select json_agg(json_build_array(f.key, trim_scale(f.value)::text, f.as_of::text)) from current_figure f where f.customer_id = c.id) as figures,
      (select json_agg(json_build_object('id', g.id, 'schemeId', g.scheme_id, 'tierCode', g.tier_code, 'tierRank', g.tier_rank, 'state', g.state,
          'reason', g.reason, 'misses', g.misses, 'since', g.since))
        from grade g where g.customer_id = c.id and g.state <> 'ENDED' and not g.scheduled) as grades,
      (select json_agg(json_build_object('schemeId', a.scheme_id, 'year', a.year, 'tierCode', a.tier_code))
        from annual_list_entry a where a.customer_id = c.id and a.year = ${year}) as lists
    from customer c
    where ${gradedBy(policy, schemeId)} and ${scope} and (${after}::uuid is null or c.id > ${after}::uuid)
      and (${upTo ?? null}::uuid is null or c.id <= ${upTo ?? null}::uuid)
    order by c.id limit ${BATCH}`,
  );
  if (rows.length === 0) return [];
  const chosen = rows.map((row) => {
    const held = row.grades ?? [];
    const best = held.toSorted((a, b) => b.tierRank - a.tierRank)[0] ?? null;
    return { row, held, best, scheme: schemeFor(declaration, { kind: row.kind, grade: best }, schemeId) };
  });
  const facts = chosen.map(({ row, held, scheme }) =>
    gradeFacts(
      declaration,
      scheme.id,
      {
        ...row,
        grades: held.map((grade) => ({ ...grade, since: new Date(grade.since) })),
        figures: Object.fromEntries((row.figures ?? []).map(([key, value, asOf]) => [key, { value, asOf }])),
        lists: row.lists ?? [],
      },
      { now },
    ),
  );
  const decisions = parameters
    ? await policies.askManyUnder(declaration.id, 'grade', facts, parameters)
    : await policies.askMany(declaration.id, 'grade', facts);
  return chosen.map(({ row, held: grades, best, scheme }, index): Decided => {
    const decision = decisions[index] ?? new Error('no decision');
    const held = grades.find((grade) => grade.schemeId === scheme.id) ?? null;
    const customer = { ...subjectOf(row), vipConsent: row.vipConsent, held: grades };
    const outcome =
      decision instanceof Error
        ? ({ kind: 'failed' } as const)
        : outcomeOf(scheme, held, decision.answer, row.vipConsent);
    const known = () => customerFacts(declaration, { ...row, grade: best && { ...best, since: new Date(best.since) } });
    return { customer, scheme, held, decision, outcome, facts: known };
  });
}
