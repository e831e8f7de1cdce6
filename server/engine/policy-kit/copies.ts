import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Policy } from '../policy/contract.ts';
import { importsOf, isInside, type PluginFiles, withSpecifiers } from '../policy/reading/sources.ts';

/**
 * Changed copies of a plugin, in a folder of their own. Only the changed file and those that import it are written and
 * loaded again; the others are shared.
 */
export class Copies {
  /** The folder that holds them; whoever made the copies removes it. */
  readonly home: string;
  readonly #files: PluginFiles;
  #count = 0;

  constructor(files: PluginFiles) {
    this.#files = files;
    this.home = mkdtempSync(path.join(homeOf(files), 'tierline-kit-'));
    // Without it, Node would take the files for CommonJS.
    writeFileSync(path.join(this.home, 'package.json'), '{ "type": "module" }\n');
    for (const { name, text } of files.sources) this.#write('original', name, text, null);
  }

  /** Writes a copy in which one file has another text. @returns the address of the copy's module */
  #copy(file: string, text: string): string {
    const copy = String(++this.#count);
    const own = this.#importersOf(file);
    for (const source of this.#files.sources)
      if (own.has(source.name)) this.#write(copy, source.name, source.name === file ? text : source.text, own);
    return pathToFileURL(path.join(this.home, own.has(this.#files.entry) ? copy : 'original', this.#files.entry)).href;
  }

  /** @throws {Error} the copy cannot be loaded: it throws at once, or is no policy any more */
  async load(file: string, text: string): Promise<Policy> {
    const { default: policy } = (await import(/* @vite-ignore */ this.#copy(file, text))) as { default?: Policy };
    if (typeof policy !== 'object') throw new Error('its default export is no policy');
    return policy;
  }

  #importersOf(file: string): Set<string> {
    const own = new Set([file]);
    for (let before = 0; before < own.size; ) {
      before = own.size;
      for (const { name, imports } of this.#files.sources) if (imports.some((one) => own.has(one))) own.add(name);
    }
    return own;
  }

  #write(copy: string, name: string, text: string, own: ReadonlySet<string> | null): void {
    const { folder } = this.#files;
    const target = path.join(this.home, copy, name);
    const rewritten = withSpecifiers(text, (specifier) => {
      if (!specifier.startsWith('.')) return specifier;
      const imported = path.resolve(folder, path.dirname(name), specifier);
      const inside = path.relative(folder, imported).split(path.sep).join('/');
      if (!isInside(folder, imported)) return relativeTo(target, imported);
      return own === null || own.has(inside) ? specifier : relativeTo(target, path.join(this.home, 'original', inside));
    });
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, rewritten);
  }
}

/** Beside the packages that the plugin imports, if it imports any: from elsewhere they are not found. */
function homeOf({ folder, sources }: PluginFiles): string {
  const packages = sources
    .flatMap(({ text }) => importsOf(text))
    .some(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'));
  if (packages) {
    for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
      const modules = path.join(at, 'node_modules');
      if (existsSync(modules)) return modules;
    }
  }
  return realpathSync(tmpdir());
}

function relativeTo(from: string, target: string): string {
  const relative = path.relative(path.dirname(from), target).split(path.sep).join('/');
  return relative.startsWith('.') ? relative : `./${relative}`;
}
