import { BookmarkTimer } from './bookmark-timer.ts';
import { type CursorKey, type CursorRefusal, placeCursor } from './cursor.ts';
import type { AlertLogTail, Growth, LogSlice } from './log-tail.ts';
import type { AlertRow } from './row.ts';

/** Rows that may be passed over in silence: after so many a Bookmark moves the client's cursor, however soon. */
export const SILENT_ROWS = 1_000;

interface FeedPlace {
  /** The place in the log up to which the stream has come. */
  readonly cursor: string;
  /** The position of `cursor`; not for clients. */
  readonly pos: number;
}

export interface AlertRaised extends FeedPlace {
  readonly kind: 'RAISED';
  readonly row: AlertRow;
  /** The cursor of the event before this one; of the first event the `after` that the client gave, or null. */
  readonly prevCursor: string | null;
  /** It was raised before the stream began. */
  readonly replayed: boolean;
}

export interface FeedBookmark extends FeedPlace {
  readonly kind: 'BOOKMARK';
  readonly prevCursor: string | null;
  /** The stream has come to where the log ended when it began; false only during a replay. */
  readonly caughtUp: boolean;
}

/** Alerts may be missing: the client reads what is open, and goes on with this stream. */
export interface FeedDiscontinuity extends FeedPlace {
  readonly kind: 'DISCONTINUITY';
  readonly reason: CursorRefusal;
  /** A stream that begins after this cursor replays all that is kept. */
  readonly oldestCursor: string;
}

export type FeedEvent = AlertRaised | FeedBookmark | FeedDiscontinuity;

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
 * page of rows. `return()` and `signal` end it at once, also while it waits. It ends when the hub stops.
 *
 * @throws what `matches` or `entitled` throw; the stream ends, and nothing was passed over
 */
export function followAlerts(hub: AlertLogTail, options: FeedOptions): AsyncGenerator<FeedEvent, void, void> {
  const stop = new Stop();
  const events = follow(hub, options, stop);
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

async function* follow(hub: AlertLogTail, options: FeedOptions, stop: Stop): AsyncGenerator<FeedEvent, void, void> {
  const { cursorKey, bookmarkEveryMs = 10_000 } = options;
  const matches = (row: AlertRow) => options.matches(row);
  const beat = new BookmarkTimer(bookmarkEveryMs, () => stop.interrupt());
  stop.whenOver(() => beat.end());
  let passOver: ((growth: Growth) => boolean) | undefined;
  const unsubscribe = hub.subscribe((growth) => {
    if (hub.stopped) stop.now();
    else if (!growth || !passOver?.(growth)) stop.interrupt();
  });
  stop.whenOver(unsubscribe);
  const over = () => stop.stopped || hub.stopped;
  try {
    await stop.orEnd(hub.ready());
    if (over()) return;

    let history = hub.history;
    let epoch = history?.epoch ?? '';
    let pos = hub.headPos;
    let prevCursor = options.after ?? null;
    let refusal: CursorRefusal | undefined;
    const cursorAt = (at: number) => cursorKey.write({ epoch, pos: at });

    if (prevCursor !== null) {
      const placed = await stop.orEnd(place(hub, cursorKey, prevCursor));
      if (placed === undefined || over()) return;
      history = hub.history;
      epoch = history?.epoch ?? '';
      if ('pos' in placed) pos = placed.pos;
      else refusal = placed.refusal;
    }
    // Where the log ended when the stream began: up to here is replay.
    let liveAfter = options.continues ? pos : Math.max(pos, hub.headPos);
    let caughtUp = options.continues ?? false;
    let silent = 0;

    const bookmark = (): FeedBookmark => {
      const event = { kind: 'BOOKMARK', cursor: cursorAt(pos), pos, prevCursor, caughtUp } as const;
      prevCursor = event.cursor;
      silent = 0;
      beat.due = false;
      return event;
    };

    // Most streams hide most alerts. One that sleeps passes them over without waking, for a fraction of the cost.
    const asleep = ({ rows, after, upTo }: Growth): boolean => {
      if (after !== pos || silent + rows.length >= SILENT_ROWS) return false;
      try {
        if (rows.some(matches)) return false;
      } catch {
        // It fails again where the stream can say so.
        return false;
      }
      pos = upTo;
      silent += rows.length;
      return true;
    };

    for (;;) {
      if (over()) return;
      if (history !== hub.history) refusal = 'RESTORED';
      if (refusal) {
        const bounds = await stop.orEnd(hub.bounds());
        if (bounds === undefined || over()) return;
        history = hub.history;
        epoch = history?.epoch ?? '';
        pos = hub.headPos;
        liveAfter = pos;
        caughtUp = true;
        prevCursor = cursorAt(pos);
        silent = 0;
        const oldestCursor = cursorAt(Math.min(bounds.oldestPos - 1, pos));
        yield { kind: 'DISCONTINUITY', reason: refusal, cursor: prevCursor, pos, oldestCursor };
        refusal = undefined;
        continue;
      }

      stop.rearm();
      if (pos < hub.headPos) {
        const reading = hub.read(pos);
        const slice: LogSlice | undefined = reading instanceof Promise ? await stop.orEnd(reading) : reading;
        if (slice === undefined || over()) return;
        if (slice.oldestPos > pos + 1) {
          refusal = 'EXPIRED';
          continue;
        }
        for (const row of slice.rows) {
          if (history !== hub.history) break;
          let visible = matches(row);
          if (visible) {
            const verdict = options.entitled(row);
            visible = typeof verdict === 'boolean' ? verdict : ((await stop.orEnd(verdict)) ?? false);
            if (over()) return;
          }
          pos = row.pos;
          if (visible) {
            const event = {
              kind: 'RAISED',
              row,
              cursor: cursorAt(pos),
              pos,
              prevCursor,
              replayed: pos <= liveAfter,
            } as const;
            prevCursor = event.cursor;
            silent = 0;
            yield event;
            if (over()) return;
          } else {
            silent += 1;
          }
          if (beat.due || silent >= SILENT_ROWS) {
            caughtUp ||= pos >= liveAfter;
            yield bookmark();
            if (over()) return;
          }
        }
        if (history !== hub.history) continue;
        pos = Math.max(pos, slice.upTo);
        // A long replay from memory never waits for anything, so it lets others have a turn.
        if (pos < hub.headPos) await new Promise((resolve) => setImmediate(resolve));
      }
      if (!caughtUp && pos >= liveAfter) {
        caughtUp = true;
        yield bookmark();
      } else if (beat.due) {
        yield bookmark();
      } else if (pos >= hub.headPos) {
        passOver = asleep;
        await stop.interrupted();
        passOver = undefined;
      }
    }
  } finally {
    stop.now();
  }
}

/** Whether the stream can go on from a cursor. Reads the database only where memory cannot tell. */
async function place(hub: AlertLogTail, cursorKey: CursorKey, cursor: string) {
  // Another node may have given it out before we have read as far.
  const given = cursorKey.read(cursor);
  if (given && (given.epoch !== hub.history?.epoch || given.pos > hub.headPos)) await hub.refresh();
  const epoch = hub.history?.epoch ?? '';
  const behind = given?.epoch === epoch && given.pos < hub.floorPos;
  const oldestPos = behind ? (await hub.bounds()).oldestPos : hub.floorPos + 1;
  return placeCursor(cursorKey, cursor, { epoch, oldestPos, headPos: hub.headPos });
}

/** The end of a stream, and the one wait that it can be in. */
class Stop {
  stopped = false;
  readonly #cleanups: (() => void)[] = [];
  #raised = false;
  #waits: 'INTERRUPT' | 'PROMISE' | undefined;
  #endWait: (() => void) | undefined;

  /** Lets go of something when the stream ends; at once when it has. */
  whenOver(cleanup: () => void): void {
    if (this.stopped) cleanup();
    else this.#cleanups.push(cleanup);
  }

  /** Ends the stream, whatever it waits for; everything that it held is let go. */
  now(): void {
    if (this.stopped) return;
    this.stopped = true;
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#endWait?.();
  }

  /** From here on an interruption counts. */
  rearm(): void {
    this.#raised = false;
  }

  /** Ends `interrupted`, also one that comes later. */
  interrupt(): void {
    this.#raised = true;
    if (this.#waits === 'INTERRUPT') this.#endWait?.();
  }

  async interrupted(): Promise<void> {
    if (this.#raised || this.stopped) return;
    await this.#wait('INTERRUPT', () => {});
  }

  /** What the promise gives, or undefined when the stream ends first. No trace of the wait is left on either side. */
  async orEnd<T>(promise: Promise<T>): Promise<T | undefined> {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    // Not Promise.race: against one long promise it would gather a reaction for every event of the stream.
    await this.#wait('PROMISE', (end) => {
      promise.then(
        (value) => {
          outcome = { value };
          end();
        },
        (error: unknown) => {
          outcome = { error };
          end();
        },
      );
    });
    if (outcome === undefined || this.stopped) return undefined;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  #wait(kind: 'INTERRUPT' | 'PROMISE', begin: (end: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#waits = kind;
      const end = () => {
        if (this.#endWait === end) {
          this.#endWait = undefined;
          this.#waits = undefined;
        }
        resolve();
      };
      this.#endWait = end;
      begin(end);
      if (this.stopped) end();
    });
  }
}
