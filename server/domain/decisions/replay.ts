import type { PolicyDecision, Prisma } from '../../../prisma/generated/client/client.ts';
import { type AskedAgain, askAgain } from '../../engine/policy/decisions/compare.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { fromJson } from '../../platform/values/json.ts';
import { readParameters } from '../policies/read-parameters.ts';

/** What is asked again, of whom. */
export interface ReplayRequest {
  readonly policyId: string;
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  /** Those that differ from what is in force. */
  readonly parameters?: readonly { readonly key: string; readonly value: unknown }[] | null;
  /** A version that was in force: its parameters, answered by the plugin as it is now. */
  readonly version?: string | null;
  /** Decisions that are asked again at most, the latest first; 1,000 unless said. */
  readonly first?: number | null;
  /** The decision after which it goes on. */
  readonly after?: string | null;
}

/** How often a question that ended so now ends so. */
export interface ReplayCount {
  readonly question: string;
  readonly before: string;
  readonly after: string;
  count: number;
  different: number;
}

/** A decision that would be another. */
export interface DecisionDifference {
  readonly decision: PolicyDecision;
  readonly after: AskedAgain;
}

export interface Replay {
  readonly policyId: string;
  readonly policyVersion: string;
  readonly asked: number;
  readonly different: number;
  readonly counts: readonly ReplayCount[];
  /** In the order of the decisions. */
  readonly differences: readonly DecisionDifference[];
  /** The last decision that was asked again, where others follow. */
  readonly next: string | null;
}

const FIRST = 1_000;
const MOST = 10_000;

/** Decisions that are read together. */
const BATCH = 500;

/** Differences that one replay tells: the others are counted. */
const MOST_TOLD = 100;

/**
 * Asks what was asked before once more, under other parameters or those of another version, and tells what would be decided
 * otherwise. The candidate runs in a thread of its own, and nothing is written.
 *
 * @throws {InvalidInput} parameters that do not fit, a version that there was not, or more than may be asked at once
 */
export async function replayDecisions(services: Services, { actor }: Caller, request: ReplayRequest): Promise<Replay> {
  const { policyId, from, to, first, after } = request;
  requirePermission(actor, 'readDecisions', { policyId });
  const policy = businessLine(services.policies.get(policyId), policyId);
  const limit = first ?? FIRST;
  if (limit < 1 || limit > MOST)
    throw new InvalidInput([{ path: 'first', message: `is ${limit}, 1 to ${MOST} decisions are asked at once` }]);
  if (from >= to) throw new InvalidInput([{ path: 'to', message: 'does not come after from' }]);
  const candidate = services.policies.candidate(policyId, {
    parameters: await parametersFor(services, policy, request),
  });
  try {
    const tally = new ReplayTally();
    let cursor = after ? await placeOf(services, policyId, after) : null;
    for (let left = limit; left > 0; ) {
      const rows = await decisionsBefore(services, { policyId, from, to, cursor, take: Math.min(BATCH, left) });
      tally.add(rows, await askAgain(candidate, rows));
      left -= rows.length;
      cursor = rows.at(-1) ?? null;
      if (rows.length < BATCH && left > 0) return tally.result(candidate.policy, null);
    }
    const rest = await decisionsBefore(services, { policyId, from, to, cursor, take: 1 });
    return tally.result(candidate.policy, rest.length > 0 && cursor ? cursor.id : null);
  } finally {
    await candidate.close();
  }
}

/** The parameters under which is asked: those in force, unless others are named. */
export async function parametersFor(
  { policies, database }: Pick<Services, 'policies' | 'database'>,
  { declaration, parameters }: InstalledPolicy,
  { parameters: changed, version }: Pick<ReplayRequest, 'parameters' | 'version'>,
): Promise<Readonly<Record<string, unknown>>> {
  if (changed && version) throw new InvalidInput([{ path: 'version', message: 'and parameters exclude each other' }]);
  if (version) {
    const where = { policyId: declaration.id, version };
    const found = await database.prisma.policyVersion.findFirst({ where, orderBy: { at: 'desc' } });
    if (!found) throw new InvalidInput([{ path: 'version', message: 'is none that was in force' }]);
    return readParameters(policies, declaration.id, fromJson<Record<string, unknown>>(found.parameters), 'version');
  }
  const given = Object.fromEntries((changed ?? []).map(({ key, value }) => [key, value]));
  return readParameters(policies, declaration.id, { ...parameters, ...given }, 'parameters');
}

type Place = Pick<PolicyDecision, 'id' | 'at'>;

async function placeOf({ database }: Services, policyId: string, id: string): Promise<Place> {
  const found = await database.prisma.policyDecision.findFirst({
    where: { id, policyId },
    select: { id: true, at: true },
  });
  if (!found) throw new InvalidInput([{ path: 'after', message: 'is no decision of the policy' }]);
  return found;
}

function decisionsBefore(
  { database }: Services,
  {
    policyId,
    from,
    to,
    cursor,
    take,
  }: Pick<ReplayRequest, 'policyId' | 'from' | 'to'> & { cursor: Place | null; take: number },
): Promise<PolicyDecision[]> {
  const before: Prisma.PolicyDecisionWhereInput = cursor
    ? { at: { lte: cursor.at }, OR: [{ at: { lt: cursor.at } }, { at: cursor.at, id: { lt: cursor.id } }] }
    : {};
  return database.prisma.policyDecision.findMany({
    where: { AND: [{ policyId, at: { gte: from, lt: to } }, before] },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take,
  });
}

/** Adds up what came of decisions that were asked again. */
class ReplayTally {
  #asked = 0;
  #different = 0;
  readonly #counts = new Map<string, ReplayCount>();
  readonly #differences: DecisionDifference[] = [];

  add(decisions: readonly PolicyDecision[], again: readonly AskedAgain[]): void {
    for (const [index, decision] of decisions.entries()) {
      const after = again[index];
      if (!after) continue;
      const { question, outcome: before } = decision;
      const key = `${question} ${before} ${after.outcome}`;
      const count = this.#counts.get(key) ?? { question, before, after: after.outcome, count: 0, different: 0 };
      this.#counts.set(key, count);
      this.#asked += 1;
      count.count += 1;
      if (!after.isDifferent) continue;
      this.#different += 1;
      count.different += 1;
      if (this.#differences.length < MOST_TOLD) this.#differences.push({ decision, after });
    }
  }

  result({ declaration, version }: InstalledPolicy, next: string | null): Replay {
    return {
      policyId: declaration.id,
      policyVersion: version,
      asked: this.#asked,
      different: this.#different,
      counts: [...this.#counts.values()].sort((a, b) => b.count - a.count),
      differences: this.#differences,
      next,
    };
  }
}
