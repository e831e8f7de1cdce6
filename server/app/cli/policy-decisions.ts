import type { PolicyDecision } from '../../../prisma/generated/client/client.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { loadPlugins } from '../../engine/policy/registry.ts';
import { goldenTable } from '../../engine/policy-kit/golden/capture.ts';
import type { Database } from '../../platform/storage/database.ts';
import { parseGlobalId } from '../../platform/values/ids.ts';
import { SettingsError } from '../settings-error.ts';
import { withDatabase } from './with-database.ts';

/** Decisions that are read together. */
const BATCH = 500;

const WEEK_MS = 7 * 86_400_000;

/** Prints decisions of the environment's database, the oldest first, a line of JSON each; before those of a version its parameters. */
export async function printDecisions(
  asked: { readonly policy: string; readonly from?: Date; readonly to?: Date; readonly question?: string },
  print: (line: string) => void = console.log,
): Promise<void> {
  const { policy: policyId, to = new Date(), from = new Date(to.getTime() - WEEK_MS), question } = asked;
  await withDatabase(async ({ prisma }) => {
    const known = new Set<string>();
    for (let after: PolicyDecision | undefined; ; ) {
      const rows: PolicyDecision[] = await prisma.policyDecision.findMany({
        where: {
          policyId,
          at: { gte: after?.at ?? from, lt: to },
          ...(question && { question }),
          ...(after && { OR: [{ at: { gt: after.at } }, { at: after.at, id: { gt: after.id } }] }),
        },
        orderBy: [{ at: 'asc' }, { id: 'asc' }],
        take: BATCH,
      });
      for (const row of rows) {
        const { policyVersion: version } = row;
        if (!known.has(version))
          print(JSON.stringify({ policyId, version, parameters: await parametersOf({ prisma }, row) }));
        known.add(version);
        const { written: _written, recordedAt: _recordedAt, ...decision } = row;
        print(JSON.stringify(decision));
      }
      after = rows.at(-1);
      if (rows.length < BATCH) return;
    }
  });
}

/** A decision of the environment's database as a golden row, its head before it. */
export async function goldenRow(globalId: string, it: string | undefined): Promise<string> {
  const id = parseGlobalId(globalId)?.id ?? globalId;
  return withDatabase(async ({ prisma }, env) => {
    const found = await prisma.policyDecision.findMany({ where: { id: { equals: id } }, take: 1 }).catch(() => []);
    const [decision] = found;
    if (!decision)
      throw new SettingsError(`There is no decision ${globalId}: it was never kept, or its days are over.`);
    const plugins = await loadPlugins(env.TIERLINE_PLUGINS);
    const declaration = plugins.find(({ policy }) => policy.id === decision.policyId)?.policy;
    const parameters = ofItsOwn(await parametersOf({ prisma }, decision), declaration);
    return goldenTable({ ...decision, it: it ?? `decided on ${decision.at.toISOString()}`, parameters });
  });
}

/** The parameters of a decision's version; none where nobody had set any. */
async function parametersOf(
  { prisma }: Pick<Database, 'prisma'>,
  { policyId, policyVersion: version }: PolicyDecision,
): Promise<Readonly<Record<string, unknown>>> {
  const found = await prisma.policyVersion.findFirst({ where: { policyId, version }, orderBy: { at: 'desc' } });
  return (found?.parameters ?? {}) as Readonly<Record<string, unknown>>;
}

/** Without what the plugin would take anyway. */
function ofItsOwn(parameters: Readonly<Record<string, unknown>>, policy: Policy | undefined) {
  return Object.fromEntries(
    Object.entries(parameters).filter(
      ([key, value]) => JSON.stringify(policy?.parameters?.[key]?.default) !== JSON.stringify(value),
    ),
  );
}
