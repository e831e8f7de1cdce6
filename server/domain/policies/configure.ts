import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { parseParameters, policyVersionOf, readParameters } from '../../engine/policy/parameters.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { STANDARD_ID } from '../../engine/policy/registry.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { changesBetween, writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, Forbidden, InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';

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
  { database, policies, clock }: Pick<Services, 'database' | 'policies' | 'clock'>,
  { actor, requestId }: Caller,
  input: ConfigurePolicyInput,
): Promise<InstalledPolicy> {
  requirePermission(actor, 'configurePolicy', input);
  const { policyId, expectedVersion } = input;
  const installed = policies.get(policyId);
  if (!installed) throw new NotFound('Policy');
  const { declaration } = installed;
  if (declaration.businessLine && !actor.policyIds.includes(policyId))
    throw new Forbidden('Your branch does not run this business line.');
  const issues = checkInput(input);
  if (issues.length > 0) throw new InvalidInput(issues);
  const reason = input.reason.trim();
  const now = clock.now();

  await inTransaction(database, async (tx) => {
    // Two operators at once: the second waits here, and then finds another version than it expected.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`policy ${policyId}`}))`;
    const row = await tx.policySetting.findUnique({ where: { policyId } });
    const set = stillDeclared(declaration, (row?.parameters ?? {}) as Record<string, unknown>);
    const before = parseParameters(declaration, set, 'input.parameters').parameters;
    const version = policyVersionOf(declaration, before);
    if (version !== expectedVersion) throw new Conflict(version);
    const wasEnabled = row?.enabled ?? true;

    const given = { ...set, ...Object.fromEntries(input.parameters.map(({ key, value }) => [key, value])) };
    const after = readParameters(declaration, given, 'input.parameters');
    const stored = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== null && value !== undefined),
    ) as Prisma.InputJsonObject;
    const enabled = input.enabled ?? wasEnabled;
    const keys = Object.keys({ ...before, ...after }).sort();
    const changes = changesBetween(
      { ...before, enabled: wasEnabled },
      { ...Object.fromEntries(keys.map((key) => [key, after[key]])), enabled },
    );
    const setting = { enabled, parameters: stored, version: policyVersionOf(declaration, after), updatedAt: now };
    await tx.policySetting.upsert({ where: { policyId }, create: { policyId, ...setting }, update: setting });
    await tx.policyVersion.create({
      data: {
        id: newId(),
        policyId,
        version: setting.version,
        parameters: after as Prisma.InputJsonObject,
        enabled,
        reason,
        byId: actor.id,
        at: now,
      },
      select: { id: true },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'CONFIGURE_POLICY',
      subject: { type: 'Policy', id: policyId },
      policyId,
      branchId: actor.branchId,
      reason,
      changes,
    });
  });
  await policies.refresh();
  const configured = policies.get(policyId);
  if (!configured) throw new NotFound('Policy');
  return configured;
}

/** What was set, without the parameters that an upgrade of the plugin took away. */
function stillDeclared({ parameters = {} }: Policy, set: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(set).filter(([key]) => Object.hasOwn(parameters, key)));
}

function checkInput({ policyId, parameters, enabled, reason }: ConfigurePolicyInput): Issue[] {
  const keys = parameters.map(({ key }) => key);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  return [
    ...(reason.trim() === '' ? [{ path: 'input.reason', message: 'is empty: a change has a reason' }] : []),
    ...[...new Set(twice)].map((key) => ({ path: `input.parameters.${key}`, message: 'is given twice' })),
    ...(enabled === false && policyId === STANDARD_ID
      ? [{ path: 'input.enabled', message: 'the standard policy answers always' }]
      : []),
  ];
}
