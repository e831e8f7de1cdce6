import { refuseInside } from '../../platform/storage/transaction-guard.ts';
import { NotConfigured, PolicyFailure } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { answerOne, checked, mayAnswer, type Outcome } from './answer.ts';
import { Breaker } from './breaker.ts';
import type { Policy } from './contract.ts';
import { PolicyBreakage } from './errors.ts';
import type { Facts, Question } from './facts.ts';
import { contradictoryParameters, parseParameters, policyVersionOf } from './parameters.ts';
import type { Decision, InstalledPolicy, Policies } from './policies.ts';
import { STANDARD_ID } from './registry.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { PluginThread } from './threads/plugin-thread.ts';
import type { Threads } from './threads/thread-pool.ts';
import type { SentOutcome } from './threads/thread-protocol.ts';

/** Facts that one message carries at most, so that a long run lets other questions in between. */
const BATCH = 250;

/** The policies of this process, each plugin in a thread of its own. */
export class PolicyRuntime implements Policies {
  readonly #options: RuntimeOptions;
  readonly #declarations: readonly Policy[];
  readonly #spares: Threads;
  readonly #threads = new Map<string, PluginThread>();
  readonly #breakers = new Map<string, Breaker>();
  readonly #timer: NodeJS.Timeout;
  #installed = new Map<string, InstalledPolicy>();
  #settings = '';
  #reading: Promise<void> = Promise.resolve();

  constructor(options: RuntimeOptions) {
    const { plugins, standard, spares, limits, log } = options;
    this.#options = options;
    this.#declarations = [...plugins.map(({ policy }) => policy), standard];
    this.#spares = spares;
    for (const { policy, url } of plugins)
      this.#threads.set(policy.id, new PluginThread({ policyId: policy.id, url, spares, limits, log }));
    this.#timer = setInterval(() => {
      this.refresh().catch((error: unknown) =>
        log.warn({ err: error }, 'the settings of the policies could not be read'),
      );
    }, limits.refreshMs).unref();
  }

  all(): readonly InstalledPolicy[] {
    return [...this.#installed.values()];
  }

  get(policyId: string): InstalledPolicy | undefined {
    return this.#installed.get(policyId);
  }

  async ask<Q extends Question>(policyId: string, question: Q, facts: Facts[Q]): Promise<Decision<Q>> {
    const [decision] = await this.askMany(policyId, question, [facts]);
    if (!decision) throw new PolicyFailure(policyId);
    if (decision instanceof Error) throw decision;
    return decision;
  }

  askMany<Q extends Question>(
    policyId: string,
    question: Q,
    facts: readonly Facts[Q][],
  ): Promise<(Decision<Q> | Error)[]> {
    return this.#decide(policyId, this.get(policyId), question, facts);
  }

  askManyUnder<Q extends Question>(
    policyId: string,
    question: Q,
    facts: readonly Facts[Q][],
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<(Decision<Q> | Error)[]> {
    const installed = this.get(policyId);
    const version = installed && policyVersionOf(installed.declaration, parameters);
    return this.#decide(
      policyId,
      installed && { ...installed, parameters, version: version ?? installed.version },
      question,
      facts,
    );
  }

  refresh(): Promise<void> {
    // One reading after the other: whoever changed a setting waits for a reading that began after the change.
    const reading = this.#reading.catch(() => {}).then(() => this.#read());
    this.#reading = reading;
    return reading;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading.catch(() => {});
    await Promise.all([this.#spares.close(), ...[...this.#threads.values()].map((thread) => thread.close())]);
  }

  async #read(): Promise<void> {
    const { prisma, log } = this.#options;
    const rows = await prisma.policySetting.findMany({ orderBy: { policyId: 'asc' } });
    const settings = JSON.stringify(rows.map(({ policyId, enabled, parameters }) => [policyId, enabled, parameters]));
    if (settings === this.#settings) return;
    const byPolicy = new Map(rows.map((row) => [row.policyId, row]));
    const installed = this.#declarations.map((declaration): InstalledPolicy => {
      const row = byPolicy.get(declaration.id);
      const { parameters, issues } = parseParameters(
        declaration,
        (row?.parameters ?? {}) as Record<string, unknown>,
        'parameters',
      );
      issues.push(...contradictoryParameters(declaration, parameters, 'parameters'));
      if (issues.length > 0)
        log.error({ policyId: declaration.id, issues }, 'settings of a policy are not what the plugin takes');
      const enabled = declaration.id === STANDARD_ID || (row?.enabled ?? true);
      return { declaration, parameters, enabled, version: policyVersionOf(declaration, parameters) };
    });
    this.#installed = new Map(installed.map((policy) => [policy.declaration.id, policy]));
    this.#settings = settings;
  }

  async #decide<Q extends Question>(
    policyId: string,
    policy: InstalledPolicy | undefined,
    question: Q,
    facts: readonly Facts[Q][],
  ): Promise<(Decision<Q> | Error)[]> {
    refuseInside('policies');
    if (!policy) {
      const breakage = new PolicyBreakage('GONE', `${policyId} is not installed`);
      return facts.map((one) => this.#broken(policyId, question, one, breakage, `${policyId} is not installed`));
    }
    if (policyId === STANDARD_ID) return facts.map((one) => this.#byStandard(question, one, policy));
    if (!policy.enabled || !mayAnswer(policy.declaration, question))
      return facts.map((one) => this.#byStandard(question, one));
    const batches = Array.from({ length: Math.ceil(facts.length / BATCH) }, (_, index) =>
      facts.slice(index * BATCH, (index + 1) * BATCH),
    );
    const decisions: (Decision<Q> | Error)[] = [];
    // One is answered while the next is on its way; more would keep other questions waiting.
    let next = batches[0] && this.#askThread(policy, question, batches[0]);
    for (const index of batches.keys()) {
      const now = next;
      const following = batches[index + 1];
      next = following && this.#askThread(policy, question, following);
      // If this one rejects, nobody is left to hear of the next.
      next?.catch(() => {});
      if (now) decisions.push(...(await now));
    }
    return decisions;
  }

  async #askThread<Q extends Question>(
    policy: InstalledPolicy,
    question: Q,
    facts: readonly Facts[Q][],
  ): Promise<(Decision<Q> | Error)[]> {
    const policyId = policy.declaration.id;
    const breaker = this.#breaker(policyId, question);
    const began = performance.now();
    const outcomes: Outcome<Q>[] = breaker.letThrough(this.#options.clock.now().getTime())
      ? await this.#answers(policy, question, facts, breaker)
      : facts.map(() => ({ kind: 'BROKEN', breakage: blocked(question) }));
    this.#options.onAnswers?.({
      policyId,
      question,
      outcome: outcomes[0]?.kind ?? 'ANSWERED',
      ms: performance.now() - began,
      isOpen: breaker.isOpen,
    });
    const spell = breaker.spell ?? newId();
    for (const detail of new Set(outcomes.flatMap((one) => (one.kind === 'BROKEN' ? one.breakage.message : [])))) {
      this.#options.log.error({ policyId, question, detail }, 'a policy broke');
    }
    return outcomes.map((outcome, index) => this.#decision(policy, question, facts[index] as Facts[Q], outcome, spell));
  }

  #decision<Q extends Question>(
    { declaration, version }: InstalledPolicy,
    question: Q,
    facts: Facts[Q],
    outcome: Outcome<Q>,
    spell: string,
  ): Decision<Q> | Error {
    switch (outcome.kind) {
      case 'ANSWERED':
        return { ...outcome.answered, policyId: declaration.id, policyVersion: version, fallback: null };
      case 'LEFT':
        return this.#byStandard(question, facts);
      case 'BLANK':
        return new NotConfigured(outcome.parameters);
      case 'BROKEN':
        return this.#broken(declaration.id, question, facts, outcome.breakage, spell);
    }
  }

  /** The outcomes as the thread told them, checked once more, and the breaker told how it went. */
  async #answers<Q extends Question>(
    { declaration, parameters }: InstalledPolicy,
    question: Q,
    facts: readonly Facts[Q][],
    breaker: Breaker,
  ): Promise<Outcome<Q>[]> {
    const thread = this.#threads.get(declaration.id);
    if (!thread) throw new PolicyFailure(declaration.id);
    let sent: SentOutcome[];
    try {
      sent = await thread.ask(question, facts, parameters);
    } catch (error) {
      breaker.release();
      throw error;
    }
    const outcomes = sent.map((one, index) => received(declaration, question, facts[index] as Facts[Q], one));
    const broken = outcomes.filter(({ kind }) => kind === 'BROKEN').length;
    const now = this.#options.clock.now().getTime();
    if (broken === outcomes.length) breaker.fail(now);
    else {
      breaker.succeed();
      if (broken > 0) breaker.note(now);
    }
    return outcomes;
  }

  /** A promise there must be all the same: the standard policy makes it. Any other decision is not taken. */
  #broken<Q extends Question>(
    policyId: string,
    question: Q,
    facts: Facts[Q],
    breakage: PolicyBreakage,
    spell: string,
  ): Decision<Q> | Error {
    if (question === 'promise') {
      const decision = this.#byStandard(question, facts);
      return decision instanceof Error
        ? decision
        : { ...decision, fallback: { policyId, detail: breakage.message, spell } };
    }
    const failure = new PolicyFailure(policyId);
    failure.cause = breakage;
    return failure;
  }

  /** The standard policy is the platform's own and answers without a thread: nothing can keep it from answering. */
  #byStandard<Q extends Question>(question: Q, facts: Facts[Q], standard = this.get(STANDARD_ID)): Decision<Q> | Error {
    if (!standard) return new PolicyFailure(STANDARD_ID);
    const outcome = answerOne(standard.declaration, question, facts, standard.parameters);
    if (outcome.kind === 'ANSWERED')
      return { ...outcome.answered, policyId: STANDARD_ID, policyVersion: standard.version, fallback: null };
    if (outcome.kind === 'BLANK') return new NotConfigured(outcome.parameters);
    const failure = new PolicyFailure(STANDARD_ID);
    failure.cause = outcome.kind === 'BROKEN' ? outcome.breakage : new Error(`it leaves ${question} unanswered`);
    this.#options.log.error({ err: failure, question }, 'the standard policy broke');
    return failure;
  }

  /** One for each question: a promise that hangs is no reason not to hear whether an action is allowed. */
  #breaker(policyId: string, question: Question): Breaker {
    const key = `${policyId} ${question}`;
    const known = this.#breakers.get(key);
    if (known) return known;
    const breaker = new Breaker(this.#options.limits);
    this.#breakers.set(key, breaker);
    return breaker;
  }
}

function blocked(question: Question): PolicyBreakage {
  return new PolicyBreakage('BLOCKED', `${question} failed repeatedly and is left in peace for a while`);
}

function received<Q extends Question>(policy: Policy, question: Q, facts: Facts[Q], sent: SentOutcome): Outcome<Q> {
  try {
    if (sent.kind === 'ANSWERED')
      return { kind: 'ANSWERED', answered: checked(policy, question, facts, JSON.parse(sent.json)) };
    if (sent.kind === 'BROKEN') return { kind: 'BROKEN', breakage: new PolicyBreakage(sent.breakage, sent.message) };
    return sent;
  } catch (error) {
    const breakage =
      error instanceof PolicyBreakage
        ? error
        : new PolicyBreakage('RUBBISH', `${question} answered what cannot be read`);
    return { kind: 'BROKEN', breakage };
  }
}
