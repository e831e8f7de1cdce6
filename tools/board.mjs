// The board's page: client/board, as the server serves it.
//
//   node tools/board.mjs build [--if-stale]   writes dist/board
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = path.resolve(import.meta.dirname, '..');
const SOURCES = path.join(ROOT, 'client/board');
const OUT = path.join(ROOT, 'dist/board');
const STAMP = path.join(OUT, 'stamp.txt');

/** What the page is made of, as one hash: it is built anew where that changes. */
function stampOf() {
  const hash = createHash('sha256');
  const files = readdirSync(path.join(ROOT, 'client'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(ROOT, path.join(parentPath, name)))
    .filter((name) => !name.includes('generated') && !name.includes('node_modules') && !name.includes('dist'));
  for (const name of [
    'package-lock.json',
    'schema/operations.graphql',
    'schema/schema.graphql',
    'tools/board.mjs',
    'tools/operation-types.mjs',
    ...files.sort(),
  ])
    hash.update(name).update(readFileSync(path.join(ROOT, name)));
  return hash.digest('hex');
}

async function build() {
  const stamp = stampOf();
  if (process.argv.includes('--if-stale') && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  const { writeBoardTypes } = await import('./operation-types.mjs');
  await writeBoardTypes();
  const { build: bundle } = await import('vite');
  rmSync(OUT, { recursive: true, force: true });
  await bundle({ configFile: path.join(SOURCES, 'vite.config.ts'), logLevel: 'error' });
  // Once here, and not at each request.
  for (const { parentPath, name } of readdirSync(OUT, { withFileTypes: true, recursive: true }).filter((one) =>
    one.isFile(),
  )) {
    const file = path.join(parentPath, name);
    const body = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(body, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
  writeFileSync(STAMP, stamp);
}

await build();
