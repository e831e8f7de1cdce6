// Builds dist/, what the package holds: JavaScript with its types, and the files that it reads as it runs.
//
//   npm run build
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');

/** What is read from beside the code: from `dist` as from the sources, so that both name it alike. */
const READ = [
  /^prisma\/migrations\//,
  /^prisma\/demo\/.*\.csv$/,
  /^schema\/.*\.graphql$/,
  /^plugins\/.*\/golden\.csv$/,
];

rmSync(DIST, { recursive: true, force: true });
// As a program of its own: TypeScript 7 has no other way in.
const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
execFileSync(process.execPath, [tsc, '-p', path.join(ROOT, 'tsconfig.build.json')], { stdio: 'inherit' });
for (const file of filesBelow(DIST)) if (file.endsWith('.d.ts')) nameJavaScript(file);
for (const folder of ['prisma', 'schema', 'plugins'])
  for (const file of filesBelow(path.join(ROOT, folder))) {
    const name = path.relative(ROOT, file).split(path.sep).join('/');
    if (READ.some((rule) => rule.test(name))) cpSync(file, path.join(DIST, name));
  }
execFileSync(process.execPath, [path.join(ROOT, 'tools/board.mjs'), 'build'], { stdio: 'inherit' });
chmodSync(path.join(DIST, 'server/app/cli/tierline.js'), 0o755);

/** @returns absolute paths of all files in a folder and below */
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
}

/** The compiler renames the imports of what runs, and leaves those of the declarations. */
function nameJavaScript(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from|import)\s*\(?')(\.{1,2}\/[^']+)\.ts(')/g, '$1$2.js$3'));
}
