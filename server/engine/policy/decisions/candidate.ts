import type { Facts, Question } from '../facts.ts';
import { policyVersionOf } from '../parameters.ts';
import type { Decision, InstalledPolicy } from '../policies.ts';
import type { Plugin } from '../registry.ts';
import { GuardedPlugin } from '../running/guarded-plugin.ts';
import type { RuntimeOptions } from '../runtime-options.ts';
import type { DecisionMaker } from './decision-maker.ts';

/** What is tried instead of what is in force. */
export interface CandidateOptions {
  /** All of them, as they were read: defaults included, blank ones absent. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Messages of which nothing is answered before it is left in peace: one that hangs takes a processor from those who serve. */
const FAILURES = 2;

/** A policy as it might be, with a thread and a breaker of its own: what it does concerns nobody who asks the one in force. */
export class Candidate {
  readonly policy: InstalledPolicy;
  readonly #plugin: GuardedPlugin;
  readonly #maker: DecisionMaker;
  readonly #onClose: (candidate: Candidate) => void;

  constructor(
    { installed, plugin }: { readonly installed: InstalledPolicy; readonly plugin: Plugin },
    { parameters }: CandidateOptions,
    maker: DecisionMaker,
    options: RuntimeOptions,
    onClose: (candidate: Candidate) => void,
  ) {
    const { declaration } = installed;
    this.policy = { ...installed, enabled: true, parameters, version: policyVersionOf(declaration, parameters) };
    this.#maker = maker;
    this.#onClose = onClose;
    // Nobody is told of its faults as if they were the policy's in force.
    const own = { ...options, onAnswers: undefined, limits: { ...options.limits, failures: FAILURES } };
    this.#plugin = new GuardedPlugin(declaration.id, plugin.url, own, () => {});
  }

  /** Entry by entry the decision that it would make, or the error. */
  askMany<Q extends Question>(question: Q, facts: readonly Facts[Q][]): Promise<(Decision<Q> | Error)[]> {
    const { policy } = this;
    return this.#maker.decide({ policyId: policy.declaration.id, policy, plugin: this.#plugin }, question, facts);
  }

  close(): Promise<void> {
    this.#onClose(this);
    return this.#plugin.close();
  }
}
