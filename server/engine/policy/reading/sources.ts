import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the plugin, as it is written. */
export interface SourceFile {
  /** Relative to the plugin's folder, with slashes. */
  readonly name: string;
  readonly text: string;
  /** Files of the plugin that it imports when it runs, by name; types alone do not count. */
  readonly imports: readonly string[];
}

export interface PluginFiles {
  /** The folder of the plugin's module, absolute. */
  readonly folder: string;
  readonly entry: string;
  readonly sources: readonly SourceFile[];
}

/** An import or re-export of a module, with the place of its specifier. */
const IMPORT =
  /^(?:import|export)(\s+type)?\s(?:[^'";]*?\sfrom\s)?'([^']+)'|^(?:import|export)(\s+type)?\s(?:[^'";]*?\sfrom\s)?"([^"]+)"/gm;

/** Every import of a text: its specifier, and whether it is of types alone. */
export function importsOf(text: string): { readonly specifier: string; readonly isTypeOnly: boolean }[] {
  return [...text.matchAll(IMPORT)].map(([, single, specifier, double, other]) => ({
    specifier: specifier ?? other ?? '',
    isTypeOnly: (single ?? double) !== undefined,
  }));
}

/** The text with other specifiers in its imports. */
export function withSpecifiers(text: string, change: (specifier: string) => string): string {
  return text.replace(IMPORT, (statement: string, _type, single?: string, _otherType?, double?: string) => {
    const specifier = single ?? double ?? '';
    const at = statement.lastIndexOf(specifier);
    return statement.slice(0, at) + change(specifier) + statement.slice(at + specifier.length);
  });
}

/**
 * The module and the files beside or below it that it imports. Files of others (the contract, packages) are not the
 * plugin's rules.
 *
 * @param url of the plugin's module
 */
export function pluginFiles(url: string): PluginFiles {
  const module = fileURLToPath(url);
  const folder = path.dirname(module);
  const found = new Map<string, SourceFile>();
  const visit = (file: string): void => {
    const name = nameIn(folder, file);
    if (found.has(name) || !existsSync(file)) return;
    const text = readFileSync(file, 'utf8');
    const inside = importsOf(text).flatMap(({ specifier, isTypeOnly }) => {
      const target = specifier.startsWith('.') ? path.resolve(path.dirname(file), specifier) : null;
      return target !== null && !isTypeOnly && isInside(folder, target) ? [target] : [];
    });
    found.set(name, { name, text, imports: inside.map((target) => nameIn(folder, target)) });
    for (const target of inside) visit(target);
  };
  visit(module);
  return { folder, entry: path.basename(module), sources: [...found.values()] };
}

function nameIn(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

/** The first 12 hex digits of the SHA-256 of a plugin's own files, names included: the same on every node that runs the same. */
export function hashOfPlugin(url: string): string {
  const hash = createHash('sha256');
  const sources = [...pluginFiles(url).sources].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, text } of sources) hash.update(`${name}\0${text}\0`);
  return hash.digest('hex').slice(0, 12);
}
