import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isBuilt } from '../../platform/values/own-package.ts';

const TOOL = fileURLToPath(new URL('../../../tools/board.mjs', import.meta.url));

/**
 * Builds the board's page of a checkout where there is none or an older one, in a process of its own, while the server starts. The
 * package holds it built.
 *
 * @returns why there is no page; null where there is one
 */
export async function buildBoard(): Promise<string | null> {
  if (isBuilt || !existsSync(TOOL)) return null;
  const child = spawn(process.execPath, [TOOL, 'build', '--if-stale'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString();
  });
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code) => resolve(code === 0 ? null : (said.trim().split('\n').at(-1) ?? `code ${code}`)));
  });
}
