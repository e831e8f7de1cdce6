// Builds client/dist, what @tierline/client holds: JavaScript with its types. The board is a page, and no part of it.
//
//   npm pack --workspace @tierline/client
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const CLIENT = path.resolve(import.meta.dirname, '../client');
const DIST = path.join(CLIENT, 'dist');

rmSync(DIST, { recursive: true, force: true });
const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
execFileSync(process.execPath, [tsc, '-p', path.join(CLIENT, 'tsconfig.build.json')], { stdio: 'inherit' });
// The compiler renames the imports of what runs, and leaves those of the declarations.
for (const name of readdirSync(DIST).filter((one) => one.endsWith('.d.ts'))) {
  const file = path.join(DIST, name);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from|import)\s*\(?')(\.{1,2}\/[^']+)\.ts(')/g, '$1$2.js$3'));
}
