import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { askDoor } from './doors.ts';

// Processes that tests start run what the package holds: JavaScript, compiled once for a run. From the sources each of them would
// compile and resolve a thousand files anew, which takes the better part of its life.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for the folder of the compiled program, which is made when the first test file asks. */
    programDoor: string;
  }
}

/** Compiles the program and the tests' own programs into a folder from which packages are found. */
export async function compileProgram(): Promise<{ readonly folder: string; remove(): void }> {
  const cache = path.join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const above = mkdtempSync(path.join(cache, 'tierline-tests-'));
  const folder = path.join(above, 'dist');
  const script = `import { compile } from ${JSON.stringify(new URL('../../tools/compile.mjs', import.meta.url).href)};
    compile('test/support/tsconfig.json', ${JSON.stringify(folder)});`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  // The program reads its version one folder above.
  copyFileSync(path.join(ROOT, 'package.json'), path.join(above, 'package.json'));
  return { folder, remove: () => rmSync(above, { recursive: true, force: true }) };
}

/**
 * The compiled form of a source.
 *
 * @param source its path from the root, or its URL
 * @returns an absolute path
 */
export async function built(source: string | URL): Promise<string> {
  const name = typeof source === 'string' ? source : path.relative(ROOT, fileURLToPath(source));
  return path.join(await askDoor(inject('programDoor')), name.replace(/\.ts$/, '.js'));
}

/** The command `tierline`, as a path for `node`. */
export const builtCommand = () => built('server/app/cli/tierline.ts');
