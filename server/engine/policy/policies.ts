import type { Text } from '../../platform/values/text.ts';
import type { Answers } from './answers.ts';
import type { Policy } from './contract.ts';
import type { Asked } from './decisions/asked.ts';
import type { Candidate, CandidateOptions } from './decisions/candidate.ts';
import type { Facts, Question } from './facts.ts';
import type { Read, Reading } from './reading/readings.ts';
import type { BlockedPart, PolicyHealth } from './running/plugin-health.ts';

/** A policy as it is in force: the plugin's declarations with the parameters that were set here. */
export interface InstalledPolicy {
  readonly declaration: Policy;
  /** `id@version+hash of the parameters`; every decision keeps the one that made it. */
  readonly version: string;
  /** Of the plugin's files, 12 hex digits; null where it was not loaded from any. */
  readonly hash?: string | null;
  readonly enabled: boolean;
  /** The parameters in force, defaults included; a blank one is absent. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** An answer with who gave it and why. */
export interface Decision<Q extends Question> {
  readonly answer: Answers[Q];
  readonly because: Text;
  readonly policyId: string;
  readonly policyVersion: string;
  /** What was asked of whom, under the decision's id: what comes of it names that. */
  readonly asked: Asked;
  /**
   * The policy that was asked is out of order, and the standard policy answered in its place. `spell` is the same for
   * one spell of trouble, so that it is told once.
   */
  readonly fallback: { readonly policyId: string; readonly detail: string; readonly spell: string } | null;
}

/**
 * The policies of this process. Questions run in threads of their own, never inside a database transaction
 * (server/platform/storage/transaction.ts refuses it).
 */
export interface Policies {
  /** All that are installed, the standard policy last. */
  all(): readonly InstalledPolicy[];
  get(policyId: string): InstalledPolicy | undefined;
  /**
   * Asks a policy, then the standard policy.
   *
   * @throws {NotConfigured} the answer needs a parameter that nobody set
   * @throws {PolicyFailure} the plugin threw, hung or answered rubbish, and the question has no fallback: only `promise`
   *   falls back, for a ticket is never lost because a plugin broke
   */
  ask<Q extends Question>(policyId: string, question: Q, facts: Facts[Q]): Promise<Decision<Q>>;
  /** Asks about many at once, in one message: entry by entry the decision, or the error that it makes. */
  askMany<Q extends Question>(
    policyId: string,
    question: Q,
    facts: readonly Facts[Q][],
  ): Promise<(Decision<Q> | Error)[]>;
  /** The decisions as they would be under other parameters; nothing is changed. */
  askManyUnder<Q extends Question>(
    policyId: string,
    question: Q,
    facts: readonly Facts[Q][],
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<(Decision<Q> | Error)[]>;
  /**
   * A policy as it might be, in a thread of its own: other parameters, or another version of the plugin. What it does concerns
   * nobody who asks the one in force.
   */
  candidate(policyId: string, options: CandidateOptions): Candidate;
  /**
   * Reads values by what a policy declares; a plugin of others does it in its own thread.
   *
   * @throws {PolicyFailure} the plugin threw or hung, or is left in peace for a while
   */
  read(policyId: string, reading: Reading): Promise<Read>;
  /** Reads many at once, in few messages: one by one the values, or the error that reading makes. */
  readMany(policyId: string, readings: readonly Reading[]): Promise<(Read | Error)[]>;
  /** How a plugin does on this node. */
  health(policyId: string): PolicyHealth;
  /** What is not asked just now on this node, because it failed repeatedly. */
  blocked(): readonly (BlockedPart & { readonly policyId: string })[];
  /** Keeps that a resolver which a plugin added to the schema kept the whole process for so long. */
  tellSlow(policyId: string, field: string, ms: number): void;
  /** Hears at once of what is not asked any more; `blocked` lists it. */
  onBlocked(listener: () => void): void;
  /** Reads the settings again if they changed in the database (another node may have set them). */
  refresh(): Promise<void>;
  close(): Promise<void>;
}
