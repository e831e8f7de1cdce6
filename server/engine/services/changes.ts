import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { isRehearsing } from '../../platform/storage/rehearsal/rehearsal-scope.ts';
import { asApplication } from '../../platform/storage/viewers/viewer-rows.ts';

/** Things whose present state can be watched. */
export type Watched = 'TICKET' | 'GRADING_RUN' | 'RECORD' | 'SHADOW';

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
  readonly #prisma: Pick<PrismaClient, 'ticket' | 'gradingRun' | 'policyRecord' | 'policyShadow'>;
  readonly #watches = new Set<Watch>();
  readonly #pollMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(prisma: Pick<PrismaClient, 'ticket' | 'gradingRun' | 'policyRecord' | 'policyShadow'>, pollMs = 500) {
    this.#prisma = prisma;
    this.#pollMs = pollMs;
  }

  /** To be called after the commit that changed the thing. */
  announce(kind: Watched, id: string): void {
    if (isRehearsing()) return;
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
    signal?.addEventListener('abort', stop);
    try {
      // What is known before the first reading: a change on another node between the two is then seen as one.
      watch.seen = (await this.#states([watch]).catch(() => null))?.get(keyOf(watch)) ?? null;
      this.#watches.add(watch);
      this.#schedule();
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

  /** How many are watched now. */
  get watched(): number {
    return this.#watches.size;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const watch of this.#watches) watch.wake();
  }

  #schedule(): void {
    if (this.#timer || this.#watches.size === 0) return;
    this.#timer = setTimeout(() => {
      // For all who watch, whoever was the first.
      asApplication(() => this.#poll())
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
    const watches = [...this.#watches];
    const states = await this.#states(watches);
    for (const watch of watches) {
      const state = states.get(keyOf(watch)) ?? null;
      if (state === watch.seen) continue;
      watch.seen = state;
      watch.wake();
    }
  }

  /** The present state of each watched thing, as a text that differs when the thing has changed. */
  async #states(watches: readonly Watch[]): Promise<Map<string, string>> {
    const ids = (kind: Watched) => [...new Set(watches.filter((watch) => watch.kind === kind).map(({ id }) => id))];
    const [tickets, runs, records] = [ids('TICKET'), ids('GRADING_RUN'), ids('RECORD')];
    const states = new Map<string, string>();
    if (tickets.length > 0) {
      const select = { id: true, version: true, slaState: true, nextDueAt: true };
      const where = { id: { in: tickets } };
      for (const { id, version, slaState, nextDueAt } of await this.#prisma.ticket.findMany({ where, select })) {
        states.set(keyOf({ kind: 'TICKET', id }), `${version} ${slaState} ${nextDueAt?.getTime()}`);
      }
    }
    if (runs.length > 0) {
      const select = { id: true, state: true, done: true };
      const where = { id: { in: runs } };
      for (const { id, state, done } of await this.#prisma.gradingRun.findMany({ where, select })) {
        states.set(keyOf({ kind: 'GRADING_RUN', id }), `${state} ${done}`);
      }
    }
    if (records.length > 0) {
      const select = { id: true, version: true, nextDueAt: true };
      const where = { id: { in: records } };
      for (const { id, version, nextDueAt } of await this.#prisma.policyRecord.findMany({ where, select })) {
        states.set(keyOf({ kind: 'RECORD', id }), `${version} ${nextDueAt?.getTime()}`);
      }
    }
    const shadows = ids('SHADOW');
    if (shadows.length > 0) {
      const select = { id: true, state: true, different: true, dropped: true };
      const where = { id: { in: shadows } };
      for (const { id, state, different, dropped } of await this.#prisma.policyShadow.findMany({ where, select })) {
        states.set(keyOf({ kind: 'SHADOW', id }), `${state} ${different} ${dropped}`);
      }
    }
    return states;
  }
}

function keyOf({ kind, id }: Pick<Watch, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
