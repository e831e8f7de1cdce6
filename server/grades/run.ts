import { requirePermission } from '../access/permissions.ts';
import { gradeChangedAlert } from '../alerts/raise.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Caller, Services } from '../context.ts';
import { businessLine } from '../customers/service.ts';
import { dateIn, endOfDayIn, zoneOffset } from '../days.ts';
import { InvalidInput, NotFound, Refused } from '../errors.ts';
import { type GradingRun, Prisma } from '../generated/prisma/client.ts';
import { newId } from '../ids.ts';
import type { InstalledPolicy } from '../policy/policies.ts';
import { inTransaction } from '../storage/transaction.ts';
import { WriteSet } from '../storage/write-set.ts';
import { refreshBestGrades } from './best.ts';
import { BATCH, type Decided, decideBatch, gradedBy } from './decide.ts';
import { lastValidDay, promotionDay } from './life-cycle.ts';
import { reviewDate, type Scheme } from './schemes.ts';
import { assessmentRow } from './service.ts';

/**
 * Starts to grade every customer of a business line in the background.
 *
 * @throws {Refused} a run of the line is under way
 */
export async function startGradingRun(
  services: Services,
  caller: Caller,
  policyId: string,
  schemeId: string | null,
): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'runGrading');
  const policy = businessLine(policies.get(policyId), policyId);
  if (!actor.policyIds.includes(policyId))
    throw new InvalidInput([{ path: 'policyId', message: 'is not run at your branch' }]);
  if (schemeId && !policy.declaration.schemes?.[schemeId]) {
    throw new InvalidInput([{ path: 'schemeId', message: `is no scheme of ${policyId}` }]);
  }
  const now = clock.now();
  const id = newId();
  await inTransaction(database, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`grading ${policyId}`}))`;
    if (await tx.gradingRun.findFirst({ where: { policyId, state: 'RUNNING' }, select: { id: true } })) {
      throw Refused.because('RUN_UNDER_WAY', 'A grading run of this business line is under way.');
    }
    const [count] = await tx.$queryRaw<
      { total: number }[]
    >`select count(*)::int as total from customer c where ${gradedBy(policy, schemeId)}`;
    const { version: policyVersion } = policy;
    await tx.gradingRun.create({
      data: {
        id,
        policyId,
        schemeId,
        state: 'RUNNING',
        total: count?.total ?? 0,
        policyVersion,
        startedById: actor.id,
        startedAt: now,
        updatedAt: now,
      },
      select: { id: true },
    });
    const subject = { type: 'GradingRun', id };
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'START_GRADING_RUN',
      subject,
      policyId,
      branchId: actor.branchId,
    });
  });
  goOn(services, id);
  return id;
}

/** Stops a run after the batch that is under way; it can be resumed. */
export async function stopGradingRun(services: Services, caller: Caller, id: string): Promise<string> {
  return setRunState(services, caller, id, 'RUNNING', 'STOPPED');
}

/** Goes on with a run that was stopped or broke off, from the last customer done. */
export async function resumeGradingRun(services: Services, caller: Caller, id: string): Promise<string> {
  await setRunState(services, caller, id, 'STOPPED', 'RUNNING');
  goOn(services, id);
  return id;
}

async function setRunState(
  services: Services,
  { actor, requestId }: Caller,
  id: string,
  from: 'RUNNING' | 'STOPPED',
  to: 'RUNNING' | 'STOPPED',
): Promise<string> {
  requirePermission(actor, 'runGrading');
  const { database, clock, changes } = services;
  const now = clock.now();
  const run = await database.prisma.gradingRun.findFirst({ where: { id, policyId: { in: [...actor.policyIds] } } });
  if (!run) throw new NotFound('GradingRun');
  await inTransaction(database, async (tx) => {
    const { count } = await tx.gradingRun.updateMany({
      where: { id, state: from },
      data: { state: to, updatedAt: now },
    });
    if (count === 0) throw Refused.because('RUN_STATE', `A run that is ${run.state} cannot become ${to}.`);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: to === 'STOPPED' ? 'STOP_GRADING_RUN' : 'RESUME_GRADING_RUN',
      subject: { type: 'GradingRun', id },
      policyId: run.policyId,
      branchId: actor.branchId,
      changes: [{ field: 'state', before: from, after: to }],
    });
  });
  changes.announce('GRADING_RUN', id);
  return id;
}

function goOn(services: Services, id: string): void {
  continueRun(services, id).catch(async (error: unknown) => {
    services.log.error({ err: error, runId: id }, 'a grading run broke off; it can be resumed');
    await services.database.prisma.gradingRun
      .updateMany({ where: { id, state: 'RUNNING' }, data: { state: 'STOPPED' } })
      .catch(() => undefined);
    services.changes.announce('GRADING_RUN', id);
  });
}

/**
 * Batches on from the last customer done, until the run is complete or stopped. While a batch is written the next one is
 * read and decided.
 */
async function continueRun(services: Services, id: string): Promise<void> {
  const { database, policies, changes, clock } = services;
  let ahead: Promise<Decided[]> | null = null;
  for (;;) {
    const run = await database.prisma.gradingRun.findUniqueOrThrow({ where: { id } });
    if (run.state !== 'RUNNING') return;
    const policy = policies.get(run.policyId);
    if (!policy) throw new Error(`the policy ${run.policyId} is not installed`);
    const now = clock.now();
    const request = { policy, schemeId: run.schemeId, scope: Prisma.sql`true`, now };
    const decided: Decided[] = await (ahead ?? decideBatch(services, request, run.cursor));
    const last = decided.at(-1)?.customer.id ?? null;
    ahead = decided.length < BATCH ? null : decideBatch(services, request, last);
    // What goes wrong ahead is told when its turn comes.
    ahead?.catch(() => undefined);
    const goesOn = await writeBatch(services, run, policy, decided, now);
    changes.announce('GRADING_RUN', id);
    services.alerts.wake();
    if (!goesOn) return;
  }
}

/** Writes what a batch decided, as sets, in one transaction. @returns whether there is more to do */
async function writeBatch(
  services: Services,
  run: GradingRun,
  policy: InstalledPolicy,
  decided: readonly Decided[],
  now: Date,
): Promise<boolean> {
  const today = dateIn(now, policy.declaration.timeZone ?? 'Asia/Shanghai');
  const tally = { promoted: 0, demoted: 0, unchanged: 0, failed: 0 };
  const writes = new WriteSet();
  const ended: string[] = [];
  const kept: { id: string; until: Date | null; ends_at: Date | null }[] = [];
  const watched: { id: string; misses: number }[] = [];
  for (const one of decided) {
    const { customer, scheme, held, decision, outcome } = one;
    const counted = outcome.kind === 'watched' || outcome.kind === 'undecided' ? 'unchanged' : outcome.kind;
    tally[counted] += 1;
    if (decision instanceof Error || outcome.kind === 'failed') continue;
    const assessment = {
      ...assessmentRow(decision.answer, {
        customerId: customer.id,
        policyId: run.policyId,
        schemeId: scheme.id,
        currentTierCode: held?.tierCode ?? null,
        policyVersion: decision.policyVersion,
        assessedById: run.startedById,
        at: now,
        runId: run.id,
      }),
      status: 'APPROVED' as const,
    };
    writes.insert('assessment', assessment);
    if (outcome.kind === 'watched' && held) watched.push({ id: held.id, misses: outcome.misses });
    if (outcome.kind === 'unchanged' && held) {
      const { until, endsAt } = validity(scheme, today, policy.declaration.timeZone);
      kept.push({ id: held.id, until, ends_at: endsAt });
    }
    if (outcome.kind !== 'promoted' && outcome.kind !== 'demoted') continue;
    const later = outcome.kind === 'promoted' ? promotionDay(scheme.lifeCycle, today) : null;
    if (held && !later) ended.push(held.id);
    if (outcome.to !== null) {
      writes.insert('grade', {
        id: newId(),
        customerId: customer.id,
        policyId: run.policyId,
        schemeId: scheme.id,
        tierCode: outcome.to,
        tierRank: outcome.rank,
        state: 'ACTIVE',
        reason: 'ASSESSED',
        // The day begins at its local midnight.
        since: later ? new Date(later.getTime() - zoneOffset(later, policy.declaration.timeZone)) : now,
        scheduled: later !== null,
        ...validity(scheme, later ?? today, policy.declaration.timeZone),
        reviewDueOn: reviewDate(scheme, today),
        misses: 0,
        policyVersion: decision.policyVersion,
        assessmentId: assessment.id,
      });
    }
    if (later) continue;
    const change = { from: held?.tierCode ?? null, to: outcome.to, key: assessment.id };
    writes.insert(
      'alert',
      gradeChangedAlert({ ...customer, tierRank: outcome.to === null ? customer.tierRank : outcome.rank }, change, now),
    );
  }
  const finished = decided.length < BATCH;
  const moved = decided
    .filter(({ outcome }) => outcome.kind === 'promoted' || outcome.kind === 'demoted')
    .map(({ customer }) => customer.id);
  await inTransaction(
    services.database,
    async (tx) => {
      const { count } = await tx.gradingRun.updateMany({
        where: { id: run.id, cursor: run.cursor, state: { in: ['RUNNING', 'STOPPED'] } },
        data: {
          cursor: decided.at(-1)?.customer.id ?? run.cursor,
          done: { increment: decided.length },
          promoted: { increment: tally.promoted },
          demoted: { increment: tally.demoted },
          unchanged: { increment: tally.unchanged },
          failed: { increment: tally.failed },
          updatedAt: now,
          ...(finished && { state: 'COMPLETED' as const, finishedAt: now }),
        },
      });
      // Another node did this batch: nothing of it is written twice.
      if (count === 0) throw Refused.because('RUN_STOPPED', 'The run goes on elsewhere.');
      if (ended.length > 0)
        await tx.grade.updateMany({
          where: { id: { in: ended } },
          data: { state: 'ENDED', endedAt: now, endedBecause: 'ASSESSED' },
        });
      await tx.$executeRaw`
        update grade g set misses = w.misses, state = 'WATCH' from jsonb_to_recordset(${JSON.stringify(watched)}::jsonb) as w(id uuid, misses int)
        where g.id = w.id`;
      await tx.$executeRaw`
        update grade g set misses = 0, state = 'ACTIVE', until = coalesce(k.until, g.until), ends_at = coalesce(k.ends_at, g.ends_at)
        from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(id uuid, until date, ends_at timestamptz)
        where g.id = k.id and (g.misses <> 0 or k.until is not null)`;
      await writes.execute(tx);
      await refreshBestGrades(tx, moved);
    },
    { timeoutMs: 30_000 },
  );
  return !finished;
}

/** Until when a grade holds that is given or confirmed on a day. */
function validity(
  scheme: Scheme,
  day: Date,
  timeZone: string | undefined,
): { until: Date | null; endsAt: Date | null } {
  const until = lastValidDay(scheme.lifeCycle, day);
  return { until, endsAt: until && endOfDayIn(until, timeZone) };
}
