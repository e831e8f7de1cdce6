import { BookmarkTimer } from './bookmark-timer.ts';
import type { CursorKey } from './cursor.ts';
import { dispatch, type LiveEvent, type PreparedEvent, prepare } from './dispatch.ts';
import type { Growth } from './log.ts';
import { LogCursor } from './log-cursor.ts';
import type { AlertLogTail } from './log-tail.ts';
import type { AlertRow } from './row.ts';
import type { LeaveReason, Subscriber, Viewer } from './viewer.ts';

/** Events that are executed together while they come faster than they leave, as in a burst. */
export const AHEAD = 8;

/** Milliseconds for which events are handed out before others have a turn: in a burst nothing else makes it wait. */
const TURN_MS = 5;

export interface LiveSubscribersOptions {
  readonly tail: AlertLogTail;
  readonly cursorKey: CursorKey;
  /** Milliseconds between Bookmarks, at most. */
  readonly bookmarkEveryMs: number;
  /** The filter of all of them. */
  readonly matches: Viewer['matches'];
  /** The cursor from which the group goes on, and its position. */
  readonly cursor: string | null;
  readonly pos: number;
}

/**
 * Viewers of one key who have come to the head of the log: each event that their filter lets through is handed to all of them, in
 * the order of the log, with a Bookmark when one is due. The log tail tells a group of what was added, so that one whom it does not
 * concern passes it over for next to nothing. It holds a page of rows at most, however far it lies behind; where memory
 * does not reach back to it, its subscribers go on by themselves.
 */
export class LiveSubscribers {
  readonly subscribers = new Set<Subscriber>();
  /** Of the last event that was handed out, or where the group began. */
  pos: number;
  readonly #options: LiveSubscribersOptions;
  readonly #history: AlertLogTail['history'];
  readonly #timer: BookmarkTimer;
  readonly #unsubscribe: () => void;
  /** Events that were found and are still to be handed out. */
  readonly #ahead: PreparedEvent[] = [];
  /** Rows that are still to be looked at, how many of them have been, and where the log has been read to. */
  #page: readonly AlertRow[] = [];
  #taken = 0;
  #readTo: number;
  /** Where the log has been looked through to, and what was found last. */
  readonly #at: LogCursor;
  #isBusy = false;
  #isOver = false;

  constructor(options: LiveSubscribersOptions) {
    const { tail, bookmarkEveryMs, cursorKey, cursor, pos } = options;
    this.#options = options;
    this.#history = tail.history;
    this.#at = new LogCursor(cursorKey, { epoch: tail.history?.epoch ?? '', pos, prevCursor: cursor });
    this.pos = pos;
    this.#readTo = pos;
    this.#timer = new BookmarkTimer(bookmarkEveryMs, () => void this.#dispatch());
    this.#unsubscribe = tail.subscribe((growth) => this.#hear(growth));
  }

  /** Hands out what has come since the place where the group begins. */
  start(): void {
    void this.#dispatch();
  }

  /** All subscribers leave. */
  end(why: LeaveReason): void {
    this.#isOver = true;
    this.#timer.end();
    this.#unsubscribe();
    for (const subscriber of this.subscribers) subscriber.leave?.(why);
  }

  #hear(growth: Growth | undefined): void {
    const { tail } = this.#options;
    if (tail.stopped) this.end('OVER');
    else if (tail.history !== this.#history) this.end('BEHIND');
    else if (!growth || !this.#passesOver(growth)) void this.#dispatch();
  }

  #passesOver(growth: Growth): boolean {
    if (this.#isBusy || !this.#at.passOver(growth, (row) => this.#options.matches(row))) return false;
    this.#readTo = growth.upTo;
    return true;
  }

  async #dispatch(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      let since = performance.now();
      while (!this.#isOver) {
        this.#lookAhead();
        const found = this.#ahead.shift();
        if (!found) break;
        this.pos = found.event.pos;
        await dispatch(found, this.subscribers);
        if (performance.now() - since < TURN_MS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        since = performance.now();
      }
    } catch (error) {
      this.end({ error });
    }
    this.#isBusy = false;
  }

  #lookAhead(): void {
    while (this.#ahead.length < AHEAD && !this.#isOver) {
      const event = this.#find();
      if (!event) return;
      this.#ahead.push({ event, result: prepare(event, this.subscribers) });
    }
  }

  /** The next event that the filter lets through, or a Bookmark that is due; undefined at the head of the log. */
  #find(): LiveEvent | undefined {
    while (!this.#timer.due && !this.#at.isLongSilent) {
      const row = this.#page[this.#taken];
      if (!row) {
        if (this.#turnPage()) continue;
        return undefined;
      }
      this.#taken += 1;
      if (this.#options.matches(row)) return this.#at.told(row, false);
      this.#at.passOne(row);
    }
    this.#timer.due = false;
    return this.#at.bookmark(true);
  }

  /** @returns whether there is a page to look through */
  #turnPage(): boolean {
    const { tail } = this.#options;
    this.#at.pos = this.#readTo;
    if (this.#readTo >= tail.headPos) return false;
    const slice = tail.read(this.#readTo);
    if (slice instanceof Promise) {
      this.end('BEHIND');
      return false;
    }
    this.#page = slice.rows;
    this.#taken = 0;
    this.#readTo = slice.upTo;
    return true;
  }
}
