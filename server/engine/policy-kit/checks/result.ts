import type { Outcome } from '../../policy/answer.ts';
import type { Asked } from '../facts/all.ts';
import type { Check, Finding } from '../report.ts';

/** A question of the kit with what came of it. */
export interface Result {
  readonly asked: Asked;
  readonly outcome: Outcome;
}

/** Findings under one check; what is found again at the same place is not said again. */
export class Findings {
  readonly #check: Check;
  readonly #found = new Map<string, Finding>();

  constructor(check: Check) {
    this.#check = check;
  }

  /** @param problem what is wrong there; with the place it makes the sentence */
  add(place: string, problem: string): void {
    const message = `${place}: ${problem}`;
    if (!this.#found.has(message)) this.#found.set(message, { check: this.#check, place, message });
  }

  /** Whether anything was found at a place. */
  has(place: string): boolean {
    return [...this.#found.values()].some((finding) => finding.place === place);
  }

  all(): Finding[] {
    return [...this.#found.values()];
  }
}
