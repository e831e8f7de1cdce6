import type { Question } from './facts.ts';

/**
 * One example of a plugin: facts, and what it says to them. `golden.csv` beside the plugin holds such rows as tables,
 * `golden.ts` as its default export; the conformance kit compares them.
 */
export interface GoldenRow {
  /** What the row shows, e.g. `the threshold is included (A-001)`. */
  readonly it: string;
  /**
   * What is asked. Beside the platform's questions: `declares` (what stands at a `path` of the declaration), `parameters`
   * (which of the given ones are `refused`) and `profile` (which of the given fields are, and what is `completed`).
   */
  readonly question: Question | 'declares' | 'parameters' | 'profile';
  /** Facts by dotted path, e.g. `ticket.level`; what is left out is as usual. `parameters.x` sets a parameter. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Parts of the answer by dotted path, e.g. `RESOLUTION.target`; `outcome` is ANSWERED, LEFT or NOT_CONFIGURED x. */
  readonly expected: Readonly<Record<string, unknown>>;
}
