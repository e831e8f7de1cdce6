import { NotConfigured, PolicyFailure } from '../../../platform/values/errors.ts';
import { newId } from '../../../platform/values/ids.ts';
import { type Answered, answerOne, checked, mayAnswer, type Outcome } from '../answer.ts';
import { PolicyBreakage } from '../errors.ts';
import type { Facts, Question } from '../facts.ts';
import type { Decision, InstalledPolicy } from '../policies.ts';
import { STANDARD_ID } from '../registry.ts';
import type { GuardedPlugin } from '../running/guarded-plugin.ts';
import type { RuntimeOptions } from '../runtime-options.ts';
import type { Asked } from './asked.ts';

/** Facts that one message carries at most, so that a long run lets other questions in between. */
const BATCH = 250;

/** Who is asked: a policy as it is in force, or might be, and where its plugin runs. */
export interface Whom {
  readonly policyId: string;
  /** Nothing where it is not installed. */
  readonly policy: InstalledPolicy | undefined;
  readonly plugin: GuardedPlugin | undefined;
}

/** Those who are asked about one set of facts. */
interface Round<Q extends Question> {
  readonly policyId: string;
  readonly version: string;
  readonly hash: string | null;
  readonly question: Q;
  readonly spell: string;
  readonly at: Date;
  readonly ms: number;
}

/** Makes decisions out of answers: a policy's, else the standard policy's. */
export class DecisionMaker {
  readonly #installed: () => ReadonlyMap<string, InstalledPolicy>;
  readonly #options: Pick<RuntimeOptions, 'log' | 'clock'>;

  /** @param installed the policies in force, the standard policy among them */
  constructor(installed: () => ReadonlyMap<string, InstalledPolicy>, options: Pick<RuntimeOptions, 'log' | 'clock'>) {
    this.#installed = installed;
    this.#options = options;
  }

  /** Entry by entry the decision, or the error that it makes; facts go batch by batch. */
  async decide<Q extends Question>(
    whom: Whom,
    question: Q,
    facts: readonly Facts[Q][],
  ): Promise<(Decision<Q> | Error)[]> {
    const { policyId, policy } = whom;
    const round = this.#round(policyId, policy, question);
    if (!policy) {
      const breakage = new PolicyBreakage('GONE', `${policyId} is not installed`);
      const gone = { ...round, spell: breakage.message };
      return facts.map((one) => this.#decision(gone, one, { kind: 'BROKEN', breakage }));
    }
    if (policyId === STANDARD_ID) return facts.map((one) => this.#byStandard(round, one, null, policy));
    if (!policy.enabled || !mayAnswer(policy.declaration, question))
      return facts.map((one) => this.#byStandard(round, one));
    const decisions: (Decision<Q> | Error)[] = [];
    const batches = Array.from({ length: Math.ceil(facts.length / BATCH) }, (_, index) =>
      facts.slice(index * BATCH, (index + 1) * BATCH),
    );
    // One is answered while the next is on its way; more would keep other questions waiting.
    let next = batches[0] && this.#askThread(whom, round, batches[0]);
    for (const index of batches.keys()) {
      const now = next;
      const following = batches[index + 1];
      next = following && this.#askThread(whom, round, following);
      // If this one rejects, nobody is left to hear of the next.
      next?.catch(() => {});
      if (now) decisions.push(...(await now));
    }
    return decisions;
  }

  #round<Q extends Question>(policyId: string, policy: InstalledPolicy | undefined, question: Q): Round<Q> {
    const { version = '', hash = null } = policy ?? {};
    return { policyId, version, hash, question, spell: '', at: this.#options.clock.now(), ms: 0 };
  }

  async #askThread<Q extends Question>(
    { policy, plugin }: Whom,
    round: Round<Q>,
    facts: readonly Facts[Q][],
  ): Promise<(Decision<Q> | Error)[]> {
    if (!plugin || !policy) throw new PolicyFailure(round.policyId);
    const { question } = round;
    const began = performance.now();
    const outcomes: Outcome<Q>[] = await plugin.ask(question, facts, policy.parameters, (answer, index) =>
      checked(policy.declaration, question, facts[index] as Facts[Q], answer),
    );
    const ms = (performance.now() - began) / facts.length;
    const spell = plugin.health.spell(question) ?? newId();
    return outcomes.map((outcome, index) => this.#decision({ ...round, spell, ms }, facts[index] as Facts[Q], outcome));
  }

  #decision<Q extends Question>(round: Round<Q>, facts: Facts[Q], outcome: Outcome<Q>): Decision<Q> | Error {
    switch (outcome.kind) {
      case 'ANSWERED':
        return decisionOf(round, facts, outcome.answered, { policyId: round.policyId, version: round.version });
      case 'LEFT':
        return this.#byStandard(round, facts);
      case 'BLANK':
        return new NotConfigured(outcome.parameters);
      case 'BROKEN':
        return this.#broken(round, facts, outcome.breakage);
    }
  }

  /** A promise there must be all the same: the standard policy makes it. Any other decision is not taken. */
  #broken<Q extends Question>(round: Round<Q>, facts: Facts[Q], breakage: PolicyBreakage): Decision<Q> | Error {
    const { policyId, spell } = round;
    if (round.question === 'promise')
      return this.#byStandard(round, facts, { policyId, detail: breakage.message, spell });
    const failure = new PolicyFailure(policyId);
    failure.cause = breakage;
    return failure;
  }

  /** The standard policy is the platform's own and answers without a thread: nothing can keep it from answering. */
  #byStandard<Q extends Question>(
    round: Round<Q>,
    facts: Facts[Q],
    fallback: Decision<Q>['fallback'] = null,
    standard = this.#installed().get(STANDARD_ID),
  ): Decision<Q> | Error {
    if (!standard) return new PolicyFailure(STANDARD_ID);
    const { question } = round;
    const outcome = answerOne(standard.declaration, question, facts, standard.parameters);
    const { version } = standard;
    if (outcome.kind === 'ANSWERED')
      return decisionOf(round, facts, outcome.answered, { policyId: STANDARD_ID, version }, fallback);
    if (outcome.kind === 'BLANK') return new NotConfigured(outcome.parameters);
    const failure = new PolicyFailure(STANDARD_ID);
    failure.cause = outcome.kind === 'BROKEN' ? outcome.breakage : new Error(`it leaves ${question} unanswered`);
    this.#options.log.error({ err: failure, question }, 'the standard policy broke');
    return failure;
  }
}

function decisionOf<Q extends Question>(
  { policyId, version, hash, question, at, ms }: Round<Q>,
  facts: Facts[Q],
  { answer, because }: Answered<Q>,
  by: { readonly policyId: string; readonly version: string },
  fallback: Decision<Q>['fallback'] = null,
): Decision<Q> {
  const asked: Asked = { id: newId(), policyId, policyVersion: version, pluginHash: hash, question, facts, at, ms };
  return { answer, because, policyId: by.policyId, policyVersion: by.version, asked, fallback };
}
