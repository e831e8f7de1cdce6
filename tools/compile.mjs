// Compiles the sources to JavaScript, with the files that they read as they run: for the package, and for the processes that tests
// start, which would else compile all of it at each start.
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What is read from beside the code: from `out` as from the sources, so that both name it alike. */
const READ = [
  /^prisma\/migrations\//,
  /^prisma\/demo\/.*\.csv$/,
  /^schema\/.*\.graphql$/,
  /^plugins\/.*\/golden\.csv$/,
];

/**
 * @param {string} project a tsconfig, from the root
 * @param {string} out a folder
 * @param {readonly string[]} [flags] of the compiler
 */
export function compile(project, out, flags = []) {
  // As a program of its own: TypeScript 7 has no other way in.
  const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const words = ['-p', path.join(ROOT, project), '--outDir', out, ...flags];
  execFileSync(process.execPath, [tsc, ...words], { stdio: 'inherit' });
  for (const folder of ['prisma', 'schema', 'plugins'])
    for (const file of filesBelow(path.join(ROOT, folder))) {
      const name = path.relative(ROOT, file).split(path.sep).join('/');
      if (READ.some((rule) => rule.test(name))) cpSync(file, path.join(out, name));
    }
}

/** @returns absolute paths of all files in a folder and below */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
}
