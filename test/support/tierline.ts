import { execFile } from 'node:child_process';
import { builtCommand } from './built.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `tierline` as an operator does, with nothing in its environment but what is given. */
export async function tierline(words: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env;
  const command = await builtCommand();
  return new Promise((resolve) => {
    const options = { env: { PATH, HOME, ...env }, timeout: 60_000, maxBuffer: 32 * 1024 * 1024 };
    execFile(process.execPath, [command, ...words], options, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    );
  });
}
