import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { allowTypescript } from '../../platform/threads/thread.ts';
import { isBuilt } from '../../platform/values/own-package.ts';
import type { Policy } from './contract.ts';
import { PluginError } from './errors.ts';
import type { SchemaExtension } from './extensions.ts';

/** A plugin: its policy, the module from which its thread loads it again, and what its `schema.ts` adds, if it has one. */
export interface Plugin {
  readonly policy: Policy;
  readonly url: string;
  readonly extension?: SchemaExtension;
}

export const STANDARD_ID = 'standard';

/** The plugins that come with the platform, in the order in which they are loaded. */
export const BUILT_IN: readonly string[] = ['core', 'bank-vip', 'telecom-vip', 'broadband-key-account', STANDARD_ID];

/** What the built-in plugins are written in: the sources and what is built from them lie alike. */
const EXTENSION = isBuilt ? 'js' : 'ts';

/**
 * Loads the built-in plugins, the standard policy last, and before it those that are named.
 *
 * @param extra paths of files or folders, from the working directory, or names of installed packages
 * @throws {PluginError} one cannot be loaded or is no plugin; all such are named
 */
export async function loadPlugins(extra: readonly string[] = []): Promise<Plugin[]> {
  const named = [
    ...BUILT_IN.slice(0, -1).map((id) => [id, () => builtInUrl(id)] as const),
    ...extra.map((name) => [name, () => urlOf(name)] as const),
  ];
  const problems: string[] = [];
  const plugins: Plugin[] = [];
  for (const [name, url] of [...named, [STANDARD_ID, () => builtInUrl(STANDARD_ID)] as const]) {
    try {
      plugins.push(await loadPlugin(url()));
    } catch (error) {
      // From where Node was asked for it tells nothing of it.
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\nRequire stack:');
      problems.push(`${name} cannot be loaded: ${why}`);
    }
  }
  if (problems.length > 0) throw new PluginError(problems);
  return plugins;
}

export function loadStandard(): Promise<Plugin> {
  return loadPlugin(builtInUrl(STANDARD_ID));
}

/** @throws {Error} the module cannot be loaded, or its default export is no policy */
export async function loadPlugin(url: string): Promise<Plugin> {
  if (url.endsWith('.ts')) await allowTypescript();
  const { default: policy } = (await import(/* @vite-ignore */ url)) as { default?: Partial<Policy> };
  if (typeof policy !== 'object' || typeof policy.id !== 'string') throw new Error('its default export is no policy');
  // Told rather than ignored: the field would be gone from the schema without a word.
  if ('extend' in policy) throw new Error('its policy has `extend`, which belongs into a file schema.ts beside it');
  const extension = await loadExtension(policy.id, url);
  return { policy: policy as Policy, url, ...(extension && { extension }) };
}

/** @throws {Error} `schema.ts` beside the plugin's module cannot be loaded, or exports no `extend` */
async function loadExtension(id: string, url: string): Promise<SchemaExtension | null> {
  const files = ['ts', 'js', 'mjs'].map((extension) => new URL(`schema.${extension}`, url));
  const file = files.find((one) => one.protocol === 'file:' && existsSync(one));
  if (!file) return null;
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
