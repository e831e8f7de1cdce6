import { rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Policy } from '../../server/engine/policy/contract.ts';
import { type PluginFiles, pluginFiles } from '../../server/engine/policy/reading/sources.ts';
import { Copies } from '../../server/engine/policy-kit/copies.ts';
import { examine } from '../../server/engine/policy-kit/examine.ts';
import { goldenFindings } from '../../server/engine/policy-kit/golden/run-rows.ts';
import { goldenRows } from '../../server/engine/policy-kit/golden/tables.ts';
import { UNWATCHED } from '../../server/engine/policy-kit/progress.ts';
import type { Finding } from '../../server/engine/policy-kit/report.ts';
import { subjectOf } from '../../server/engine/policy-kit/subject.ts';

const SEED = 1;

export function builtIn(plugin: string): PluginFiles {
  return pluginFiles(pathToFileURL(path.resolve(import.meta.dirname, `../../plugins/${plugin}/index.ts`)).href);
}

/** What the kit finds in a policy, in this thread: checks that need no example. */
export function findingsOf(policy: Policy, files?: PluginFiles, seed = SEED): readonly Finding[] {
  const nothing = { folder: '', entry: '', sources: [] };
  return examine(subjectOf(policy, files ?? nothing, seed), UNWATCHED).findings;
}

/** What the kit finds in a built-in plugin of which one text was replaced by another, its golden tables included. */
export async function findingsAfter(plugin: string, file: string, from: string, to: string): Promise<string[]> {
  const files = builtIn(plugin);
  const text = files.sources.find(({ name }) => name === file)?.text ?? '';
  if (text.split(from).length !== 2)
    throw new RangeError(`${plugin}/${file} has ${JSON.stringify(from)} not just once`);
  const copies = new Copies(files);
  try {
    const policy = await copies.load(
      file,
      text.replace(from, () => to),
    );
    const rows = await goldenRows(files.folder);
    return [...findingsOf(policy, files), ...goldenFindings(policy, rows, UNWATCHED)].map(({ message }) => message);
  } finally {
    rmSync(copies.home, { recursive: true, force: true });
  }
}
