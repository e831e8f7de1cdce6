import { compile } from '../../platform/threads/compile.ts';
import { clashes, dataProblems, declarationProblems } from './declaration/check-declaration.ts';
import { PluginError } from './errors.ts';
import type { Policies } from './policies.ts';
import { compiledFor, loadStandard, STANDARD_ID } from './registry.ts';
import { PolicyRuntime } from './runtime.ts';
import type { PoliciesOptions, PolicyLimits } from './runtime-options.ts';
import { POLICY_WORKER } from './threads/policy-worker.ts';
import type { HostedModules } from './threads/process-slots.ts';
import { ThreadPool } from './threads/thread-pool.ts';

const LIMITS: PolicyLimits = {
  callMs: 200,
  entryMs: 2,
  loadMs: 10_000,
  failures: 5,
  windowMs: 60_000,
  openMs: 30_000,
  refreshMs: 1_000,
};

/**
 * Opens the policies of this process. A plugin's thread starts with the first question that only the plugin can answer.
 *
 * @throws {PluginError} a plugin cannot be installed; nothing was started
 */
export async function openPolicies({ plugins, limits, threads, ...options }: PoliciesOptions): Promise<Policies> {
  const standard = plugins.find(({ policy }) => policy.id === STANDARD_ID) ?? (await loadStandard());
  const others = plugins.filter((plugin) => plugin !== standard);
  const policies = [...others, standard].map(({ policy }) => policy);
  const found = [...others, standard].flatMap(({ policy, problems, runsIn }) =>
    runsIn ? [...(problems ?? []), ...dataProblems(policy)] : declarationProblems(policy),
  );
  const problems = [...new Set([...found, ...clashes(policies)])];
  if (problems.length > 0) throw new PluginError(problems);
  const [worker = POLICY_WORKER, ...urls] = await compile([POLICY_WORKER, ...others.map(({ url }) => url)]);
  const hosted = new Map<string, HostedModules>();
  for (const { policy, url, runsIn } of others) if (runsIn === 'PROCESS') hosted.set(policy.id, await compiledFor(url));
  const runtime = new PolicyRuntime({
    ...options,
    spares: threads?.(worker) ?? new ThreadPool(worker, urls),
    plugins: others.map((plugin, index) => ({ ...plugin, url: urls[index] ?? plugin.url })),
    nowMs: options.nowMs ?? (() => performance.now()),
    hosted,
    standard: standard.policy,
    limits: { ...LIMITS, ...limits },
  });
  try {
    await runtime.refresh();
  } catch (error) {
    await runtime.close();
    throw error;
  }
  return runtime;
}
