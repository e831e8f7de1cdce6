import { BookmarkTimer } from './bookmark-timer.ts';
import { type CursorKey, type CursorRefusal, placeCursor } from './cursor.ts';
import type { FeedBookmark, FeedDiscontinuity, FeedEvent } from './feed-event.ts';
import type { Growth, LogSlice } from './log.ts';
import { LogCursor } from './log-cursor.ts';
import type { AlertLogTail } from './log-tail.ts';
import type { AlertRow } from './row.ts';
import { Stop } from './stop.ts';

export interface FeedOptions {
  /** Replay everything after this cursor, then go on live; without it, go on live from the head of the log. */
  readonly after?: string | null;
  /** The client's filter and whatever else never changes for this stream; cheap and pure. */
  matches(row: AlertRow): boolean;
  /** Whether the viewer may see it now. Asked for each row when it is about to leave; the answer is used once. */
  entitled(row: AlertRow): boolean | Promise<boolean>;
  /** Milliseconds between Bookmarks, at most. */
  readonly bookmarkEveryMs?: number;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  readonly cursorKey: CursorKey;
  /** The stream goes on with one that was live: what it finds is not replayed, and no caught-up Bookmark is due. */
  readonly continues?: boolean;
}

/**
 * A viewer's alerts in the order of the log, none missing and none twice.
 *
 * - With `after`: all that follows the cursor, oldest first; then a Bookmark with `caughtUp`; then live.
 * - Without: a Bookmark with `caughtUp` at once, so that the client has a cursor; then live.
 * - A Bookmark at least every `bookmarkEveryMs`, whatever the filter or the rights hide. They fall on whole multiples
 *   of it, by the clock, for all streams alike: so equal streams stay equal, and can share what they send (groups.ts).
 * - An `after` that cannot be followed, or a stream that falls behind what is kept, or a log that was restored: one
 *   DISCONTINUITY, and the stream goes on live from its `cursor`, the head of the log. It does not end, for what comes
 *   next is good; a client that wants what is kept opens another one after `oldestCursor`.
 *
 * Nothing happens before the first `next()`, and nothing is fetched ahead of it: a consumer that stands still holds one
 * page of rows. `return()` and `signal` end it at once, also while it waits. It ends when the log tail stops.
 *
 * @throws what `matches` or `entitled` throw; the stream ends, and nothing was passed over
 */
export function followAlerts(tail: AlertLogTail, options: FeedOptions): AsyncGenerator<FeedEvent, void, void> {
  const stop = new Stop();
  const events = new CatchUp(tail, options, stop).run();
  const abort = () => stop.now();
  if (options.signal?.aborted) stop.now();
  else options.signal?.addEventListener('abort', abort, { once: true });
  stop.whenOver(() => options.signal?.removeEventListener('abort', abort));
  // A generator that waits takes no notice of return(), so the wait is ended first.
  return {
    next: () => events.next(),
    return: () => {
      stop.now();
      return events.return();
    },
    throw: (error) => {
      stop.now();
      return events.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}

/** One viewer's stream. It is replayed and goes on live in one loop, since being live is to have come to the head of the log. */
class CatchUp {
  readonly #tail: AlertLogTail;
  readonly #options: FeedOptions;
  readonly #stop: Stop;
  #timer: BookmarkTimer | undefined;
  #at: LogCursor;
  #history: AlertLogTail['history'];
  #refusal: CursorRefusal | undefined;
  /** Where the log ended when the stream began: up to here is replay. */
  #liveAfter = 0;
  #caughtUp = false;
  /** It waits, so that what is added may be passed over without waking it. */
  #sleeps = false;

  constructor(tail: AlertLogTail, options: FeedOptions, stop: Stop) {
    const { cursorKey, after = null } = options;
    this.#tail = tail;
    this.#options = options;
    this.#stop = stop;
    this.#at = new LogCursor(cursorKey, { epoch: '', pos: 0, prevCursor: after });
  }

  async *run(): AsyncGenerator<FeedEvent, void, void> {
    this.#listen();
    try {
      if (!(await this.#begin())) return;
      for (;;) {
        if (this.#isOver) return;
        if (this.#history !== this.#tail.history) this.#refusal = 'RESTORED';
        if (this.#refusal) {
          const discontinuity = await this.#startAnew(this.#refusal);
          if (!discontinuity) return;
          yield discontinuity;
          continue;
        }
        this.#stop.rearm();
        if (this.#at.pos < this.#tail.headPos && !(yield* this.#readOn())) continue;
        if (!this.#caughtUp && this.#at.pos >= this.#liveAfter) {
          this.#caughtUp = true;
          yield this.#bookmark();
        } else if (this.#timer?.due) {
          yield this.#bookmark();
        } else if (this.#at.pos >= this.#tail.headPos) {
          this.#sleeps = true;
          await this.#stop.interrupted();
          this.#sleeps = false;
        }
      }
    } finally {
      this.#stop.now();
    }
  }

  get #isOver(): boolean {
    return this.#stop.stopped || this.#tail.stopped;
  }

  #listen(): void {
    const timer = new BookmarkTimer(this.#options.bookmarkEveryMs ?? 10_000, () => this.#stop.interrupt());
    this.#timer = timer;
    this.#stop.whenOver(() => timer.end());
    this.#stop.whenOver(this.#tail.subscribe((growth) => this.#hear(growth)));
  }

  #hear(growth: Growth | undefined): void {
    if (this.#tail.stopped) this.#stop.now();
    else if (!growth || !this.#sleeps || !this.#at.passOver(growth, (row) => this.#options.matches(row)))
      this.#stop.interrupt();
  }

  /** Finds the place to begin at. @returns whether the stream goes on */
  async #begin(): Promise<boolean> {
    const { after = null, continues = false, cursorKey } = this.#options;
    const tail = this.#tail;
    await this.#stop.orEnd(tail.ready());
    if (this.#isOver) return false;
    let pos = tail.headPos;
    if (after !== null) {
      const placed = await this.#stop.orEnd(place(tail, cursorKey, after));
      if (placed === undefined || this.#isOver) return false;
      if ('pos' in placed) pos = placed.pos;
      else this.#refusal = placed.refusal;
    }
    this.#history = tail.history;
    this.#at = new LogCursor(cursorKey, { epoch: tail.history?.epoch ?? '', pos, prevCursor: after });
    this.#liveAfter = continues ? pos : Math.max(pos, tail.headPos);
    this.#caughtUp = continues;
    return true;
  }

  /** Goes on from the head of the log, and says that something may be missing; null where the stream ends instead. */
  async #startAnew(reason: CursorRefusal): Promise<FeedDiscontinuity | null> {
    const tail = this.#tail;
    const bounds = await this.#stop.orEnd(tail.bounds());
    if (bounds === undefined || this.#isOver) return null;
    const pos = tail.headPos;
    this.#refusal = undefined;
    this.#history = tail.history;
    this.#liveAfter = pos;
    this.#caughtUp = true;
    const cursor = this.#at.moveTo(tail.history?.epoch ?? '', pos);
    const oldestCursor = this.#at.cursorAt(Math.min(bounds.oldestPos - 1, pos));
    return { kind: 'DISCONTINUITY', reason, cursor, pos, oldestCursor };
  }

  /** Looks through the next stretch of the log. @returns whether it was looked through to its end */
  async *#readOn(): AsyncGenerator<FeedEvent, boolean, void> {
    const tail = this.#tail;
    const reading = tail.read(this.#at.pos);
    const slice: LogSlice | undefined = reading instanceof Promise ? await this.#stop.orEnd(reading) : reading;
    if (slice === undefined || this.#isOver) return false;
    if (slice.oldestPos > this.#at.pos + 1) {
      this.#refusal = 'EXPIRED';
      return false;
    }
    for (const row of slice.rows) {
      if (this.#history !== tail.history) return false;
      const verdict = this.#isShown(row);
      // A replay of a million rows does not wait for what is known at once.
      const shown = typeof verdict === 'boolean' ? verdict : await verdict;
      if (this.#isOver) return false;
      if (shown) {
        yield this.#at.told(row, row.pos <= this.#liveAfter);
        if (this.#isOver) return false;
      } else {
        this.#at.passOne(row);
      }
      if (this.#timer?.due || this.#at.isLongSilent) {
        this.#caughtUp ||= this.#at.pos >= this.#liveAfter;
        yield this.#bookmark();
        if (this.#isOver) return false;
      }
    }
    if (this.#history !== tail.history) return false;
    this.#at.pos = Math.max(this.#at.pos, slice.upTo);
    // A long replay from memory never waits for anything, so it lets others have a turn.
    if (this.#at.pos < tail.headPos) await new Promise((resolve) => setImmediate(resolve));
    return true;
  }

  /** Asked for each row when it is about to leave, and not before. */
  #isShown(row: AlertRow): boolean | Promise<boolean> {
    if (!this.#options.matches(row)) return false;
    const verdict = this.#options.entitled(row);
    return typeof verdict === 'boolean' ? verdict : this.#stop.orEnd(verdict).then((seen) => seen ?? false);
  }

  #bookmark(): FeedBookmark {
    if (this.#timer) this.#timer.due = false;
    return this.#at.bookmark(this.#caughtUp);
  }
}

/** Whether the stream can go on from a cursor. Reads the database only where memory cannot tell. */
async function place(tail: AlertLogTail, cursorKey: CursorKey, cursor: string) {
  // Another node may have given it out before we have read as far.
  const given = cursorKey.read(cursor);
  if (given && (given.epoch !== tail.history?.epoch || given.pos > tail.headPos)) await tail.refresh();
  const epoch = tail.history?.epoch ?? '';
  const behind = given?.epoch === epoch && given.pos < tail.floorPos;
  const oldestPos = behind ? (await tail.bounds()).oldestPos : tail.floorPos + 1;
  return placeCursor(cursorKey, cursor, { epoch, oldestPos, headPos: tail.headPos });
}
