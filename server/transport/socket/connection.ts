import { setMaxListeners } from 'node:events';
import type { Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Actor } from '../../platform/access/actor.ts';
import type { Locale } from '../../platform/values/text.ts';
import type { Ending } from '../live/alert-viewer.ts';

/** With what the server closes a socket, beyond the codes of the protocol; docs/errors.md explains them. */
const CLOSES: Readonly<Record<Ending, readonly [code: number, reason: string]>> = {
  FORBIDDEN: [4403, 'The token has ended, or its owner left.'],
  TOO_SLOW: [4410, 'Too slow; go on after your last cursor.'],
  GOING_AWAY: [1001, 'The server stops; connect again.'],
};

/** A socket and the person of its `connection_init`. */
export class Connection {
  readonly socket: WebSocket;
  /** What lies under the socket. */
  readonly wire: Writable;
  readonly actor: Actor;
  readonly locale: Locale;
  /** Fires when the socket closes, or is about to be closed. */
  readonly signal: AbortSignal;
  readonly #ended = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(socket: WebSocket, wire: Writable, actor: Actor, locale: Locale) {
    this.socket = socket;
    this.wire = wire;
    this.actor = actor;
    this.locale = locale;
    this.signal = this.#ended.signal;
    // Each operation listens, and there may be many.
    setMaxListeners(0, this.signal);
    socket.once('close', () => this.#ended.abort());
  }

  /** Nothing is sent any more, also where the other side takes its time to answer the close. */
  close(why: Ending): void {
    this.#ended.abort();
    this.socket.close(...CLOSES[why]);
  }

  /** Counts a step of an operation as running until it is done. */
  track<T>(step: T): T {
    // Yoga's promises are not always the language's own.
    const { then } = (step ?? {}) as Partial<PromiseLike<unknown>>;
    if (typeof then !== 'function') return step;
    const done = () => this.#running.delete(running);
    const running: Promise<unknown> = Promise.resolve(step).then(done, done);
    this.#running.add(running);
    return step;
  }

  /** Resolves when all that runs is answered, or after so many milliseconds. */
  async finished(withinMs: number): Promise<void> {
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve();
      }, withinMs);
    });
    do {
      await Promise.race([Promise.all(this.#running), late]);
      // The next step of an operation begins, and its answer is handed to the socket, before the next turn.
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#running.size > 0 && !isLate);
    clearTimeout(timer);
  }
}
