import { requirePermission } from '../access/permissions.ts';
import { gradeChangedAlert } from '../alerts/raise.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Caller, Services } from '../context.ts';
import { businessLine } from '../customers/service.ts';
import { dateIn } from '../days.ts';
import { InvalidInput, Refused } from '../errors.ts';
import type { GradingRun, Prisma } from '../generated/prisma/client.ts';
import { newId } from '../ids.ts';
import type { Decision, InstalledPolicy } from '../policy/policies.ts';
import { inTransaction } from '../storage/transaction.ts';
import { WriteSet } from '../storage/write-set.ts';
import { gradeFacts } from './facts.ts';
import { reviewDate, type Scheme, schemeFor } from './schemes.ts';
import { assessmentRow } from './service.ts';

/** Customers of one batch: read, asked about and written as sets. */
const BATCH = 1000;

const GRADED = {
  grade: true,
  currentFigures: true,
  grades: { where: { state: { not: 'ENDED' } } },
} satisfies Prisma.CustomerInclude;

type Graded = Prisma.CustomerGetPayload<{ include: typeof GRADED }>;

/**
 * Starts to grade every customer of a business line in the background.
 *
 * @throws {Refused} a run of the line is under way
 */
export async function startGradingRun(
  services: Services,
  caller: Caller,
  policyId: string,
  schemeId?: string | null,
): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'runGrading');
  const policy = businessLine(policies.get(policyId), policyId);
  if (!actor.policyIds.includes(policyId))
    throw new InvalidInput([{ path: 'policyId', message: 'is not run at your branch' }]);
  if (schemeId && !policy.declaration.schemes?.[schemeId])
    throw new InvalidInput([{ path: 'schemeId', message: `is no scheme of ${policyId}` }]);
  const now = clock.now();
  const id = newId();
  await inTransaction(database, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`grading ${policyId}`}))`;
    if (await tx.gradingRun.findFirst({ where: { policyId, state: 'RUNNING' }, select: { id: true } })) {
      throw Refused.because('RUN_UNDER_WAY', 'A grading run of this business line is under way.');
    }
    const total = await tx.customer.count({ where: inRun(policy, schemeId ?? null) });
    await tx.gradingRun.create({
      data: {
        id,
        policyId,
        schemeId: schemeId ?? null,
        state: 'RUNNING',
        total,
        policyVersion: policy.version,
        startedById: actor.id,
        startedAt: now,
        updatedAt: now,
      },
      select: { id: true },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'START_GRADING_RUN',
      subject: { type: 'GradingRun', id },
      policyId,
      branchId: actor.branchId,
    });
  });
  continueRun(services, id).catch((error: unknown) =>
    services.log.error({ err: error, runId: id }, 'a grading run broke off'),
  );
  return id;
}

/** Whom a run grades: the customers for whom the scheme, or any of the policy's, is made. */
function inRun({ declaration }: InstalledPolicy, schemeId: string | null): Prisma.CustomerWhereInput {
  const schemes = Object.entries(declaration.schemes ?? {}).filter(([id]) => schemeId === null || id === schemeId);
  const kinds = [...new Set(schemes.flatMap(([, { customerKinds }]) => customerKinds))];
  return { policyId: declaration.id, kind: { in: kinds }, departedAt: null };
}

/** Goes on with a run from the last customer done, until it is complete or stopped. */
export async function continueRun(services: Services, id: string): Promise<void> {
  const { database, policies, changes } = services;
  for (;;) {
    const run = await database.prisma.gradingRun.findUniqueOrThrow({ where: { id } });
    if (run.state !== 'RUNNING') return;
    const policy = policies.get(run.policyId);
    if (!policy) throw new Error(`the policy ${run.policyId} is not installed`);
    const customers = await database.prisma.customer.findMany({
      where: { ...inRun(policy, run.schemeId), ...(run.cursor && { id: { gt: run.cursor } }) },
      include: GRADED,
      orderBy: { id: 'asc' },
      take: BATCH,
      relationLoadStrategy: 'query',
    });
    await gradeBatch(services, run, policy, customers);
    changes.announce('GRADING_RUN', id);
    services.alerts.wake();
    if (customers.length < BATCH) return;
  }
}

interface Outcome {
  readonly customer: Graded;
  readonly scheme: Scheme;
  readonly decision: Decision<'grade'> | Error;
}

async function gradeBatch(
  services: Services,
  run: GradingRun,
  policy: InstalledPolicy,
  customers: readonly Graded[],
): Promise<void> {
  const { database, clock, policies } = services;
  const now = clock.now();
  const chosen = customers.map((customer) => ({
    customer,
    scheme: schemeFor(policy.declaration, customer, run.schemeId),
  }));
  const facts = chosen.map(({ customer, scheme }) => gradeFacts(policy.declaration, scheme.id, customer, { now }));
  const decisions = facts.length === 0 ? [] : await policies.askMany(run.policyId, 'grade', facts);
  const outcomes: Outcome[] = chosen.map((one, index) => ({
    ...one,
    decision: decisions[index] ?? new Error('no decision'),
  }));
  const today = dateIn(now, policy.declaration.timeZone ?? 'Asia/Shanghai');
  const tally = { done: customers.length, promoted: 0, demoted: 0, unchanged: 0, failed: 0 };
  const writes = new WriteSet();
  const ended: string[] = [];
  const reviewed: string[] = [];
  for (const outcome of outcomes) {
    const move = moveOf(outcome);
    tally[move.kind] += 1;
    if (move.kind === 'failed') continue;
    const { customer, scheme } = outcome;
    const assessment = {
      ...assessmentRow(move.decision.answer, {
        customerId: customer.id,
        policyId: run.policyId,
        schemeId: scheme.id,
        currentTierCode: move.from,
        policyVersion: move.decision.policyVersion,
        assessedById: run.startedById,
        at: now,
        runId: run.id,
      }),
      status: 'APPROVED' as const,
    };
    writes.insert('assessment', assessment);
    const held = customer.grades.find(({ schemeId }) => schemeId === scheme.id);
    if (move.kind === 'unchanged') {
      if (held) reviewed.push(held.id);
      continue;
    }
    if (held) ended.push(held.id);
    const tier = move.to === null ? null : scheme.tiers[move.to];
    if (tier && move.to !== null) {
      writes.insert('grade', {
        id: newId(),
        customerId: customer.id,
        policyId: run.policyId,
        schemeId: scheme.id,
        tierCode: move.to,
        tierRank: tier.rank,
        state: 'ACTIVE',
        reason: 'ASSESSED',
        since: now,
        reviewDueOn: reviewDate(scheme, today),
        misses: 0,
        policyVersion: move.decision.policyVersion,
        assessmentId: assessment.id,
      });
    }
    const change = { from: move.from, to: move.to, key: assessment.id };
    writes.insert('alert', gradeChangedAlert({ ...customer, tierRank: tier?.rank ?? customer.tierRank }, change, now));
  }
  const last = customers.at(-1)?.id ?? run.cursor;
  const finished = customers.length < BATCH;
  await inTransaction(database, async (tx) => {
    await tx.grade.updateMany({
      where: { id: { in: ended } },
      data: { state: 'ENDED', endedAt: now, endedBecause: 'ASSESSED' },
    });
    await writes.execute(tx);
    const moved = ended.length > 0 || writes.of('grade').length > 0;
    await refreshBestGrades(tx, moved ? customers.map(({ id }) => id) : []);
    const { count } = await tx.gradingRun.updateMany({
      where: { id: run.id, state: 'RUNNING', cursor: run.cursor },
      data: {
        cursor: last,
        done: { increment: tally.done },
        promoted: { increment: tally.promoted },
        demoted: { increment: tally.demoted },
        unchanged: { increment: tally.unchanged },
        failed: { increment: tally.failed },
        updatedAt: now,
        ...(finished && { state: 'COMPLETED' as const, finishedAt: now }),
      },
    });
    // Someone else did this batch, or the run was stopped: nothing of it is written.
    if (count === 0) throw Refused.because('RUN_STOPPED', 'The run was stopped or goes on elsewhere.');
  });
}

type MoveOf =
  | { kind: 'failed' }
  | { kind: 'promoted' | 'demoted' | 'unchanged'; decision: Decision<'grade'>; from: string | null; to: string | null };

/** Where a decision takes a customer. Without consent a better tier is not given; undecided ones stay as they are. */
function moveOf({ customer, scheme, decision }: Outcome): MoveOf {
  if (decision instanceof Error) return { kind: 'failed' };
  const held = customer.grades.find(({ schemeId }) => schemeId === scheme.id);
  const from = held?.tierCode ?? null;
  const to = decision.answer.tier;
  const same = { kind: 'unchanged' as const, decision, from, to: from };
  if (decision.answer.missing.length > 0 || from === to) return same;
  // An exception or an annual list holds until its end, whatever the figures say.
  if (held && held.reason !== 'ASSESSED') return same;
  const rank = to === null ? -1 : (scheme.tiers[to]?.rank ?? -1);
  const kind = rank > (held?.tierRank ?? -1) ? 'promoted' : 'demoted';
  if (kind === 'promoted' && scheme.needsConsent && customer.vipConsent !== true) return same;
  return { kind, decision, from, to };
}

/** Copies the best grades in force onto many customers and their open tickets, as sets. */
async function refreshBestGrades(tx: Prisma.TransactionClient, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await tx.$executeRaw`
    with best as (
      select distinct on (c.id) c.id as customer_id, g.id, g.scheme_id, g.tier_code, g.tier_rank, g.review_due_on
      from customer c left join grade g on g.customer_id = c.id and g.state <> 'ENDED'
      where c.id = any(${[...customerIds]}::uuid[])
      order by c.id, g.tier_rank desc nulls last, g.since desc, g.id desc
    ), updated as (
      update customer c set grade_id = b.id, scheme_id = b.scheme_id, tier_code = b.tier_code, tier_rank = b.tier_rank, review_due_on = b.review_due_on
      from best b where c.id = b.customer_id and c.grade_id is distinct from b.id
      returning c.id, b.tier_code, b.tier_rank
    )
    update ticket t set tier_code = u.tier_code, tier_rank = u.tier_rank
    from updated u where t.customer_id = u.id and t.status <> 'CLOSED'`;
}
