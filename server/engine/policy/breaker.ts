import { newId } from '../../platform/values/ids.ts';

export interface BreakerLimits {
  /** Failures within `windowMs` after which it opens. */
  readonly failures: number;
  readonly windowMs: number;
  /** How long nobody is let through. */
  readonly openMs: number;
}

/**
 * Keeps a broken plugin from being asked over and over.
 *
 * closed → open after `failures` within `windowMs`; open → half-open after `openMs`: one question is let through;
 * half-open → closed when it is answered, → open again when it is not.
 *
 * A spell of trouble begins with the first failure. A later one begins a new spell if the plugin had answered in between and
 * had not failed for `windowMs`: a plugin that fails now and then is told of once.
 */
export class Breaker {
  readonly #limits: BreakerLimits;
  #failures: number[] = [];
  #openedAt: number | null = null;
  #isProbing = false;
  #spell: { readonly id: string; lastFailure: number; isAnswered: boolean } | null = null;

  constructor(limits: BreakerLimits) {
    this.#limits = limits;
  }

  /** Whether questions are kept from the plugin now. */
  get isOpen(): boolean {
    return this.#openedAt !== null;
  }

  /**
   * Whether a question may be asked; whoever is let through reports with `succeed` or `fail`.
   *
   * @param now epoch milliseconds
   */
  letThrough(now: number): boolean {
    if (this.#openedAt === null) return true;
    if (this.#isProbing || now - this.#openedAt < this.#limits.openMs) return false;
    this.#isProbing = true;
    return true;
  }

  succeed(): void {
    if (this.#isProbing) {
      this.#isProbing = false;
      this.#openedAt = null;
      this.#failures = [];
    }
    if (this.#spell) this.#spell.isAnswered = true;
  }

  /** Some of many answers were broken: part of a spell, but no reason to stop asking. */
  note(now: number): void {
    const isOver = this.#spell?.isAnswered === true && now - this.#spell.lastFailure >= this.#limits.windowMs;
    this.#spell = { id: (isOver ? null : this.#spell?.id) ?? newId(), lastFailure: now, isAnswered: false };
  }

  fail(now: number): void {
    this.note(now);
    this.#failures = [...this.#failures.filter((at) => now - at < this.#limits.windowMs), now];
    if (this.#isProbing || this.#failures.length >= this.#limits.failures) {
      this.#isProbing = false;
      this.#openedAt = now;
    }
  }

  /** The question was not asked after all, or came to nothing for which the plugin is not to blame. */
  release(): void {
    this.#isProbing = false;
  }

  /** The last spell of trouble; its id is the same for all of it. Null when there never was any. */
  get spell(): string | null {
    return this.#spell?.id ?? null;
  }
}
