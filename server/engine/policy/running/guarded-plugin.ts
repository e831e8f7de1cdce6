import { PolicyBreakage } from '../errors.ts';
import type { Parameters } from '../evaluate/operands.ts';
import type { RuntimeOptions } from '../runtime-options.ts';
import { PluginThread } from '../threads/plugin-thread.ts';
import { ProcessSlots } from '../threads/process-slots.ts';
import type { Asking, SentOutcome } from '../threads/thread-protocol.ts';
import { PluginHealth } from './plugin-health.ts';

/** What came of one question to a plugin. */
export type Heard<Answer> =
  | { readonly kind: 'ANSWERED'; readonly answered: Answer }
  | { readonly kind: 'LEFT' }
  | { readonly kind: 'BLANK'; readonly parameters: readonly string[] }
  | { readonly kind: 'BROKEN'; readonly breakage: PolicyBreakage };

/** A plugin behind its thread and its breakers. */
export class GuardedPlugin {
  readonly policyId: string;
  readonly health: PluginHealth;
  readonly #thread: PluginThread;
  readonly #options: Pick<RuntimeOptions, 'log' | 'onAnswers'>;
  readonly #onBlocked: () => void;

  /** @param onBlocked told when something is not asked any more */
  constructor(policyId: string, url: string, options: RuntimeOptions, onBlocked: () => void) {
    const { limits, log, clock, nowMs, spares, hosted } = options;
    this.policyId = policyId;
    this.#options = options;
    this.#onBlocked = onBlocked;
    this.health = new PluginHealth(limits, nowMs, () => clock.now());
    const onFault = (message: string) => {
      if (this.health.fault(message)) onBlocked();
      log.error({ policyId, detail: message }, 'a policy broke while nobody asked it');
    };
    const modules = hosted.get(policyId);
    this.#thread = new PluginThread({
      policyId,
      url: modules?.url ?? url,
      spares: modules ? new ProcessSlots(modules) : spares,
      limits,
      log,
      onFault,
    });
  }

  /**
   * Asks the thread, if it may be asked, and keeps how that went.
   *
   * @param check the answer as it left the thread, taken in where nothing of the plugin runs; throws where it cannot be
   */
  async ask<Answer>(
    question: Asking,
    facts: readonly unknown[],
    parameters: Parameters,
    check: (answer: unknown, index: number) => Answer,
  ): Promise<Heard<Answer>[]> {
    const { health, policyId } = this;
    const { log, onAnswers } = this.#options;
    const began = performance.now();
    const may = health.mayAsk(question);
    // Whatever spoiled the thread is not to spoil the trial.
    if (may === 'TRY') this.#thread.renew();
    const heard =
      may === 'NO' ? facts.map(() => blocked(question)) : await this.#heard(question, facts, parameters, check);
    onAnswers?.({
      policyId,
      question,
      outcome: heard[0]?.kind ?? 'ANSWERED',
      ms: performance.now() - began,
      isOpen: health.isOpen(question),
    });
    for (const detail of new Set(brokenIn(heard))) log.error({ policyId, question, detail }, 'a policy broke');
    return heard;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  async #heard<Answer>(
    question: Asking,
    facts: readonly unknown[],
    parameters: Parameters,
    check: (answer: unknown, index: number) => Answer,
  ): Promise<Heard<Answer>[]> {
    let sent: SentOutcome[];
    try {
      sent = await this.#thread.ask(question, facts, parameters);
    } catch (error) {
      this.health.release(question);
      throw error;
    }
    const heard = sent.map((one, index) => taken(question, one, (answer) => check(answer, index)));
    if (this.health.heard(question, brokenIn(heard), heard.length)) {
      this.#thread.renew();
      this.#onBlocked();
    }
    return heard;
  }
}

/** What broke, each in a few words. */
function brokenIn(heard: readonly Heard<unknown>[]): string[] {
  return heard.flatMap((one) => (one.kind === 'BROKEN' ? one.breakage.message : []));
}

function blocked(question: Asking): Heard<never> {
  const message = `${question} failed repeatedly and is left in peace for a while`;
  return { kind: 'BROKEN', breakage: new PolicyBreakage('BLOCKED', message) };
}

function taken<Answer>(question: Asking, sent: SentOutcome, check: (answer: unknown) => Answer): Heard<Answer> {
  try {
    if (sent.kind === 'ANSWERED') return { kind: 'ANSWERED', answered: check(JSON.parse(sent.json)) };
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
