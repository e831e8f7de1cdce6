import type { GradingRun } from '../../../../prisma/generated/client/client.ts';
import { Act } from '../../../engine/services/act.ts';
import { businessLine } from '../../../engine/services/business-line.ts';
import { goOn } from '../../../engine/services/long-work.ts';
import type { Caller, Services } from '../../../engine/services/services.ts';
import type { Actor } from '../../../platform/access/actor.ts';
import { requireAgreement } from '../../../platform/access/scope.ts';
import { InvalidInput, NotFound } from '../../../platform/values/errors.ts';
import { newId } from '../../../platform/values/ids.ts';
import { own } from '../../../platform/values/own.ts';
import { refuse } from '../../../platform/values/refusals.ts';
import { both, countCustomers, gradedBy, lockRunsOf, ofBranches } from '../sql.ts';
import { gradingRuns } from './continue-run.ts';
import { kindsGraded } from './decide-grade.ts';

/**
 * The branches of a line whose customers a person sees; null where it is none. A line that is open to all its places is taken
 * by today's branches, so that a run says by itself whose customers it grades, also after another node takes it over.
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
  const act = Act.begin(services, caller, 'runGrading');
  const { policy, branchIds } = await checkRun(act, policyId, schemeId);
  const id = newId();
  const { branchId } = act.actor;
  await act.commit({
    audit: act.audit('START_GRADING_RUN', { type: 'GradingRun', id, policyId, branchId }),
    async change(tx) {
      await lockRunsOf(tx, policyId);
      const underWay = { policyId, state: 'RUNNING', branchIds: { hasSome: branchIds } } as const;
      if (await tx.gradingRun.findFirst({ where: underWay, select: { id: true } })) throw refuse('RUN_UNDER_WAY');
      const set = both(gradedBy(policyId, kindsGraded(policy, schemeId)), ofBranches(branchIds));
      await tx.gradingRun.create({
        data: {
          id,
          policyId,
          schemeId,
          state: 'RUNNING',
          total: await countCustomers(tx, set),
          branchIds,
          branchId,
          policyVersion: policy.version,
          startedById: act.actor.id,
          startedAt: act.now,
          updatedAt: act.now,
        },
        select: { id: true },
      });
    },
  });
  void goOn(services, gradingRuns, id);
  return id;
}

/** The line that is graded, and the branches whose customers the actor sees. */
async function checkRun({ services, actor }: Act, policyId: string, schemeId: string | null) {
  const policy = businessLine(services.policies.get(policyId), policyId);
  if (!actor.policyIds.includes(policyId))
    throw new InvalidInput([{ path: 'policyId', message: 'is not run at your branch' }]);
  requireAgreement(actor);
  const branchIds = await branchesOf(services, actor, policyId);
  if (!branchIds) throw new InvalidInput([{ path: 'policyId', message: 'has no customers that you see' }]);
  if (schemeId && !own(policy.declaration.schemes, schemeId)) {
    throw new InvalidInput([{ path: 'schemeId', message: `is no scheme of ${policyId}` }]);
  }
  return { policy, branchIds };
}

/** Stops a run after the batch that is under way; it can be resumed. */
export async function stopGradingRun(services: Services, caller: Caller, id: string): Promise<string> {
  return setRunState(services, caller, id, 'RUNNING', 'STOPPED');
}

/** Goes on with a run that was stopped or broke off, from the last customer done. */
export async function resumeGradingRun(services: Services, caller: Caller, id: string): Promise<string> {
  await setRunState(services, caller, id, 'STOPPED', 'RUNNING');
  void goOn(services, gradingRuns, id, { waits: true });
  return id;
}

async function setRunState(
  services: Services,
  caller: Caller,
  id: string,
  from: 'RUNNING' | 'STOPPED',
  to: 'RUNNING' | 'STOPPED',
): Promise<string> {
  const act = Act.begin(services, caller, 'runGrading');
  const run = await act.prisma.gradingRun.findUnique({ where: { id } });
  if (!run || !mayFollowRun(act.actor, run)) throw new NotFound('GradingRun');
  await act.commit({
    audit: act.audit(
      to === 'STOPPED' ? 'STOP_GRADING_RUN' : 'RESUME_GRADING_RUN',
      { type: 'GradingRun', id, policyId: run.policyId, branchId: act.actor.branchId },
      { changes: [{ field: 'state', before: from, after: to }] },
    ),
    announces: { kind: 'GRADING_RUN', id },
    async change(tx) {
      const { count } = await tx.gradingRun.updateMany({
        where: { id, state: from },
        data: { state: to, updatedAt: act.now },
      });
      if (count === 0) throw refuse('RUN_STATE', { state: run.state, to });
    },
  });
  return id;
}
