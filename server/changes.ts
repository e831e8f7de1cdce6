import type { PrismaClient } from './generated/prisma/client.ts';

/** Things whose present state can be watched. */
export type Watched = 'TICKET' | 'GRADING_RUN';

interface Watch {
  readonly kind: Watched;
  readonly id: string;
  seen: string | null;
  wake(): void;
}

/**
 * Tells subscribers that a thing changed. Its state is the message: whoever is woken reads it afresh, so hints may be
 * lost or doubled without harm. Changes of this process come at once, those of other nodes by one look at all watched
 * rows every `pollMs`.
 */
export class Changes {
  readonly #prisma: Pick<PrismaClient, 'ticket' | 'gradingRun'>;
  readonly #watches = new Set<Watch>();
  readonly #pollMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(prisma: Pick<PrismaClient, 'ticket' | 'gradingRun'>, pollMs = 500) {
    this.#prisma = prisma;
    this.#pollMs = pollMs;
  }

  /** To be called after the commit that changed the thing. */
  announce(kind: Watched, id: string): void {
    for (const watch of this.#watches) if (watch.kind === kind && watch.id === id) watch.wake();
  }

  /** Yields once at the start and then after every change; ends when the signal aborts. */
  async *watch(kind: Watched, id: string, signal?: AbortSignal): AsyncGenerator<void> {
    let changed = true;
    let resume: (() => void) | null = null;
    const wake = () => {
      changed = true;
      resume?.();
    };
    const watch: Watch = { kind, id, seen: null, wake };
    const stop = () => resume?.();
    this.#watches.add(watch);
    signal?.addEventListener('abort', stop);
    this.#schedule();
    try {
      while (!signal?.aborted) {
        if (changed) {
          changed = false;
          yield;
          continue;
        }
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        resume = null;
      }
    } finally {
      this.#watches.delete(watch);
      signal?.removeEventListener('abort', stop);
    }
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const watch of this.#watches) watch.wake();
  }

  #schedule(): void {
    if (this.#timer || this.#watches.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#poll()
        // The next look tries again; a database that is away is reported by whoever needs its answer.
        .catch(() => undefined)
        .finally(() => {
          this.#timer = null;
          this.#schedule();
        });
    }, this.#pollMs);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    const ids = (kind: Watched) => [...new Set([...this.#watches].filter((w) => w.kind === kind).map(({ id }) => id))];
    const [tickets, runs] = [ids('TICKET'), ids('GRADING_RUN')];
    const states = new Map<string, string>();
    if (tickets.length > 0) {
      const select = { id: true, version: true, slaState: true, nextDueAt: true };
      for (const { id, version, slaState, nextDueAt } of await this.#prisma.ticket.findMany({
        where: { id: { in: tickets } },
        select,
      })) {
        states.set(`TICKET ${id}`, `${version} ${slaState} ${nextDueAt?.getTime()}`);
      }
    }
    if (runs.length > 0) {
      const select = { id: true, state: true, done: true };
      for (const { id, state, done } of await this.#prisma.gradingRun.findMany({
        where: { id: { in: runs } },
        select,
      })) {
        states.set(`GRADING_RUN ${id}`, `${state} ${done}`);
      }
    }
    for (const watch of this.#watches) {
      const state = states.get(`${watch.kind} ${watch.id}`) ?? null;
      if (state === watch.seen) continue;
      const known = watch.seen !== null;
      watch.seen = state;
      if (known) watch.wake();
    }
  }
}
