import { type GradingRun, Prisma } from '../../../prisma/generated/client/client.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { requireAgreement } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { BATCH, type Decided, decideBatch, gradedBy } from './decide.ts';
import { completeRun } from './propose.ts';
import { settleBatch } from './write-batch.ts';

/**
 * The branches of a line whose customers a person sees; null where it is none. A line that is open to all its places is taken
 * by the branches of now, so that a run says by itself whose customers it grades, whoever goes on with it.
 */
async function branchesOf({ actors }: Services, actor: Actor, policyId: string): Promise<string[] | null> {
  const line = actor.rows.lines.find((one) => one.policyId === policyId);
  if (!line) return null;
  if (line.branchIds !== 'ALL') return [...line.branchIds];
  return [...(await actors.organisation()).branches.keys()];
}

/** Whether a person sees every customer whom a run grades: its numbers are theirs. */
export function mayFollowRun({ rows }: Actor, run: Pick<GradingRun, 'policyId' | 'branchIds'>): boolean {
  return rows.lines.some(
    ({ policyId, branchIds }) =>
      policyId === run.policyId && (branchIds === 'ALL' || run.branchIds.every((id) => branchIds.has(id))),
  );
}

/** The customers that a run grades, over the alias `c`. */
function graded({ branchIds }: Pick<GradingRun, 'branchIds'>): Prisma.Sql {
  return Prisma.sql`c.branch_id = any(${branchIds}::uuid[])`;
}

/**
 * Starts to grade the customers of a business line in the background: those whom the caller sees. A tier that the policy's
 * route sends to an approval is proposed (propose.ts).
 *
 * @throws {Refused} a run over some of the same customers is under way
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
  requireAgreement(actor);
  const branchIds = await branchesOf(services, actor, policyId);
  if (!branchIds) throw new InvalidInput([{ path: 'policyId', message: 'has no customers that you see' }]);
  if (schemeId && !policy.declaration.schemes?.[schemeId]) {
    throw new InvalidInput([{ path: 'schemeId', message: `is no scheme of ${policyId}` }]);
  }
  const now = clock.now();
  const id = newId();
  await inTransaction(database, async (tx) => {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`grading ${policyId}`}))`;
    const underWay = { policyId, state: 'RUNNING', branchIds: { hasSome: branchIds } } as const;
    if (await tx.gradingRun.findFirst({ where: underWay, select: { id: true } })) {
      throw Refused.because('RUN_UNDER_WAY', 'A grading run over customers of yours is under way.');
    }
    const [count] = await tx.$queryRaw<
      { total: number }[]
    >`select count(*)::int as total from customer c where ${gradedBy(policy, schemeId)} and ${graded({ branchIds })}`;
    const { version: policyVersion } = policy;
    await tx.gradingRun.create({
      data: {
        id,
        policyId,
        schemeId,
        state: 'RUNNING',
        total: count?.total ?? 0,
        branchIds,
        branchId: actor.branchId,
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
  const run = await database.prisma.gradingRun.findUnique({ where: { id } });
  if (!run || !mayFollowRun(actor, run)) throw new NotFound('GradingRun');
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
 * Batches on from the last customer done, until the run is complete or stopped. While a batch is written, the next one is
 * read, decided and begun to be written; it takes its place in the run after the one before.
 */
async function continueRun(services: Services, id: string): Promise<void> {
  const { database, policies, changes, clock } = services;
  let { cursor } = await database.prisma.gradingRun.findUniqueOrThrow({ where: { id } });
  let ahead: Promise<Decided[]> | null = null;
  let before: Promise<void> = Promise.resolve();
  for (;;) {
    const run = await database.prisma.gradingRun.findUniqueOrThrow({ where: { id } });
    if (run.state !== 'RUNNING') return before;
    const policy = policies.get(run.policyId);
    if (!policy) throw new Error(`the policy ${run.policyId} is not installed`);
    const now = clock.now();
    const request = { policy, schemeId: run.schemeId, scope: graded(run), now };
    const decided: Decided[] = await (ahead ?? decideBatch(services, request, cursor));
    const last = decided.at(-1)?.customer.id ?? cursor;
    ahead = decided.length < BATCH ? null : decideBatch(services, request, last);
    const writing = settleBatch(services, { ...run, cursor }, policy, decided, request, before).then(() => {
      changes.announce('GRADING_RUN', id);
      services.alerts.wake();
    });
    // What goes wrong is told when its turn comes.
    ahead?.catch(() => undefined);
    writing.catch(() => undefined);
    await before;
    if (!ahead) {
      await writing;
      await completeRun(services, id);
      changes.announce('GRADING_RUN', id);
      services.alerts.wake();
      return;
    }
    before = writing;
    cursor = last;
  }
}
