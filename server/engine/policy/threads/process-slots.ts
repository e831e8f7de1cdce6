import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { isBuilt } from '../../../platform/values/own-package.ts';
import type { Runner, Slot, Slots } from './slot.ts';
import { OUT_OF_MEMORY } from './thread-jobs.ts';
import { type FromThread, PROGRESS, type ToThread } from './thread-protocol.ts';

/** What the process runs, as the sources name it. */
export const POLICY_HOST = new URL('./plugin-host.ts', import.meta.url).href;

/** What the process of a plugin says, beside what its thread would: what would stand in shared memory. */
export type FromProcess =
  | FromThread
  | { readonly kind: 'AT'; readonly question: number; readonly entry: number }
  | { readonly kind: 'SPENT'; readonly microseconds: number }
  | { readonly kind: 'HELD'; readonly kilobytes: number }
  | { readonly kind: 'DYING'; readonly message: string };

/** The modules that a process needs, as they were compiled: its own and the plugin's. */
export interface HostedModules {
  readonly host: string;
  readonly url: string;
}

/** Node's permission model has its flag by this name from version 23.5 on. */
const FLAG = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';

/** The heap that a plugin may have, in MB, and its stack, in KB. */
const LIMITS = ['--max-old-space-size=64', '--max-semi-space-size=8', '--stack-size=900'];

/** Processes of one plugin, each under Node's permission model: no environment, no files but modules, no programs, no threads. */
export class ProcessSlots implements Slots {
  readonly #modules: HostedModules;

  constructor(modules: HostedModules) {
    this.#modules = modules;
  }

  /** @throws {Error} a module is not compiled, which would need files and programs that the process may not have */
  take(): Slot {
    return startProcess(this.#modules);
  }

  async giveBack({ worker }: Slot): Promise<void> {
    await worker.terminate();
  }

  async close(): Promise<void> {}
}

export function startProcess(modules: HostedModules): Slot {
  const progress = new Int32Array(PROGRESS.LENGTH);
  const child = forkHost(modules);
  return {
    worker: runnerOf(child, progress),
    progress,
    workedMs: () => readFigure(`/proc/${child.pid}/schedstat`, 0, 1e-6),
    rssBytes: () => readFigure(`/proc/${child.pid}/statm`, 1, 4096) ?? 0,
  };
}

function forkHost({ host, url }: HostedModules): ChildProcess {
  const entry = isBuilt ? host.replace(/\.ts$/, '.js') : host;
  if ([entry, url].some((one) => one.endsWith('.ts')))
    throw new Error('it is not compiled to JavaScript, and a process of its own takes nothing else');
  const readable = [entry, url].flatMap(readableFor).map((folder) => `--allow-fs-read=${folder}/*`);
  return fork(fileURLToPath(entry), {
    // Not what this process was started with: a loader would ask for more than is allowed.
    execArgv: [FLAG, '--no-warnings', ...LIMITS, ...new Set(readable)],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** The process as if it were a thread. */
function runnerOf(child: ChildProcess, progress: Int32Array): Runner {
  const heard: ((message: unknown) => void)[] = [];
  const failed: ((error: Error) => void)[] = [];
  child.on('message', (message: FromProcess) => {
    if (!noted(message, progress, failed)) for (const hear of heard) hear(message);
  });
  child.on('error', (error) => {
    for (const fail of failed) fail(error);
  });
  return {
    stdout: child.stdout ?? new PassThrough(),
    stderr: child.stderr ?? new PassThrough(),
    postMessage: (message: ToThread) => void child.send(message),
    on(event: string, listener: (value: never) => void) {
      if (event === 'message') heard.push(listener as (message: unknown) => void);
      if (event === 'error') failed.push(listener as (error: Error) => void);
      if (event === 'exit')
        child.on('exit', (code, signal) => {
          // What V8 does when its heap is full.
          if (signal === 'SIGABRT' || code === 134) for (const fail of failed) fail(new Error(OUT_OF_MEMORY));
          else if (signal) for (const fail of failed) fail(new Error(`it was ended by ${signal}`));
          (listener as (code: number) => void)(code ?? 1);
        });
      return this;
    },
    async terminate() {
      child.removeAllListeners('message');
      child.kill('SIGKILL');
      return 1;
    },
  };
}

/** Keeps what a thread would write to shared memory. @returns whether that was all there is to it */
function noted(message: FromProcess, progress: Int32Array, failed: readonly ((error: Error) => void)[]): boolean {
  switch (message?.kind) {
    case 'AT':
      progress[PROGRESS.QUESTION] = message.question;
      progress[PROGRESS.ENTRY] = message.entry;
      return true;
    case 'SPENT':
      progress[PROGRESS.SPENT] = (progress[PROGRESS.SPENT] ?? 0) + message.microseconds;
      return true;
    case 'HELD':
      progress[PROGRESS.HELD] = message.kilobytes;
      progress[PROGRESS.LOOKS] = (progress[PROGRESS.LOOKS] ?? 0) + 1;
      return true;
    case 'DYING':
      for (const fail of failed) fail(new Error(String(message.message)));
      return true;
    default:
      return false;
  }
}

function readFigure(file: string, index: number, factor: number): number | null {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[index]) * factor;
  } catch {
    return null;
  }
}

/** The folder of a module, the package that it is part of, and the folders of packages that it may import from. */
function readableFor(url: string): string[] {
  const folder = path.dirname(fileURLToPath(url));
  const above = ancestors(folder);
  return [
    folder,
    ...(isBuilt ? above.filter((one) => path.basename(one) === 'dist') : []),
    ...above.map((one) => path.join(one, 'node_modules')).filter((one) => existsSync(one)),
  ];
}

function ancestors(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}
