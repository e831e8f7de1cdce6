import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadPlugins } from '../../policy/registry.ts';
import { referencePage } from './page.ts';

/** Names of the pages of the built-in policies with their texts. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  const plugins = await loadPlugins();
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
  { check }: { readonly check: boolean },
): Promise<{ readonly text: string; readonly isCurrent: boolean }> {
  const pages = await referencePages();
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
