import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { built } from '../support/built.ts';

/** Starts one of the programs beside as a process of its own. */
export async function start(name: string, ...args: string[]): Promise<ChildProcess> {
  return spawn(process.execPath, [await built(`test/storage/programs/${name}`), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** The next line that a program prints; undefined if it ends without one. */
export function line(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (!child.stdout) return resolve(undefined);
    const lines = createInterface(child.stdout);
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
  });
}

/** Kills a program as a power switch would, and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  const gone = ended(child);
  child.kill('SIGKILL');
  await gone;
}

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
