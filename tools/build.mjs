// Builds dist/, what the package holds: JavaScript with its types, and the files that it reads as it runs.
//
//   npm run build
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compile, filesBelow } from './compile.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');

rmSync(DIST, { recursive: true, force: true });
compile('tsconfig.build.json', DIST);
for (const file of filesBelow(DIST)) if (file.endsWith('.d.ts')) nameJavaScript(file);
execFileSync(process.execPath, [path.join(ROOT, 'tools/board.mjs'), 'build'], { stdio: 'inherit' });
chmodSync(path.join(DIST, 'server/app/cli/tierline.js'), 0o755);

/** The compiler renames the imports of what runs, and leaves those of the declarations. */
function nameJavaScript(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from|import)\s*\(?')(\.{1,2}\/[^']+)\.ts(')/g, '$1$2.js$3'));
}
