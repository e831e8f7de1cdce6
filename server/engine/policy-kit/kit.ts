import { rmSync } from 'node:fs';
import { urlOf } from '../policy/registry.ts';
import type { KitMessage } from './kit-protocol.ts';
import { type End, runThread } from './kit-thread.ts';
import type { Finding, KitReport, MutationReport, Survivor } from './report.ts';

/** A plugin that the kit cannot test: there is none, or it does not load, or its golden table cannot be read. */
export class KitError extends Error {
  override readonly name = 'KitError';
}

export interface KitOptions {
  readonly seed?: number;
  /** Called as changed copies are judged. */
  readonly onMutant?: (done: number, of: number) => void;
}

/**
 * Tests a plugin: every check, its golden tables and, where nothing is found, its mutation score.
 *
 * @param name path of a file or folder, from the working directory, or name of an installed package
 * @throws {KitError} the plugin cannot be found or loaded, or a golden table cannot be read
 */
export async function testPlugin(name: string, { seed = 1, onMutant }: KitOptions = {}): Promise<KitReport> {
  const url = addressOf(name);
  const heard: KitState = { examined: null, at: null, mutants: 0, survivors: [], folders: [], unusable: null };
  try {
    let from: number | null = null;
    let hung: string | null = null;
    for (;;) {
      const end = await runThread({ url, seed, from }, (said) => take(heard, said, onMutant));
      if (heard.unusable !== null) throw new KitError(`${name} cannot be tested: ${heard.unusable}`);
      // A busy machine may starve the thread; a rule that hangs does so at the same place again.
      if (end.how === 'HUNG' && end.sighting.state === 'ASKING' && heard.at === null && hung !== end.sighting.place) {
        hung = end.sighting.place;
        continue;
      }
      if (heard.at === null || end.how === 'DONE') return reportOf(name, seed, heard, end);
      // A copy that hangs or ends its thread is found out; the next thread begins behind it.
      from = heard.at + 1;
    }
  } finally {
    for (const folder of heard.folders) rmSync(folder, { recursive: true, force: true });
  }
}

interface KitState {
  examined: Extract<KitMessage, { kind: 'EXAMINED' }> | null;
  /** The changed copy at work; null until the plugin itself is examined. */
  at: number | null;
  mutants: number;
  readonly survivors: Survivor[];
  readonly folders: string[];
  unusable: string | null;
}

/** @returns whether there is nothing more to hear */
function take(heard: KitState, said: KitMessage, onMutant: KitOptions['onMutant']): boolean {
  switch (said.kind) {
    case 'EXAMINED':
      heard.examined = said;
      return said.findings.length > 0;
    case 'COPIES':
      heard.folders.push(said.folder);
      return false;
    case 'AT':
      heard.at = said.mutant;
      heard.mutants = said.of;
      onMutant?.(said.mutant, said.of);
      return false;
    case 'SURVIVED':
      heard.survivors.push(said.survivor);
      return false;
    case 'DONE':
      return true;
    case 'UNUSABLE':
      heard.unusable = said.message;
      return true;
  }
}

function reportOf(name: string, seed: number, { examined, at, mutants, survivors }: KitState, end: End): KitReport {
  const trouble = end.how === 'DONE' ? [] : [troubleIn(end)];
  return {
    policyId: examined?.policyId ?? name,
    version: examined?.version ?? '',
    seed,
    answers: examined?.answers ?? 0,
    medianMs: examined?.medianMs ?? null,
    goldenRows: examined?.goldenRows ?? 0,
    findings: [...(examined?.findings ?? []), ...trouble],
    mutation: at === null ? null : mutationReport(mutants, survivors),
  };
}

function mutationReport(mutants: number, survivors: readonly Survivor[]): MutationReport {
  const killed = mutants - survivors.length;
  return { mutants, killed, score: Math.floor((killed * 1000) / mutants) / 10, survivors };
}

/** The plugin itself hung or died: whatever else is wrong shows when that is right. */
function troubleIn({ how, sighting }: End): Finding {
  const place = sighting.state === 'IDLE' ? 'the plugin' : sighting.place;
  const late =
    sighting.state === 'LOADING'
      ? 'it was not loaded within 15 seconds'
      : 'it did not answer within a second; the platform ends an answer after 200 ms';
  const what = how === 'DIED' ? 'it ended its thread' : late;
  return { check: 'totality', place, message: `${place}: ${what}` };
}

function addressOf(name: string): string {
  try {
    return urlOf(name);
  } catch (error) {
    const [why] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new KitError(`${name} cannot be found: ${why}`);
  }
}
