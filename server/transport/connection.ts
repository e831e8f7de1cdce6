import { setMaxListeners } from 'node:events';
import type { WebSocket } from 'ws';
import type { Actor } from '../access/actor.ts';
import type { Locale } from '../policy/text.ts';
import type { Ending } from './viewing.ts';

/** With what the server closes a socket, beyond the codes of the protocol; docs/errors.md explains them. */
const CLOSES: Readonly<Record<Ending, readonly [code: number, reason: string]>> = {
  FORBIDDEN: [4403, 'The token has ended, or its owner left.'],
  TOO_SLOW: [4410, 'Too slow; go on after your last cursor.'],
  GOING_AWAY: [1001, 'The server stops; connect again.'],
};

/** A socket and the person of its `connection_init`. */
export class Connection {
  readonly socket: WebSocket;
  readonly actor: Actor;
  readonly locale: Locale;
  /** Fires when the socket closes, or is about to be closed. */
  readonly signal: AbortSignal;
  readonly #ended = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(socket: WebSocket, actor: Actor, locale: Locale) {
    this.socket = socket;
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

  /** Counts an operation as running until it is answered. */
  track(result: unknown): void {
    if (!(result instanceof Promise)) return;
    const done = () => this.#running.delete(running);
    const running: Promise<unknown> = result.then(done, done);
    this.#running.add(running);
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
    while (this.#running.size > 0 && !isLate) await Promise.race([Promise.all(this.#running), late]);
    clearTimeout(timer);
    // The answer is handed to the socket in a later turn than the one in which it was made.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
