import { decisionRow, type Noted } from '../../engine/policy/decisions/decision-row.ts';
import type { Database } from '../../platform/storage/database.ts';
import { isRehearsing } from '../../platform/storage/rehearsal/rehearsal-scope.ts';

export interface DecisionSettings {
  /** 90 unless said. */
  readonly keepDays?: number;
  /** One of so many answers of which nothing came is kept; 100 unless said, none where it is 0. */
  readonly sampleOneIn?: number;
}

/** Decisions that wait to be written, at most: what comes beyond is counted and let go. */
const MOST = 1_000;

/**
 * What policies answered where nothing is written: refusals and what they could not say, and a sample of the rest. It waits in memory
 * until the next look and is lost with the process; what something came of is written with that.
 */
export class DecisionSample {
  readonly keepDays: number;
  readonly #oneIn: number;
  #seen = 0;
  #waiting: Noted[] = [];
  #dropped = 0;

  constructor({ keepDays = 90, sampleOneIn = 100 }: DecisionSettings = {}) {
    this.keepDays = keepDays;
    this.#oneIn = sampleOneIn;
  }

  /** How many were let go because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  note(noted: Noted): void {
    if (isRehearsing()) return;
    this.#seen += 1;
    const isOfInterest = 'error' in noted || isRefusal(noted);
    if (!isOfInterest && (this.#oneIn === 0 || this.#seen % this.#oneIn !== 0)) return;
    if (this.#waiting.length < MOST) this.#waiting.push(noted);
    else this.#dropped += 1;
  }

  /** Writes what waits; of what is written already with what came of it, that stays. */
  async write({ prisma }: Pick<Database, 'prisma'>): Promise<void> {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    const data = waiting.map((noted) => decisionRow(noted, true));
    await prisma.policyDecision.createMany({ data, skipDuplicates: true });
  }
}

function isRefusal(noted: Noted): boolean {
  return !('error' in noted) && 'refusals' in noted.answer && noted.answer.refusals.length > 0;
}
