import { statSync, watch } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SingleBar } from 'cli-progress';
import { urlOf } from '../../engine/policy/registry.ts';
import { testPlugin } from '../../engine/policy-kit/kit.ts';
import { type KitReport, reportText } from '../../engine/policy-kit/report.ts';

/** What is tested of a plugin, and how it is told. */
export interface KitRun {
  readonly json: boolean;
  readonly seed: number;
  /** Whether changed copies are judged. */
  readonly mutants: boolean;
  /** Only findings of these checks, or about these places, are told; changed copies are then not judged. */
  readonly only: readonly string[];
}

/** Tests a plugin and prints the report. @returns the exit code: 1 where there are findings */
export async function runKit(name: string, { json, seed, mutants, only }: KitRun): Promise<number> {
  const bar = new SingleBar({
    format: '{bar} {value} of {total} changed copies',
    clearOnComplete: true,
    stream: process.stderr,
  });
  try {
    const report = await testPlugin(name, {
      seed,
      mutants: mutants && only.length === 0,
      onMutant: (done, of) => {
        if (json) return;
        if (bar.getTotal() !== of) bar.start(of, done);
        bar.update(done);
      },
    });
    bar.stop();
    const told = only.length === 0 ? report : { ...report, findings: about(report, only) };
    console.log(json ? JSON.stringify(told, null, 2) : reportText(told));
    return told.findings.length > 0 ? 1 : 0;
  } finally {
    bar.stop();
  }
}

/** Findings of a check that is named, or in whose sentence the word stands. */
function about({ findings }: KitReport, only: readonly string[]): KitReport['findings'] {
  return findings.filter(({ check, message, file = '' }) =>
    only.some((word) => check === word || message.includes(word) || file === word),
  );
}

/** Milliseconds for which files are still being written. */
const SETTLE_MS = 60;

/** Tests a plugin now, and again whenever one of its files changes, without changed copies; ends when it is told to. */
export async function watchKit(name: string, run: KitRun): Promise<void> {
  const module = fileURLToPath(urlOf(name));
  const folder = statSync(module).isDirectory() ? module : path.dirname(module);
  let isRunning = false;
  let isStale = false;
  const test = async (): Promise<void> => {
    isStale = isRunning;
    if (isRunning) return;
    isRunning = true;
    const began = performance.now();
    try {
      await runKit(name, { ...run, mutants: false });
    } catch (error) {
      console.log(error instanceof Error ? error.message : String(error));
    }
    if (!run.json) console.log(`(${Math.round(performance.now() - began)} ms; waiting for a change)\n`);
    isRunning = false;
    if (isStale) await test();
  };
  await test();
  let timer: NodeJS.Timeout | undefined;
  for await (const _ of changesOf(folder)) {
    clearTimeout(timer);
    timer = setTimeout(() => void test(), SETTLE_MS);
  }
}

async function* changesOf(folder: string): AsyncGenerator<void> {
  const waiting: (() => void)[] = [];
  const watcher = watch(folder, { recursive: process.platform !== 'linux' }, () => waiting.shift()?.());
  try {
    for (;;) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      yield;
    }
  } finally {
    watcher.close();
  }
}
