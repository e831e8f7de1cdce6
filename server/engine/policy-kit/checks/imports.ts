import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importsOf, isInside, type PluginFiles } from '../../policy/reading/sources.ts';
import type { Finding } from '../report.ts';
import { Findings } from './result.ts';

/** The platform's own folder, and what of it a plugin may import. */
const PLATFORM = fileURLToPath(new URL('../../../..', import.meta.url));
const CONTRACT = path.join(PLATFORM, 'server', 'engine', 'policy', 'contract');
const PACKAGE = /^tierline(?!\/policy$)(\/|$)/;

/** A policy imports its own files, packages and the contract: nothing that reads or writes, nothing else of the platform. */
export function importFindings({ folder, sources }: PluginFiles): Finding[] {
  const found = new Findings('imports');
  for (const { name, text } of sources) {
    const lines = text.split('\n');
    for (const { specifier, isTypeOnly } of importsOf(text)) {
      if (isTypeOnly) continue;
      const line = lines.findIndex((one) => one.includes(`'${specifier}'`) || one.includes(`"${specifier}"`)) + 1;
      const place = `${name}:${line}`;
      if (isBuiltin(specifier))
        found.add(
          place,
          `it imports ${specifier}; a policy reads and writes nothing, all that it knows is in its facts`,
        );
      else if (PACKAGE.test(specifier) || isPlatforms(folder, name, specifier))
        found.add(
          place,
          `it imports ${specifier}; of the platform a policy imports the contract alone, tierline/policy`,
        );
    }
  }
  return found.all();
}

function isPlatforms(folder: string, name: string, specifier: string): boolean {
  if (!specifier.startsWith('.') && !path.isAbsolute(specifier)) return false;
  const file = path.resolve(folder, path.dirname(name), specifier);
  const isServer = ['server', 'schema', 'prisma'].some((part) => isInside(path.join(PLATFORM, part), file));
  return isServer && file.replace(/\.[jt]s$/, '') !== CONTRACT;
}
