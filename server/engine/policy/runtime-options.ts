import type { Logger } from 'pino';
import type { Clock } from '../../platform/values/wall-clock.ts';
import type { BreakerLimits } from './breaker.ts';
import type { Policy } from './contract.ts';
import type { Noted } from './decisions/decision-row.ts';
import type { Plugin } from './registry.ts';
import type { SettingRow } from './running/read-settings.ts';
import type { HostedModules } from './threads/process-slots.ts';
import type { TimeLimits } from './threads/thread-jobs.ts';
import type { Threads } from './threads/thread-pool.ts';

export interface PolicyLimits extends TimeLimits, BreakerLimits {
  /** How often the settings are read, in case another node changed them. */
  readonly refreshMs: number;
}

/** Where what was set is read. */
export interface Settings {
  findMany(asked: { readonly orderBy: { readonly policyId: 'asc' } }): PromiseLike<readonly SettingRow[]>;
}

export interface PoliciesOptions {
  /** The standard policy may be left out: it is always there. */
  readonly plugins: readonly Plugin[];
  readonly prisma: { readonly policySetting: Settings };
  readonly log: Pick<Logger, 'debug' | 'warn' | 'error'>;
  /** What time it is where policies are asked: a sandbox holds it. */
  readonly clock: Clock;
  /** By which breakers count, in ms: a clock that runs, whatever the platform's shows. */
  readonly nowMs?: (() => number) | undefined;
  readonly limits?: Partial<PolicyLimits>;
  /** Threads that several of a process share, by the URL of what they run. */
  readonly threads?: ((worker: string) => Threads) | undefined;
  /** Told of what is asked one by one, and of what came of it, outside of any transaction. */
  readonly onDecision?: ((noted: Noted) => void) | undefined;
  /** Told of every message of questions. */
  readonly onAnswers?: ((seen: SeenAnswers) => void) | undefined;
}

/** Answers of a policy to one message of questions, as they are told to who watches. */
export interface SeenAnswers {
  readonly policyId: string;
  readonly question: string;
  /** How the first of them was. */
  readonly outcome: string;
  readonly ms: number;
  /** The policy is not asked this any more for a while. */
  readonly isOpen: boolean;
}

/** What the runtime works with, once all that may be left out is there. */
export interface RuntimeOptions
  extends Required<Omit<PoliciesOptions, 'threads' | 'onAnswers' | 'onDecision' | 'nowMs'>> {
  readonly onDecision?: PoliciesOptions['onDecision'];
  readonly onAnswers?: PoliciesOptions['onAnswers'];
  readonly nowMs: () => number;
  readonly spares: Threads;
  /** What runs in processes of their own, by policy. */
  readonly hosted: ReadonlyMap<string, HostedModules>;
  readonly standard: Policy;
  readonly limits: PolicyLimits;
}
