import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import { goOn } from '../../engine/services/long-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { policyApplications } from './continue-application.ts';
import type { Applied } from './reapply.ts';
import { lockPolicy } from './sql.ts';

/**
 * Applies the policy that is in force, its parameters and calendars, to the open tickets of its line. What was counted and
 * what was paused stays; the rest counts under the new promise. `policyImpact` shows the same numbers beforehand. It goes batch by
 * batch, each with its entry in the audit trail; where the node is lost on the way, another one goes on (continue-application.ts).
 *
 * @param expectedVersion the policy version whose impact the caller saw
 * @throws {Conflict} another version is in force by now
 * @throws {Refused} APPLICATION_UNDER_WAY, APPLICATION_FAILED
 */
export async function applyPolicy(
  services: Services,
  caller: Caller,
  input: { readonly policyId: string; readonly expectedVersion: string; readonly reason: string },
): Promise<Applied> {
  const act = Act.begin(services, caller, 'applyPolicy', input);
  const { policyId } = input;
  const policy = businessLine(services.policies.get(policyId), policyId);
  if (!act.actor.policyIds.includes(policyId))
    throw new InvalidInput([{ path: 'input.policyId', message: 'is not run at your branch' }]);
  const reason = input.reason.trim();
  if (reason === '') throw new InvalidInput([{ path: 'input.reason', message: 'is empty' }]);
  const { version } = policy;
  if (version !== input.expectedVersion) throw new Conflict(version, 'Another version is in force.');
  const [id, { branchId }] = [newId(), act.actor];
  await act.commit({
    audit: act.audit(
      'APPLY_POLICY',
      { type: 'Policy', id: policyId, policyId, branchId },
      { reason, changes: [{ field: 'version', before: null, after: version }] },
    ),
    async change(tx) {
      await lockPolicy(tx, policyId);
      if ((await tx.policyApplication.count({ where: { policyId, state: 'RUNNING' } })) > 0)
        throw refuse('APPLICATION_UNDER_WAY');
      const times = { startedAt: act.now, updatedAt: act.now };
      await tx.policyApplication.create({
        data: { id, policyId, version, reason, byId: act.actor.id, branchId, state: 'RUNNING', ...times },
        select: { id: true },
      });
    },
  });
  await goOn(services, policyApplications, id);
  const application = await act.prisma.policyApplication.findUniqueOrThrow({ where: { id } });
  if (application.state === 'FAILED') throw refuse('APPLICATION_FAILED');
  // The way to the database was lost on the way, or another node is at it.
  if (application.state === 'RUNNING') throw refuse('APPLICATION_UNDER_WAY');
  return application;
}
