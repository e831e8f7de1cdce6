import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isBuilt } from '../values/own-package.ts';

// A thread that loads TypeScript needs a loader in a thread of its own, which asks for each of a hundred modules: half a second
// of the processor. What is compiled into one file before starts in a quarter of it, and a policy that hangs is replaced as much sooner.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CACHE = path.join(ROOT, 'node_modules/.cache/tierline');

/** Packages in CommonJS ask for Node's own modules. */
const REQUIRE =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

/** What was compiled from which files: the sources as they were then. */
interface Made {
  readonly files: Readonly<Record<string, number>>;
  readonly entries: readonly string[];
}

/**
 * Compiles entries of threads from TypeScript to JavaScript, together, so that modules which they share are the same for all.
 * What was made before and has not changed since is taken as it is.
 *
 * @param urls of files; those that are no TypeScript stay as they are
 * @param packages what becomes of imported packages; those that read files of their own stay external
 * @returns the URLs of what was made, in the same order; the sources' own where it could not be done, for tsx to load or to tell why not
 */
export async function compile(
  urls: readonly string[],
  packages: 'bundle' | 'external' = 'bundle',
): Promise<readonly string[]> {
  const sources = urls.filter((url) => url.endsWith('.ts'));
  // A built platform is compiled already; plugins beside it are loaded by tsx, so that they share its classes.
  if (sources.length === 0 || isBuilt) return urls;
  try {
    const name = createHash('sha256')
      .update(JSON.stringify([sources, packages, process.version]))
      .digest('hex')
      .slice(0, 16);
    const made = madeBefore(name) ?? (await make(name, sources, packages));
    return urls.map((url) => made[sources.indexOf(url)] ?? url);
  } catch {
    return urls;
  }
}

/** Null where nothing was made, or a source has changed since. */
function madeBefore(name: string): readonly string[] | null {
  try {
    const { files, entries } = JSON.parse(readFileSync(path.join(CACHE, `${name}.json`), 'utf8')) as Made;
    const isFresh = Object.entries(files).every(([file, mtimeMs]) => statSync(file).mtimeMs === mtimeMs);
    return isFresh && entries.every((entry) => statSync(new URL(entry)).isFile()) ? entries : null;
  } catch {
    return null;
  }
}

async function make(
  name: string,
  sources: readonly string[],
  packages: 'bundle' | 'external',
): Promise<readonly string[]> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    entryPoints: sources.map((url, index) => ({ in: fileURLToPath(url), out: String(index) })),
    outdir: path.join(CACHE, name),
    outExtension: { '.js': '.mjs' },
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages,
    sourcemap: 'inline',
    logLevel: 'silent',
    ...(packages === 'bundle' && { banner: { js: REQUIRE } }),
  });
  const files = Object.fromEntries(
    // How it is done belongs to what is made.
    [fileURLToPath(import.meta.url), ...Object.keys(metafile.inputs)].map((input) => {
      const file = path.resolve(ROOT, input);
      return [file, statSync(file).mtimeMs];
    }),
  );
  // A folder by its content: a thread that still loads from the one before goes on.
  const digest = createHash('sha256');
  for (const { hash } of outputFiles) digest.update(hash);
  const folder = path.join(CACHE, `${name}-${digest.digest('hex').slice(0, 16)}`);
  mkdirSync(folder, { recursive: true });
  for (const { path: file, contents } of outputFiles) put(path.join(folder, path.basename(file)), contents);
  const entries = sources.map((_, index) => pathToFileURL(path.join(folder, `${index}.mjs`)).href);
  put(path.join(CACHE, `${name}.json`), JSON.stringify({ files, entries } satisfies Made));
  return entries;
}

/** Whole or not at all: other processes may write the same. */
function put(file: string, contents: Uint8Array | string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
