import type { Finding, Survivor } from './report.ts';

/** What the kit's thread is given to do. */
export interface KitTask {
  /** See watch.ts. */
  readonly memory: SharedArrayBuffer;
  readonly url: string;
  readonly seed: number;
  /** The changed copies that it judges; null where it examines the plugin itself. */
  readonly copies: {
    /** At which to begin. */
    readonly from: number;
    /** Every so many from there on: others judge those in between. */
    readonly step: number;
  } | null;
}

/** What the kit's thread says. */
export type KitMessage =
  | {
      readonly kind: 'EXAMINED';
      readonly policyId: string;
      readonly version: string;
      readonly answers: number;
      readonly medianMs: number | null;
      readonly goldenRows: number;
      readonly findings: readonly Finding[];
    }
  /** It begins with a changed copy. */
  | { readonly kind: 'AT'; readonly mutant: number; readonly of: number }
  | { readonly kind: 'SURVIVED'; readonly mutant: number; readonly survivor: Survivor }
  /** Where the copies are written: whoever hears it clears it away, for the thread may be ended. */
  | { readonly kind: 'COPIES'; readonly folder: string }
  | { readonly kind: 'DONE' }
  /** The plugin cannot be loaded, or its golden tables cannot be read. */
  | { readonly kind: 'UNUSABLE'; readonly message: string };
