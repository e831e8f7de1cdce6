import { ownThreadId, processorMs } from '../../policy/threads/thread-time.ts';
import { ask } from '../ask.ts';
import { placeOf } from '../facts/all.ts';
import type { Watch } from '../progress.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings, type Result } from './result.ts';

/** What an answer may take: at the median, and each (the platform ends one at 200 ms). Milliseconds. */
const MEDIAN_MS = 0.2;
const LONGEST_MS = 50;

/** What is slow is asked again so often: the machine may have been busy elsewhere, a slow rule is slow each time. */
const REPEATS = 3;

/** For so long the median is taken anew while it is too high: the first answers of a process are slow, and a busy machine's. Milliseconds. */
const PATIENCE_MS = 1_000;

/** @param durations of the results, in their order, milliseconds */
export function timeFindings(
  { policy, sampled }: Subject,
  results: readonly Result[],
  durations: readonly number[],
  watch: Watch,
): Finding[] {
  const found = new Findings('time');
  for (const [index, { asked }] of results.entries()) {
    if ((durations[index] ?? 0) <= LONGEST_MS || found.has(placeOf(asked))) continue;
    const again: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) ask(policy, asked, sampled, watch, again);
    const fastest = Math.min(...again);
    if (fastest > LONGEST_MS)
      found.add(placeOf(asked), `an answer takes ${fastest.toFixed(0)} ms, ${LONGEST_MS} at most`);
  }
  let median = medianOf(durations);
  const until = performance.now() + PATIENCE_MS;
  for (let repeat = 0; median !== null && median > MEDIAN_MS; repeat += 1) {
    if (repeat >= REPEATS && performance.now() > until) break;
    const again: number[] = [];
    const share = shareOfProcessor(() => {
      for (const { asked } of results) ask(policy, asked, sampled, watch, again);
    });
    median = Math.min(median, (medianOf(again) ?? median) * share);
  }
  if (median !== null && median > MEDIAN_MS)
    found.add(policy.id, `an answer takes ${median.toFixed(3)} ms at the median, ${MEDIAN_MS} at most`);
  return found.all();
}

/** How much of the time that it takes this thread has a processor, 0 to 1: on a busy machine all answers are slow alike. */
function shareOfProcessor(work: () => void): number {
  const thread = ownThreadId();
  const [before, began] = [processorMs(thread), performance.now()];
  work();
  const [after, took] = [processorMs(thread), performance.now() - began];
  return before === null || after === null || took <= 0 ? 1 : Math.min(1, (after - before) / took);
}

export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
