import { ask, outcomeText } from '../ask.ts';
import { placeOf } from '../facts/all.ts';
import type { Watch } from '../progress.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings, type Result } from './result.ts';

/** How far the second asking lies from the first: another day, another hour. */
const LATER_MS = 400 * 86_400_000 + 7 * 3_600_000;

/**
 * The same facts give the same answer: asked again, in another order, on another day, with other dice.
 *
 * @param known what is found already; what differs there differs because of it
 */
export function determinismFindings(
  { policy, sampled }: Subject,
  results: readonly Result[],
  watch: Watch,
  known: readonly Finding[],
): Finding[] {
  const found = new Findings('determinism');
  const places = new Set(known.map(({ place }) => place));
  elsewhere(() => {
    for (const { asked, outcome } of results.toReversed()) {
      if (places.has(placeOf(asked)) || found.has(placeOf(asked))) continue;
      const again = ask(policy, asked, sampled, watch);
      const [first, second] = [outcomeText(outcome), outcomeText(again)];
      if (first === second) continue;
      found.add(placeOf(asked), `the same facts were answered differently: ${difference(first, second)}`);
    }
  });
  return found.all();
}

/** Runs work under a clock and dice that say something else; both are as before afterwards. */
function elsewhere(work: () => void): void {
  const { Date: RealDate } = globalThis;
  const { random } = Math;
  class LaterDate extends RealDate {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [RealDate.now() + LATER_MS] : given) as [number]));
    }
    static override now(): number {
      return RealDate.now() + LATER_MS;
    }
  }
  globalThis.Date = LaterDate as DateConstructor;
  Math.random = () => 1 - random();
  try {
    work();
  } finally {
    globalThis.Date = RealDate;
    Math.random = random;
  }
}

/** Where two texts part, with a few characters of each. */
function difference(first: string, second: string): string {
  let at = 0;
  while (at < first.length && first[at] === second[at]) at += 1;
  const piece = (text: string) => text.slice(Math.max(0, at - 20), at + 30);
  return `first …${piece(first)}…, then …${piece(second)}…; a policy remembers nothing between two answers`;
}
