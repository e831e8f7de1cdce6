import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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
  /** Whether changed copies are judged, too; they are unless said. */
  readonly mutants?: boolean;
  /** Called as changed copies are judged. */
  readonly onMutant?: (done: number, of: number) => void;
}

/** Threads that judge copies at the same time. */
const JUDGES = Math.max(1, Math.min(4, availableParallelism()));

/** A plugin to be tested. */
interface Tested {
  readonly name: string;
  readonly url: string;
  readonly seed: number;
}

/**
 * Tests a plugin: every check, its golden tables and, where nothing is found, its mutation score.
 *
 * @param name path of a file or folder, from the working directory, or name of an installed package
 * @throws {KitError} the plugin cannot be found or loaded, or a golden table cannot be read
 */
export async function testPlugin(
  name: string,
  { seed = 1, mutants = true, onMutant }: KitOptions = {},
): Promise<KitReport> {
  const tested = { name, url: addressOf(name), seed };
  const examined = await examine(tested);
  if (examined.findings.length > 0 || !mutants) return { ...examined, mutation: null };
  return { ...examined, mutation: await judgeCopies(tested, onMutant) };
}

type Examined = Extract<KitMessage, { kind: 'EXAMINED' }>;

/** All checks and examples of the plugin itself. */
async function examine({ name, url, seed }: Tested): Promise<Omit<KitReport, 'mutation'>> {
  let hung: string | null = null;
  for (;;) {
    const heard: { examined: Examined | null; unusable: string | null } = { examined: null, unusable: null };
    const end = await runThread({ url, seed, copies: null }, (said) => {
      if (said.kind === 'EXAMINED') heard.examined = said;
      if (said.kind === 'UNUSABLE') heard.unusable = said.message;
      return said.kind === 'EXAMINED' || said.kind === 'UNUSABLE';
    });
    if (heard.unusable !== null) throw new KitError(`${name} cannot be tested: ${heard.unusable}`);
    // A busy machine may starve the thread; a rule that hangs does so at the same place again.
    if (end.how !== 'HUNG' || end.sighting.state !== 'ASKING' || hung === end.sighting.place)
      return reportOf(name, seed, heard.examined, end);
    hung = end.sighting.place;
  }
}

function reportOf(name: string, seed: number, examined: Examined | null, end: End): Omit<KitReport, 'mutation'> {
  const trouble = end.how === 'DONE' ? [] : [troubleIn(end)];
  return {
    policyId: examined?.policyId ?? name,
    version: examined?.version ?? '',
    seed,
    answers: examined?.answers ?? 0,
    medianMs: examined?.medianMs ?? null,
    goldenRows: examined?.goldenRows ?? 0,
    findings: [...(examined?.findings ?? []), ...trouble],
  };
}

/** What the threads that judge copies have said so far. */
interface Judged {
  readonly survivors: Map<number, Survivor>;
  readonly done: Set<number>;
  readonly folders: string[];
  mutants: number;
}

async function judgeCopies(tested: Tested, onMutant: KitOptions['onMutant']): Promise<MutationReport> {
  const judged: Judged = { survivors: new Map(), done: new Set(), folders: [], mutants: 0 };
  try {
    await Promise.all(Array.from({ length: JUDGES }, (_, first) => judgeEvery(tested, first, judged, onMutant)));
  } finally {
    for (const folder of judged.folders) rmSync(folder, { recursive: true, force: true });
  }
  const { mutants, survivors } = judged;
  const killed = mutants - survivors.size;
  const inOrder = [...survivors].sort(([one], [other]) => one - other).map(([, survivor]) => survivor);
  return { mutants, killed, score: Math.floor((killed * 1000) / mutants) / 10, survivors: inOrder };
}

/** Judges every so manieth copy, in threads one after the other: one that hangs or ends its thread is found out. */
async function judgeEvery(
  { name, url, seed }: Tested,
  first: number,
  judged: Judged,
  onMutant: KitOptions['onMutant'],
): Promise<void> {
  for (let from = first; ; ) {
    let at: number | null = null;
    let unusable: string | null = null;
    const end = await runThread({ url, seed, copies: { from, step: JUDGES } }, (said) => {
      if (said.kind === 'COPIES') judged.folders.push(said.folder);
      if (said.kind === 'SURVIVED') judged.survivors.set(said.mutant, said.survivor);
      if (said.kind === 'UNUSABLE') unusable = said.message;
      if (said.kind === 'AT') {
        at = said.mutant;
        judged.mutants = said.of;
        judged.done.add(said.mutant);
        onMutant?.(judged.done.size, said.of);
      }
      return said.kind === 'DONE' || said.kind === 'UNUSABLE';
    });
    if (unusable !== null) throw new KitError(`${name} cannot be tested: ${unusable}`);
    if (end.how === 'DONE') return;
    if (at === null) throw new KitError(`${name} cannot be tested: its copies could not be made`);
    from = at + JUDGES;
  }
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
