import type { PolicyShadow } from '../../../prisma/generated/client/client.ts';
import { policyVersionOf } from '../../engine/policy/parameters.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { may } from '../../platform/access/permissions.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { fromJson } from '../../platform/values/json.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { configurePolicy } from '../policies/configure.ts';
import { parametersFor } from './replay.ts';
import { READ_LOG_END } from './sql.ts';

// RUNNING -> STOPPED, or PROMOTED once its parameters are in force. While it runs, a job follows the log of decisions and asks the
// candidate the same (follow-shadows.ts); the policy in force knows nothing of it.

/** The id before all others. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Starts asking a candidate what the policy in force is asked from now on. Nothing comes of its answers but the comparison.
 *
 * @returns the shadow's id
 * @throws {Refused} SHADOW_RUNNING: the policy has one already
 */
export async function startShadow(
  services: Services,
  caller: Caller,
  input: {
    readonly policyId: string;
    readonly parameters: readonly { readonly key: string; readonly value: unknown }[];
    readonly reason: string;
  },
): Promise<string> {
  const act = Act.begin(services, caller, 'configurePolicy', input);
  const { policyId } = input;
  const policy = businessLine(services.policies.get(policyId), policyId);
  const reason = input.reason.trim();
  if (reason === '') throw new InvalidInput([{ path: 'input.reason', message: 'is empty' }]);
  const parameters = await parametersFor(services, policy, input);
  const version = policyVersionOf(policy.declaration, parameters);
  if (version === policy.version)
    throw new InvalidInput([{ path: 'input.parameters', message: 'change nothing: this is what is in force' }]);
  const { rows } = await services.database.pool.query<{ written: string; began: string }>(READ_LOG_END);
  const [end] = rows;
  const id = newId();
  await act.commit({
    audit: act.audit('START_SHADOW', subjectOf(act, policyId), {
      reason,
      changes: [{ field: 'candidate', before: policy.version, after: version }],
    }),
    async change(tx) {
      // Two at once: the second one finds the row of the first, and inserts none.
      const { count } = await tx.policyShadow.createMany({
        data: {
          id,
          policyId,
          version,
          parameters: jsonOf(parameters),
          state: 'RUNNING',
          reason,
          startedById: act.actor.id,
          startedAt: act.now,
          began: end?.began ?? '',
          written: BigInt(end?.written ?? 0),
          decisionId: NO_ID,
        },
        skipDuplicates: true,
      });
      if (count === 0) throw refuse('SHADOW_RUNNING');
    },
  });
  return id;
}

/** Ends it; what was found stays. */
export async function stopShadow(services: Services, caller: Caller, id: string): Promise<string> {
  const shadow = await findShadow(services, caller, id);
  const act = Act.begin(services, caller, 'configurePolicy', shadow);
  await act.commit({
    audit: act.audit('STOP_SHADOW', subjectOf(act, shadow.policyId), { reason: shadow.reason }),
    announces: { kind: 'SHADOW', id },
    async change(tx) {
      const { count } = await tx.policyShadow.updateMany({
        where: { id, state: 'RUNNING' },
        data: { state: 'STOPPED', endedAt: act.now },
      });
      if (count === 0) throw refuse('SHADOW_ENDED');
    },
  });
  return id;
}

/**
 * Puts the candidate's parameters in force, as `configurePolicy` does and by the same right, and ends the shadow.
 *
 * @param input.expectedVersion the version in force, as it was read
 * @throws {Conflict} another version is in force than was expected, or the plugin was changed since the shadow began
 */
export async function promoteShadow(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly expectedVersion: string; readonly reason: string },
): Promise<InstalledPolicy> {
  const { id, expectedVersion, reason } = input;
  const shadow = await findShadow(services, caller, id);
  const act = Act.begin(services, caller, 'configurePolicy', shadow);
  const { policyId } = shadow;
  const policy = act.policyOf(shadow);
  if (shadow.state !== 'RUNNING') throw refuse('SHADOW_ENDED');
  const candidate = fromJson<Record<string, unknown>>(shadow.parameters);
  // Under another version of the plugin the same parameters are something that nobody has compared.
  if (policyVersionOf(policy.declaration, candidate) !== shadow.version) throw new Conflict(policy.version);
  const keys = Object.keys({ ...policy.parameters, ...candidate });
  const parameters = keys.map((key) => ({ key, value: candidate[key] ?? null }));
  const configured = await configurePolicy(services, caller, { policyId, parameters, reason, expectedVersion });
  const promoted = { state: 'PROMOTED', endedAt: act.now } as const;
  await services.database.prisma.policyShadow.updateMany({ where: { id, state: 'RUNNING' }, data: promoted });
  services.changes.announce('SHADOW', id);
  return configured;
}

async function findShadow({ database }: Services, { actor }: Caller, id: string): Promise<PolicyShadow> {
  if (!may(actor, 'configurePolicy')) throw new Forbidden();
  const found = await database.prisma.policyShadow.findUnique({ where: { id } });
  if (!found) throw new NotFound('PolicyShadow');
  return found;
}

function subjectOf({ actor }: Act, policyId: string) {
  return { type: 'Policy', id: policyId, policyId, branchId: actor.branchId };
}
