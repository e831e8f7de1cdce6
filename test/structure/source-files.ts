import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** The TypeScript files of a folder as paths from the root: no tests, nothing generated. */
export function sourceFiles(...folders: readonly string[]): string[] {
  return filesOf(folders).filter((name) => !name.endsWith('.test.ts'));
}

/** The tests in folders, and in `test` also what helps them. */
export function allTests(...folders: readonly string[]): string[] {
  return filesOf(folders).filter((name) => name.startsWith('test/') || name.endsWith('.test.ts'));
}

function filesOf(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.includes('generated/'))
      .map((name) => `${folder}/${name}`)
      .sort(),
  );
}

export const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

export interface Import {
  readonly from: string;
  /** A path from the root, or the name of a package. */
  readonly to: string;
  readonly isTypeOnly: boolean;
}

/** A static import or re-export, or `import('...')` as a call or a type. */
const IMPORT = /^(?:import|export) (type )?(?:[^;]*?from )?'([^']+)'|(typeof )?\bimport\('([^']+)'\)(?=(\.)?)/gm;

/** Every import of the file, also those of types alone. */
export function importsOf(file: string): Import[] {
  return [...read(file).matchAll(IMPORT)].map(([, type, target, typeOf, called, member]) => {
    const to = target ?? called ?? '';
    return {
      from: file,
      to: to.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), to)) : to,
      isTypeOnly: target === undefined ? typeOf !== undefined || member !== undefined : type !== undefined,
    };
  });
}

/** Groups of nodes that reach each other, largest first; a graph without circles has none (Tarjan). */
export function knots(edges: Iterable<readonly [from: string, to: string]>): string[][] {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) {
    if (from === to) continue;
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    const own = index.size;
    let low = own;
    index.set(node, own);
    path.push(node);
    for (const target of next.get(node) ?? []) {
      if (!index.has(target)) low = Math.min(low, visit(target));
      else if (path.includes(target)) low = Math.min(low, index.get(target) ?? low);
    }
    lowest.set(node, low);
    if (low === own) {
      const knot = path.splice(path.indexOf(node));
      if (knot.length > 1) found.push(knot.sort());
    }
    return low;
  };
  for (const node of next.keys()) if (!index.has(node)) visit(node);
  return found.sort((one, other) => other.length - one.length);
}

/** Lines that a function may have; the adders of schema/ list fields rather than do things. */
const MOST_LINES = { function: 60, adder: 120 } as const;

/** Functions that are longer than they may be, as `file name lines`. Found by indentation, as Biome formats. */
export function longFunctions(file: string, text: string): string[] {
  const found: string[] = [];
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const [, indent, name = ''] =
      /^( *)(?:export )?(?:default )?(?:async )?function\*? ?(\w*)/.exec(line) ??
      /^( {2})(?:static |private )?(?:async )?\*?(#?\w+)(?:<[^>]*>)?\((?:[^;]*\{)?$/.exec(line) ??
      [];
    if (indent === undefined || /^(if|for|while|switch|catch|return)$/.test(name)) continue;
    const end = lines.findIndex((other, index) => index > at && other.startsWith(`${indent}}`));
    const most = file.startsWith('schema/') && name.startsWith('add') ? MOST_LINES.adder : MOST_LINES.function;
    if (end - at + 1 > most) found.push(`${file} ${name} ${end - at + 1}`);
  }
  return found;
}

/** Whether a text writes SQL itself; a fragment that is handed in counts where it is written. */
export function holdsSql(text: string): boolean {
  return /\$(?:queryRaw|executeRaw)(?:Unsafe)?[<`(]|Prisma\.sql|\bdirect\(|\.query(?:<[^>]+>)?\(\s*['`]/.test(text);
}
