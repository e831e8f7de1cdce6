import { isDeepStrictEqual } from 'node:util';
import type { PolicySetting } from '../../../prisma/generated/client/client.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { policyVersionOf } from '../../engine/policy/parameters.ts';
import type { InstalledPolicy, Policies } from '../../engine/policy/policies.ts';
import { STANDARD_ID } from '../../engine/policy/registry.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import { Conflict, Forbidden, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { readParameters } from './read-parameters.ts';
import { lockPolicy } from './sql.ts';

export interface ConfigurePolicyInput {
  readonly policyId: string;
  /** Only these change; null takes the default again, or leaves it blank where there is none. */
  readonly parameters: readonly { readonly key: string; readonly value?: unknown }[];
  readonly enabled?: boolean | null;
  readonly reason: string;
  /** The version in force, as it was read. */
  readonly expectedVersion: string;
}

/**
 * Sets parameters of a policy, or enables and disables it. Running tickets stay on the version that promised them.
 *
 * @returns the policy as it is in force from now on
 * @throws {InvalidInput} no reason, an unknown parameter, a value that its schema refuses, a contradiction
 * @throws {Conflict} another version is in force than was expected
 */
export async function configurePolicy(
  services: Services,
  caller: Caller,
  input: ConfigurePolicyInput,
): Promise<InstalledPolicy> {
  const act = Act.begin(services, caller, 'configurePolicy', input);
  const { policyId } = input;
  const { declaration } = act.policyOf(input);
  if (declaration.businessLine && !act.actor.policyIds.includes(policyId))
    throw new Forbidden('Your branch does not run this business line.');
  const issues = checkInput(input);
  if (issues.length > 0) throw new InvalidInput(issues);
  const reason = input.reason.trim();
  const found = await act.prisma.policySetting.findUnique({ where: { policyId } });
  const { setting, after, changes } = await decideSetting(services.policies, declaration, found, input, act.now);
  await act.commit({
    // What changes shows only once the policy is locked.
    audit: [],
    async change(tx) {
      // Two operators at once: the second waits here, and then finds another version than it expected.
      await lockPolicy(tx, policyId);
      const row = await tx.policySetting.findUnique({ where: { policyId } });
      if (!isDeepStrictEqual(row, found)) throw new Conflict(row?.version ?? null);
      // What is so already makes no version: it would be one that nobody made.
      if (changes.length === 0) return;
      await tx.policySetting.upsert({ where: { policyId }, create: { policyId, ...setting }, update: setting });
      const { version, enabled } = setting;
      const made = { reason, byId: act.actor.id, at: act.now };
      await tx.policyVersion.create({
        data: { id: newId(), policyId, version, parameters: jsonOf(after), enabled, ...made },
        select: { id: true },
      });
      const subject = { type: 'Policy', id: policyId, policyId, branchId: act.actor.branchId };
      await act.record(tx, act.audit('CONFIGURE_POLICY', subject, { reason, changes }));
    },
  });
  await services.policies.refresh();
  return act.policyOf(input);
}

/**
 * What a policy is set to, and what that changes.
 *
 * @throws {Conflict} another version is in force than was expected
 * @throws {InvalidInput} a parameter is unknown or does not fit
 */
async function decideSetting(
  policies: Policies,
  declaration: Policy,
  row: PolicySetting | null,
  input: ConfigurePolicyInput,
  updatedAt: Date,
) {
  const set = stillDeclared(declaration, (row?.parameters ?? {}) as Record<string, unknown>);
  const { value: before } = await policies.read(declaration.id, { of: 'PARAMETERS', values: set });
  const inForce = policyVersionOf(declaration, before);
  if (inForce !== input.expectedVersion) throw new Conflict(inForce);
  const given = { ...set, ...Object.fromEntries(input.parameters.map(({ key, value }) => [key, value])) };
  const after = await readParameters(policies, declaration.id, given, 'input.parameters');
  const stored = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
  const wasEnabled = row?.enabled ?? true;
  const enabled = input.enabled ?? wasEnabled;
  const keys = Object.keys({ ...before, ...after }).sort();
  const changes = changesBetween(
    { ...before, enabled: wasEnabled },
    { ...Object.fromEntries(keys.map((key) => [key, after[key]])), enabled },
  );
  const version = policyVersionOf(declaration, after);
  return { setting: { enabled, parameters: jsonOf(stored), version, updatedAt }, after, changes };
}

/** What was set, without the parameters that an upgrade of the plugin took away. */
function stillDeclared({ parameters = {} }: Policy, set: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(set).filter(([key]) => Object.hasOwn(parameters, key)));
}

function checkInput({ policyId, parameters, enabled, reason }: ConfigurePolicyInput): Issue[] {
  const keys = parameters.map(({ key }) => key);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  return [
    ...(parameters.length === 0 && enabled == null ? [{ path: 'input', message: 'changes nothing' }] : []),
    ...(reason.trim() === '' ? [{ path: 'input.reason', message: 'is empty: a change has a reason' }] : []),
    ...[...new Set(twice)].map((key) => ({ path: `input.parameters.${key}`, message: 'is given twice' })),
    ...(enabled === false && policyId === STANDARD_ID
      ? [{ path: 'input.enabled', message: 'the standard policy answers always' }]
      : []),
  ];
}
