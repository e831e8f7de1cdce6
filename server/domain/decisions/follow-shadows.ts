import type { PolicyShadow, Prisma } from '../../../prisma/generated/client/client.ts';
import type { Candidate } from '../../engine/policy/decisions/candidate.ts';
import { type AskedAgain, askAgain, type Recorded } from '../../engine/policy/decisions/compare.ts';
import type { Job } from '../../engine/services/job.ts';
import type { Services } from '../../engine/services/services.ts';
import { dropLease, holdLease } from '../../platform/storage/lease.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { newId } from '../../platform/values/ids.ts';
import { fromJson } from '../../platform/values/json.ts';
import { addCounts, READ_LOG, READ_OVERFLOW, type ShadowCount } from './sql.ts';

// What a policy was asked stands in its log (decision 0082), so a candidate is asked from there, a moment later and on whichever node
// holds the lease: nothing of it is in the way of a request, and its queue is the log itself. What it cannot keep up with is counted as
// dropped.

/** Decisions that are asked about together. */
const BATCH = 200;

/** Decisions that may wait; those before them are dropped. */
const MOST_WAITING = 5_000;

/** Differences of a shadow that are told; the others are counted. */
const MOST_TOLD = 10_000;

/** Milliseconds that one look may take, for all shadows. */
const LOOK_MS = 2_000;

interface Logged extends Recorded {
  readonly id: string;
  readonly written: string;
}

/** Asks running candidates what was asked since the last look. */
export function followShadows(): Job {
  const candidates = new Map<string, Candidate>();
  const holder = newId();
  return {
    name: 'decisions.shadows',
    async run(services, signal) {
      const { prisma } = services.database;
      const shadows = await prisma.policyShadow.findMany({ where: { state: 'RUNNING' } });
      for (const [id, candidate] of candidates) {
        if (shadows.some((shadow) => shadow.id === id)) continue;
        candidates.delete(id);
        await candidate.close();
      }
      const until = performance.now() + LOOK_MS;
      for (const shadow of shadows) {
        const lease = `decisions.shadow:${shadow.id}`;
        if (!(await holdLease(prisma, lease, holder))) continue;
        try {
          const candidate = candidates.get(shadow.id) ?? candidateOf(services, shadow);
          if (!candidate) continue;
          candidates.set(shadow.id, candidate);
          await follow(services, shadow, candidate, () => !signal?.aborted && performance.now() < until);
        } finally {
          await dropLease(prisma, lease, holder);
        }
      }
    },
  };
}

/** Nothing where its plugin is not installed here, or is another by now: what it would say is not what was to be tried. */
function candidateOf({ policies }: Services, { policyId, parameters, version }: PolicyShadow): Candidate | null {
  if (!policies.get(policyId)) return null;
  const candidate = policies.candidate(policyId, { parameters: fromJson<Record<string, unknown>>(parameters) });
  if (candidate.policy.version === version) return candidate;
  void candidate.close();
  return null;
}

async function follow(
  services: Services,
  shadow: PolicyShadow,
  candidate: Candidate,
  mayGoOn: () => boolean,
): Promise<void> {
  const { pool, prisma } = services.database;
  // It may have been followed by another node since the list was read.
  const present = await prisma.policyShadow.findUnique({ where: { id: shadow.id, state: 'RUNNING' } });
  if (!present) return;
  let place: Place = { written: String(present.written), id: present.decisionId };
  const { began } = present;
  let { different } = present;
  const skipped = await pool.query<Overflow>(READ_OVERFLOW, [
    shadow.policyId,
    place.written,
    place.id,
    MOST_WAITING,
    began,
  ]);
  const [overflow] = skipped.rows;
  if (overflow) {
    const moved = { place: overflow, asked: 0, different: 0, dropped: overflow.count };
    if (!(await store(services, shadow.id, place, { ...moved, counts: [], differences: [] }))) return;
    place = overflow;
  }
  while (mayGoOn()) {
    const { rows } = await pool.query<Logged>(READ_LOG, [shadow.policyId, place.written, place.id, BATCH, began]);
    const last = rows.at(-1);
    if (!last) return;
    const found = compare(services, shadow.id, rows, await askAgain(candidate, rows));
    const told = { ...found, differences: found.differences.slice(0, Math.max(0, MOST_TOLD - different)) };
    if (!(await store(services, shadow.id, place, { ...told, place: last, dropped: 0 }))) return;
    different += found.different;
    place = last;
    if (rows.length < BATCH) return;
  }
}

interface Place {
  readonly written: string;
  readonly id: string;
}

interface Overflow extends Place {
  readonly count: number;
}

/** What a batch came to. */
interface Found {
  readonly asked: number;
  readonly different: number;
  readonly counts: readonly ShadowCount[];
  readonly differences: readonly Prisma.PolicyShadowDifferenceCreateManyInput[];
}

function compare({ clock }: Services, shadowId: string, rows: readonly Logged[], again: readonly AskedAgain[]): Found {
  const counts = new Map<string, ShadowCount>();
  const differences: Prisma.PolicyShadowDifferenceCreateManyInput[] = [];
  for (const [index, { id: decisionId, question, outcome: beforeOutcome, facts, answer }] of rows.entries()) {
    const after = again[index];
    if (!after) continue;
    const tier = tierOf(facts);
    const count = counts.get(`${question} ${tier}`) ?? { question, tier, asked: 0, different: 0 };
    counts.set(`${question} ${tier}`, count);
    count.asked += 1;
    if (!after.isDifferent) continue;
    count.different += 1;
    differences.push({
      id: newId(),
      shadowId,
      decisionId,
      question,
      tier,
      beforeOutcome,
      ...(answer != null && { beforeAnswer: answer }),
      outcome: after.outcome,
      ...(after.answer != null && { answer: after.answer }),
      ...(after.because != null && { because: after.because }),
      detail: after.detail,
      at: clock.now(),
    });
  }
  return { asked: rows.length, different: differences.length, counts: [...counts.values()], differences };
}

/** The tier that the customer held when the question was asked; empty where none. */
function tierOf(facts: unknown): string {
  const { customer } = facts as { customer?: { grade?: { tier?: string } | null } | null };
  return customer?.grade?.tier ?? '';
}

/** Writes what was found, and how far it was looked; false where somebody else did, or it was ended. */
async function store(
  { database, changes }: Services,
  id: string,
  from: Place,
  found: Found & { readonly place: Place; readonly dropped: number },
): Promise<boolean> {
  const { place, asked, different, dropped, counts, differences } = found;
  const stored = await inTransaction(database, async (tx) => {
    const { count } = await tx.policyShadow.updateMany({
      where: { id, state: 'RUNNING', written: BigInt(from.written), decisionId: from.id },
      data: {
        written: BigInt(place.written),
        decisionId: place.id,
        asked: { increment: asked },
        different: { increment: different },
        dropped: { increment: dropped },
      },
    });
    if (count === 0) return false;
    if (counts.length > 0) await addCounts(tx, id, counts);
    if (differences.length > 0) await tx.policyShadowDifference.createMany({ data: [...differences] });
    return true;
  });
  if (stored && different + dropped > 0) changes.announce('SHADOW', id);
  return stored;
}
