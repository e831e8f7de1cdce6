import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from '../../platform/threads/compile.ts';
import { allowTypescript } from '../../platform/threads/thread.ts';
import { isBuilt } from '../../platform/values/own-package.ts';
import type { Policy } from './contract.ts';
import { PluginError } from './errors.ts';
import type { SchemaExtension } from './extensions.ts';
import { policyOf } from './reading/declared.ts';
import { hashOfPlugin } from './reading/sources.ts';
import { declarePlugin } from './threads/declare-plugin.ts';
import { POLICY_WORKER } from './threads/policy-worker.ts';
import { type HostedModules, POLICY_HOST, startProcess } from './threads/process-slots.ts';
import { startSlot } from './threads/thread-pool.ts';

/** A plugin: its policy, the module from which its thread loads it, and what its `schema.ts` adds, if it has one. */
export interface Plugin {
  readonly policy: Policy;
  readonly url: string;
  /** Of its files: what is run, whatever version it says it is. */
  readonly hash?: string;
  readonly extension?: SchemaExtension;
  /** Where alone its code runs, where it is a plugin of others: `policy` is then what it declares, as data. */
  readonly runsIn?: Isolation;
  /** What is wrong with its declaration, as its own thread found. */
  readonly problems?: readonly string[];
}

/** A thread keeps a plugin from holding up others; a process of its own keeps it from the system, too (decision 0081). */
export type Isolation = 'THREAD' | 'PROCESS';

export const STANDARD_ID = 'standard';

/** The plugins that come with the platform, in the order in which they are loaded. */
export const BUILT_IN: readonly string[] = ['core', 'bank-vip', 'telecom-vip', 'broadband-key-account', STANDARD_ID];

/** What the built-in plugins are written in: the sources and what is built from them lie alike. */
const EXTENSION = isBuilt ? 'js' : 'ts';

/** Milliseconds that a plugin's module may take to load. */
const LOAD_MS = 7_000;

/**
 * Loads the built-in plugins, the standard policy last, and before it those that are named. These are loaded in threads of their
 * own, so that one that runs for ever, ends its process or never comes to an end is told like any other.
 *
 * @param extra paths of files or folders, from the working directory, or names of installed packages
 * @param where those that are named are run; `HERE` loads them into this process, to be called from it: for a command of their author
 * @throws {PluginError} one cannot be loaded or is no plugin; all such are named
 */
export async function loadPlugins(
  extra: readonly string[] = [],
  where: Isolation | 'HERE' = 'THREAD',
): Promise<Plugin[]> {
  const problems: string[] = [];
  const tried = async (name: string, load: () => Promise<Plugin>): Promise<Plugin[]> => {
    try {
      return [await load()];
    } catch (error) {
      // From where Node was asked for it tells nothing of it.
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\nRequire stack:');
      problems.push(`${name} cannot be loaded: ${why}`);
      return [];
    }
  };
  const plugins = [];
  for (const id of BUILT_IN.slice(0, -1)) plugins.push(...(await tried(id, () => loadPlugin(builtInUrl(id)))));
  const named = await Promise.all(
    extra.map((name) =>
      tried(name, async () => (where === 'HERE' ? loadPlugin(urlOf(name)) : loadForeign(urlOf(name), where))),
    ),
  );
  plugins.push(...named.flat(), ...(await tried(STANDARD_ID, loadStandard)));
  if (problems.length > 0) throw new PluginError(problems);
  return plugins;
}

export function loadStandard(): Promise<Plugin> {
  return loadPlugin(builtInUrl(STANDARD_ID));
}

/**
 * Loads a plugin into this process.
 *
 * @throws {Error} the module cannot be loaded, or its default export is no policy
 */
export async function loadPlugin(url: string): Promise<Plugin> {
  if (url.endsWith('.ts')) await allowTypescript();
  const { default: loaded } = (await import(/* @vite-ignore */ url)) as { default?: unknown };
  const policy = policyOf(loaded);
  const extension = await loadExtension(policy.id, url);
  return { policy, url, hash: hashOfPlugin(url), ...(extension && { extension }) };
}

/** Loads a plugin where it is to run; what it adds to the schema runs in this process, as resolvers do. */
async function loadForeign(url: string, runsIn: Isolation): Promise<Plugin> {
  const [worker = POLICY_WORKER, module = url] = runsIn === 'THREAD' ? await compile([POLICY_WORKER, url]) : [];
  const hosted = runsIn === 'PROCESS' ? await compiledFor(url) : null;
  const slot = hosted ? startProcess(hosted) : startSlot(worker, [module]);
  const { policy, problems } = await declarePlugin(slot, hosted?.url ?? module, LOAD_MS);
  const extension = await loadExtension(policy.id, url);
  return { policy, problems, url, hash: hashOfPlugin(url), runsIn, ...(extension && { extension }) };
}

/** What a plugin needs that runs in a process of its own. */
export async function compiledFor(plugin: string): Promise<HostedModules> {
  const [host = POLICY_HOST, url = plugin] = await compile([POLICY_HOST, plugin]);
  return { host, url };
}

/** @throws {Error} `schema.ts` beside the plugin's module cannot be loaded, or exports no `extend` */
async function loadExtension(id: string, url: string): Promise<SchemaExtension | null> {
  const files = ['ts', 'js', 'mjs'].map((extension) => new URL(`schema.${extension}`, url));
  const file = files.find((one) => one.protocol === 'file:' && existsSync(one));
  if (!file) return null;
  if (file.href.endsWith('.ts')) await allowTypescript();
  const { extend } = (await import(/* @vite-ignore */ file.href)) as { extend?: unknown };
  if (typeof extend !== 'function') throw new Error(`${path.basename(file.pathname)} exports no function \`extend\``);
  return { id, extend: (builder) => extend(builder) };
}

function builtInUrl(id: string): string {
  return new URL(`../../../plugins/${id}/index.${EXTENSION}`, import.meta.url).href;
}

/**
 * The address of a plugin's module.
 *
 * @param name path of a file or folder, from the working directory, or name of an installed package
 * @throws {Error} there is none
 */
export function urlOf(name: string): string {
  const file = path.resolve(name);
  if (existsSync(file)) {
    if (!statSync(file).isDirectory()) return pathToFileURL(file).href;
    const index = ['index.js', 'index.mjs', 'index.ts']
      .map((one) => path.join(file, one))
      .find((one) => existsSync(one));
    if (!index) throw new Error('the folder has no index.js or index.ts');
    return pathToFileURL(index).href;
  }
  return pathToFileURL(createRequire(path.join(process.cwd(), 'package.json')).resolve(name)).href;
}
