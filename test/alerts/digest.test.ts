import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DIGEST_LIMIT, type DigestedEvent, digestAlerts, severityOf } from '../../server/engine/alert-log/digest.ts';
import type { FeedEvent } from '../../server/engine/alert-log/feed-event.ts';
import type { AlertRow } from '../../server/engine/alert-log/row.ts';
import type { AlertKind } from '../../server/platform/values/enums.ts';

/** A feed that gives what it is told. */
class Feed {
  ended = false;
  readonly #events: FeedEvent[] = [];
  #pos = 0;
  #cursor: string | null;
  #wake: (() => void) | undefined;

  constructor(after: string | null = 'c0') {
    this.#cursor = after;
  }

  raise(kind: AlertKind, branchId: string, { replayed = false, severity = 'WARNING' } = {}): void {
    this.#pos += 1;
    const row = { id: `a${this.#pos}`, pos: this.#pos, kind, severity, policyId: 'p', branchId } as AlertRow;
    this.#give({ kind: 'RAISED', row, replayed, pos: this.#pos, cursor: `c${this.#pos}`, prevCursor: this.#cursor });
  }

  bookmark(caughtUp = true): void {
    this.#give({ kind: 'BOOKMARK', caughtUp, pos: this.#pos, cursor: `c${this.#pos}`, prevCursor: this.#cursor });
  }

  async *events(): AsyncGenerator<FeedEvent, void, void> {
    for (;;) {
      const event = this.#events.shift();
      if (event) yield event;
      else if (this.ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  /** As followAlerts': a return ends it also where it waits. */
  open(): AsyncGenerator<FeedEvent, void, void> {
    const events = this.events();
    return Object.assign(events, {
      return: async () => {
        this.ended = true;
        this.#wake?.();
        return { done: true as const, value: undefined };
      },
    });
  }

  #give(event: FeedEvent): void {
    this.#cursor = event.cursor;
    this.#events.push(event);
    this.#wake?.();
  }
}

const options = { after: 'c0', windowMs: 60, entitled: () => true };

async function take(digests: AsyncGenerator<DigestedEvent>, count: number): Promise<DigestedEvent[]> {
  const events: DigestedEvent[] = [];
  while (events.length < count) {
    const { done, value } = await digests.next();
    if (done) break;
    events.push(value);
  }
  return events;
}

const shown = (events: readonly DigestedEvent[]) =>
  events.map((event) =>
    event.kind === 'DIGEST'
      ? [event.rows.map(({ id }) => id).join(' '), event.prevCursor, event.cursor]
      : [event.kind, 'prevCursor' in event ? event.prevCursor : null, event.cursor],
  );

test('alerts of one kind, policy and branch leave together; the cursor moves with the last of the window', async () => {
  const feed = new Feed();
  const digests = digestAlerts(feed.open(), options);
  feed.raise('SLA_BREACHED', 'A');
  feed.raise('SLA_AT_RISK', 'A');
  feed.raise('SLA_BREACHED', 'B');
  feed.raise('SLA_BREACHED', 'A', { severity: 'CRITICAL' });
  const began = performance.now();
  const events = await take(digests, 3);
  expect(performance.now() - began).toBeGreaterThanOrEqual(55);
  expect(shown(events)).toEqual([
    ['a1 a4', 'c0', 'c0'],
    ['a2', 'c0', 'c0'],
    ['a3', 'c0', 'c4'],
  ]);
  expect(events.map((event) => event.kind === 'DIGEST' && severityOf(event))).toEqual([
    'CRITICAL',
    'WARNING',
    'WARNING',
  ]);
  feed.raise('SLA_BREACHED', 'A');
  expect(shown(await take(digests, 1))).toEqual([['a5', 'c4', 'c5']]);
  await digests.return();
});

test('a Bookmark meanwhile is a sign of life that passes over nothing', async () => {
  const feed = new Feed();
  const digests = digestAlerts(feed.open(), options);
  feed.raise('SLA_BREACHED', 'A');
  feed.bookmark();
  feed.bookmark();
  expect(shown(await take(digests, 3))).toEqual([
    ['BOOKMARK', 'c0', 'c0'],
    ['BOOKMARK', 'c0', 'c0'],
    ['a1', 'c0', 'c1'],
  ]);
  feed.bookmark();
  expect(shown(await take(digests, 1))).toEqual([['BOOKMARK', 'c1', 'c1']]);
  await digests.return();
});

test('a replay does not wait, and a burst leaves before its window is over', async () => {
  const feed = new Feed();
  const digests = digestAlerts(feed.open(), { ...options, windowMs: 60_000 });
  for (let n = 0; n < DIGEST_LIMIT + 5; n++) feed.raise('SLA_BREACHED', 'A', { replayed: true });
  feed.bookmark(true);
  const [full, rest, live] = await take(digests, 3);
  expect([full, rest].map((event) => event?.kind === 'DIGEST' && [event.rows.length, event.replayed])).toEqual([
    [DIGEST_LIMIT, true],
    [5, true],
  ]);
  expect(live).toMatchObject({ kind: 'BOOKMARK', caughtUp: true, prevCursor: rest?.cursor });
  await digests.return();
});

test('what may no longer be seen when the window is over is not told', async () => {
  const feed = new Feed();
  let branch = 'A';
  const digests = digestAlerts(feed.open(), { ...options, entitled: async (row) => row.branchId === branch });
  feed.raise('SLA_BREACHED', 'A');
  feed.raise('SLA_BREACHED', 'B');
  branch = 'B';
  expect(shown(await take(digests, 1))).toEqual([['a2', 'c0', 'c2']]);
  await digests.return();
});

test('a return ends it at once, also in the middle of a window', async () => {
  const feed = new Feed();
  const digests = digestAlerts(feed.open(), { ...options, windowMs: 60_000 });
  feed.raise('SLA_BREACHED', 'A');
  const waiting = digests.next();
  await sleep(10);
  await digests.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(feed.ended).toBe(true);
});
