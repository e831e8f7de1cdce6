import { Breaker, type BreakerLimits } from '../breaker.ts';
import type { Asking } from '../threads/thread-protocol.ts';

/** How a plugin does on this node. */
export interface PolicyHealth {
  /** FAILING while something broke within the last minute, or was not answered since; BLOCKED while something is not asked. */
  readonly state: 'OK' | 'FAILING' | 'BLOCKED';
  /** Since when it is in trouble; null while it is in none. */
  readonly since: Date | null;
  /** What broke since then. */
  readonly failures: number;
  /** The last that broke, also where all is well again. */
  readonly lastError: { readonly at: Date; readonly question: string; readonly message: string } | null;
}

/** What may fail: what is asked, the thread while nobody asks, what it added to the schema. */
export type Part = Asking | 'thread' | 'schema';

/** A part that is kept from being asked, with the spell of trouble that did it. */
export interface BlockedPart {
  readonly part: Part;
  readonly spell: string;
  readonly detail: string;
}

interface PartState {
  readonly breaker: Breaker;
  lastFailureMs: number | null;
  isAnswered: boolean;
  detail: string;
}

/** The breakers of one plugin, one for each part: a promise that hangs is no reason not to hear whether an action is allowed. */
export class PluginHealth {
  readonly #limits: BreakerLimits;
  readonly #nowMs: () => number;
  readonly #now: () => Date;
  readonly #parts = new Map<Part, PartState>();
  #since: Date | null = null;
  #failures = 0;
  #lastError: PolicyHealth['lastError'] = null;

  /**
   * @param nowMs by which breakers count: a clock that runs, in ms, whatever clock the platform shows
   * @param now what the platform's clock shows
   */
  constructor(limits: BreakerLimits, nowMs: () => number, now: () => Date) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#now = now;
  }

  /** Whether it may be asked: `TRY` the one question that tells whether it has recovered. */
  mayAsk(part: Asking): 'YES' | 'TRY' | 'NO' {
    const thread = this.#part('thread').breaker;
    const own = this.#part(part).breaker;
    const wasOpen = thread.isOpen || own.isOpen;
    if (!thread.letThrough(this.#nowMs())) return 'NO';
    if (!own.letThrough(this.#nowMs())) {
      thread.release();
      return 'NO';
    }
    return wasOpen ? 'TRY' : 'YES';
  }

  /**
   * What came of asking.
   *
   * @param broken messages of those that broke
   * @returns whether the part is blocked by it now and was not before
   */
  heard(part: Asking, broken: readonly string[], of: number): boolean {
    const state = this.#part(part);
    const wasOpen = state.breaker.isOpen;
    if (broken.length === 0) {
      state.breaker.succeed();
      this.#part('thread').breaker.succeed();
      state.isAnswered = true;
      return false;
    }
    this.note(part, broken);
    if (broken.length < of) {
      state.breaker.succeed();
      state.breaker.note(this.#nowMs());
    } else state.breaker.fail(this.#nowMs());
    if (broken.length < of) this.#part('thread').breaker.succeed();
    else this.#part('thread').breaker.release();
    return state.breaker.isOpen && !wasOpen;
  }

  /**
   * What the thread did while it was asked nothing.
   *
   * @returns whether the plugin is blocked by it now and was not before
   */
  fault(message: string): boolean {
    const { breaker } = this.#part('thread');
    const wasOpen = breaker.isOpen;
    this.note('thread', [message]);
    breaker.fail(this.#nowMs());
    return breaker.isOpen && !wasOpen;
  }

  /** The question was not asked after all. */
  release(part: Asking): void {
    this.#part(part).breaker.release();
    this.#part('thread').breaker.release();
  }

  isOpen(part: Part): boolean {
    return this.#part(part).breaker.isOpen;
  }

  spell(part: Part): string | null {
    return this.#part(part).breaker.spell;
  }

  blocked(): BlockedPart[] {
    return [...this.#parts].flatMap(([part, { breaker, detail }]) =>
      breaker.isOpen && breaker.spell !== null ? [{ part, spell: breaker.spell, detail }] : [],
    );
  }

  health(): PolicyHealth {
    const state = this.#state();
    const isOk = state === 'OK';
    return { state, since: isOk ? null : this.#since, failures: isOk ? 0 : this.#failures, lastError: this.#lastError };
  }

  #state(): PolicyHealth['state'] {
    const parts = [...this.#parts.values()];
    if (parts.some(({ breaker }) => breaker.isOpen)) return 'BLOCKED';
    const since = this.#nowMs() - this.#limits.windowMs;
    const isFailing = parts.some(
      ({ lastFailureMs, isAnswered }) => lastFailureMs !== null && (lastFailureMs > since || !isAnswered),
    );
    return isFailing ? 'FAILING' : 'OK';
  }

  /** Keeps what broke, where nobody waited for it to be answered. */
  note(part: Part, messages: readonly string[]): void {
    const at = this.#now();
    if (this.#state() === 'OK') {
      this.#since = at;
      this.#failures = 0;
    }
    this.#failures += messages.length;
    const state = this.#part(part);
    state.lastFailureMs = this.#nowMs();
    // Nobody asks them, so no answer is waited for either.
    state.isAnswered = part === 'thread' || part === 'schema';
    state.detail = messages.at(-1) ?? '';
    this.#lastError = { at, question: part, message: state.detail };
  }

  #part(part: Part): PartState {
    const known = this.#parts.get(part);
    if (known) return known;
    const made = { breaker: new Breaker(this.#limits), lastFailureMs: null, isAnswered: true, detail: '' };
    this.#parts.set(part, made);
    return made;
  }
}
