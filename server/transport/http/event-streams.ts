import type { ServerResponse } from 'node:http';
import { LIMITS } from '../admission/limits.ts';

/**
 * The answers that are Server-Sent Events. One whose reader takes nothing for too long is cut, as a socket is; when the
 * server stops all are cut: a stream that ended in good order would not be taken up again by its client.
 */
export class EventStreams {
  /** Since when each takes nothing, and what it had taken by then; null where nothing waits for it. */
  readonly #open = new Map<ServerResponse, { readonly since: number; readonly taken: number } | null>();
  readonly #slowReaderMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(slowReaderMs: number = LIMITS.slowReaderMs) {
    this.#slowReaderMs = slowReaderMs;
  }

  add(response: ServerResponse): void {
    this.#open.set(response, null);
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#open.size === 0) clearInterval(this.#timer);
    });
    if (this.#open.size > 1) return;
    this.#timer = setInterval(() => this.#look(), Math.min(1_000, this.#slowReaderMs / 2));
    this.#timer.unref();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Cuts all, spread over so many milliseconds. */
  async end(spreadMs: number): Promise<void> {
    await Promise.all(
      [...this.#open.keys()].map(async (response) => {
        if (spreadMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * spreadMs));
        response.destroy();
      }),
    );
  }

  #look(): void {
    const now = performance.now();
    for (const [response, stands] of this.#open) {
      const taken = takenBy(response);
      if (!response.writableNeedDrain) this.#open.set(response, null);
      else if (stands === null || taken > stands.taken) this.#open.set(response, { since: now, taken });
      else if (now - stands.since > this.#slowReaderMs) response.destroy();
    }
  }
}

/** Bytes that the system has taken for the reader. Whoever reads slowly may never have taken all. */
function takenBy({ socket }: ServerResponse): number {
  return socket ? (socket.bytesWritten ?? 0) - socket.writableLength : 0;
}
