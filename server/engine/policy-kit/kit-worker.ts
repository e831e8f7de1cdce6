import { parentPort, workerData } from 'node:worker_threads';
import { warmUp } from '../policy/answer.ts';
import { pluginFiles } from '../policy/reading/sources.ts';
import { loadPlugin } from '../policy/registry.ts';
import { unshownCalendars } from './checks/declaration.ts';
import { Copies } from './copies.ts';
import { examine, frozen } from './examine.ts';
import { allFacts } from './facts/all.ts';
import { goldenFindings } from './golden/run-rows.ts';
import { goldenRows, type PlacedRow } from './golden/tables.ts';
import type { KitMessage, KitTask } from './kit-protocol.ts';
import { isFoundOut, type Mutant, mutantsOf } from './mutate/mutants.ts';
import { placedFindings } from './placed-findings.ts';
import { watchIn } from './progress.ts';
import { type Subject, subjectOf } from './subject.ts';

/**
 * The thread in which a plugin is asked and its copies are judged. It may hang, for the plugin may: the one who started it
 * looks on, ends it, and begins another after the copy at fault.
 */
const { memory, url, seed, copies: judged } = workerData as KitTask;
const watch = watchIn(memory);

/** Copies that are loaded at once: most of the time goes into waiting for each other's modules. */
const AT_ONCE = 6;

function say(said: KitMessage): void {
  parentPort?.postMessage(said);
}

async function work(): Promise<void> {
  warmUp();
  watch.enter('the module', true);
  const { policy } = await loadPlugin(url);
  watch.leave();
  const files = pluginFiles(url);
  const rows = await goldenRows(files.folder);
  const subject = subjectOf(policy, files, seed);
  if (judged === null) {
    const { findings, answers, medianMs, isCutShort } = examine(subject, watch);
    const examples = isCutShort ? [] : [...unshownCalendars(subject, rows), ...goldenFindings(policy, rows, watch)];
    const all = [...findings, ...examples];
    say({
      kind: 'EXAMINED',
      policyId: policy.id,
      version: policy.version,
      answers,
      medianMs,
      goldenRows: rows.length,
      findings: placedFindings(subject, all),
    });
    return;
  }
  const copies = new Copies(files);
  say({ kind: 'COPIES', folder: copies.home });
  await judge(subject, rows, mutantsOf(subject, copies), judged);
}

async function judge(
  subject: Subject,
  rows: readonly PlacedRow[],
  mutants: readonly Mutant[],
  { from, step }: NonNullable<KitTask['copies']>,
): Promise<void> {
  const asked = allFacts(subject).map(frozen);
  const own = mutants
    .map((mutant, index) => ({ mutant, index }))
    .filter(({ index }) => index >= from && (index - from) % step === 0);
  for (let first = 0; first < own.length; first += AT_ONCE) {
    const some = own.slice(first, first + AT_ONCE);
    say({ kind: 'AT', mutant: some[0]?.index ?? from, of: mutants.length });
    watch.enter('a changed copy', true);
    const policies = await Promise.all(some.map(({ mutant }) => loaded(mutant)));
    watch.leave();
    for (const [index, changed] of policies.entries()) {
      const mutant = some[index]?.index ?? from;
      say({ kind: 'AT', mutant, of: mutants.length });
      // A copy that cannot even be loaded is found out.
      if (changed === null || isFoundOut(subject, changed, { rows, asked }, watch)) continue;
      const { file = null, line = null, change = '' } = some[index]?.mutant ?? {};
      say({ kind: 'SURVIVED', mutant, survivor: { file, line, change } });
    }
  }
  say({ kind: 'DONE' });
}

/** Null where the copy throws at once, or is no policy any more. */
async function loaded(mutant: Mutant) {
  try {
    return await mutant.policy();
  } catch {
    return null;
  }
}

try {
  await work();
} catch (error) {
  say({ kind: 'UNUSABLE', message: error instanceof Error ? error.message : String(error) });
}
