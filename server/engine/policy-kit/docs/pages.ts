import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUILT_IN, loadPlugins } from '../../policy/registry.ts';
import { referencePage } from './page.ts';

/**
 * Names of the pages of policies with their texts: of those that are named, or else of the built-in ones.
 *
 * @throws {PluginError} one cannot be loaded
 */
export async function referencePages(named: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  const all = await loadPlugins(named, 'HERE');
  const plugins = named.length === 0 ? all : all.filter(({ policy }) => !BUILT_IN.includes(policy.id));
  return new Map(
    plugins.map(({ policy, extension }) => [
      `${policy.id}.md`,
      referencePage(policy, { extendsSchema: extension !== undefined }),
    ]),
  );
}

/**
 * Writes the reference pages, or looks whether they are up to date.
 *
 * @returns what to tell, and whether every page said already what it should
 */
export async function writeReferencePages(
  folder: string,
  { check, plugins = [] }: { readonly check: boolean; readonly plugins?: readonly string[] },
): Promise<{ readonly text: string; readonly isCurrent: boolean }> {
  const pages = await referencePages(plugins);
  const stale = [...pages].filter(([name, text]) => {
    const file = path.join(folder, name);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  if (!check) mkdirSync(folder, { recursive: true });
  for (const [name, text] of check ? [] : stale) writeFileSync(path.join(folder, name), text);
  const isCurrent = stale.length === 0;
  const names = stale.map(([name]) => path.join(folder, name)).join(', ');
  if (isCurrent) return { text: `${pages.size} pages are up to date.`, isCurrent };
  return { text: check ? `Not up to date: ${names}. Run tierline policy docs.` : `Written: ${names}.`, isCurrent };
}
