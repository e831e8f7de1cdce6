import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { AlertBroadcast } from '../../server/engine/alert-log/broadcast.ts';
import type { FeedEvent } from '../../server/engine/alert-log/feed-event.ts';
import type { LogTailOptions } from '../../server/engine/alert-log/log-tail.ts';
import type { SharedResult } from '../../server/engine/alert-log/shared-execution.ts';
import type { Viewer } from '../../server/engine/alert-log/viewer.ts';
import type { AlertKind } from '../../server/platform/values/enums.ts';
import { AlertDatabase, drafts, key, raise, within } from './support.ts';

/** A screen: it notes what it is told, checks the chain, and can stop reading. */
export class Screen implements Viewer {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly positions: number[] = [];
  readonly faults: string[] = [];
  mayRead: boolean | 'LATER' = true;
  isReading = true;
  /** Milliseconds that an execution takes, at most. */
  takesMs = 2;
  done: Promise<void> = Promise.resolve();
  after: string | null;
  readonly #kind: AlertKind | undefined;
  readonly #controller = new AbortController();
  readonly #executed: string[];

  constructor(executed: string[], { after = null, kind }: { after?: string | null; kind?: AlertKind } = {}) {
    this.after = after;
    this.key = `slaAlerts ${kind ?? 'ALL'}`;
    this.signal = this.#controller.signal;
    this.#kind = kind;
    this.#executed = executed;
  }

  matches = (row: { kind: AlertKind }) => !this.#kind || row.kind === this.#kind;

  entitled() {
    return this.mayRead === 'LATER' ? Promise.resolve(true) : this.mayRead;
  }

  async execute(event: FeedEvent) {
    this.#executed.push(`${event.kind} ${event.pos}`);
    await sleep(Math.random() * this.takesMs);
    const { kind, cursor, pos } = event;
    return JSON.stringify({
      kind,
      cursor,
      pos,
      prevCursor: event.kind === 'DISCONTINUITY' ? undefined : event.prevCursor,
    });
  }

  send({ text }: SharedResult) {
    const told = JSON.parse(text) as { kind: string; cursor: string; pos: number; prevCursor?: string | null };
    if (!this.isReading) this.faults.push(`was sent ${told.pos} while it could not read`);
    if (told.kind !== 'DISCONTINUITY' && told.prevCursor !== this.after)
      this.faults.push(`chain broken at ${told.kind} ${told.pos}`);
    if (told.kind === 'RAISED') this.positions.push(told.pos);
    if (told.kind === 'DISCONTINUITY') this.faults.push(`discontinuity`);
    this.after = told.cursor;
  }

  ready() {
    return this.isReading;
  }

  async drained() {
    while (!this.isReading) await sleep(2);
  }

  follow(broadcast: AlertBroadcast): this {
    this.done = broadcast.follow(this);
    return this;
  }

  async leave(): Promise<void> {
    this.#controller.abort();
    await within(this.done, 500);
  }

  /** Waits until it has been told of so many alerts. */
  async has(count: number): Promise<void> {
    for (let tries = 0; this.positions.length < count && tries < 1_000; tries++) await sleep(5);
  }
}

export async function start(bookmarkEveryMs = 10_000, options: Partial<LogTailOptions> = {}) {
  const database = await AlertDatabase.create();
  const { tail, sequencer } = database.startNode(options);
  await tail.ready();
  const broadcast = new AlertBroadcast({ tail, cursorKey: key, bookmarkEveryMs });
  const add = async (count: number) => {
    await raise(database.pool, drafts(count));
    sequencer.wake();
  };
  /** Waits until so many viewers are served together. */
  const together = async (count: number) => {
    for (let tries = 0; broadcast.figures().together !== count && tries < 400; tries++) await sleep(5);
    expect(broadcast.figures().together).toBe(count);
  };
  return { database, tail, broadcast, add, together, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}
