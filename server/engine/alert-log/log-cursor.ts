import type { CursorKey } from './cursor.ts';
import type { AlertEvent, FeedBookmark } from './feed-event.ts';
import type { Growth } from './log.ts';
import type { AlertRow } from './row.ts';

/** Rows that may be passed over in silence: after so many a Bookmark moves the client's cursor, however soon. */
const SILENT_ROWS = 1_000;

/**
 * How far a stream has come in the log: what it has looked at, and what its client has got. Each event names the cursor of the
 * one before it, whatever lay between.
 */
export class LogCursor {
  /** The position up to which the log has been looked through. */
  pos: number;
  /** Of the last event; of the first one what the client came with. */
  #prevCursor: string | null;
  #epoch: string;
  /** Rows that were passed over since the last event. */
  #silent = 0;
  readonly #key: CursorKey;

  constructor(
    key: CursorKey,
    at: { readonly epoch: string; readonly pos: number; readonly prevCursor: string | null },
  ) {
    this.#key = key;
    this.#epoch = at.epoch;
    this.pos = at.pos;
    this.#prevCursor = at.prevCursor;
  }

  /** Whether so much was passed over that the client's cursor has to move. */
  get isLongSilent(): boolean {
    return this.#silent >= SILENT_ROWS;
  }

  /** The cursor of a position, in the history that this one follows. */
  cursorAt(pos: number): string {
    return this.#key.write({ epoch: this.#epoch, pos });
  }

  /** The event of a row. */
  told(row: AlertRow, replayed: boolean): AlertEvent {
    this.pos = row.pos;
    const event = { row, ...this.#event(), replayed };
    return row.update ? { kind: 'UPDATED', ...event, update: row.update } : { kind: 'RAISED', ...event };
  }

  /** A Bookmark of where it stands. */
  bookmark(caughtUp: boolean): FeedBookmark {
    return { kind: 'BOOKMARK', ...this.#event(), caughtUp };
  }

  /** A row that is not shown. */
  passOne({ pos }: AlertRow): void {
    this.pos = pos;
    this.#silent += 1;
  }

  /**
   * Passes over what was added to the log, where nothing of it is shown: for a fraction of what reading it costs, and most
   * streams hide most alerts.
   *
   * @returns whether it did; else the rows have to be looked at one by one
   */
  passOver({ rows, after, upTo }: Growth, matches: (row: AlertRow) => boolean): boolean {
    if (after !== this.pos || this.#silent + rows.length >= SILENT_ROWS) return false;
    try {
      for (const row of rows) if (matches(row)) return false;
    } catch {
      // It fails again where the stream can say so.
      return false;
    }
    this.pos = upTo;
    this.#silent += rows.length;
    return true;
  }

  /** Goes on from a place in another history, or behind what is missing. @returns the cursor of that place */
  moveTo(epoch: string, pos: number): string {
    this.#epoch = epoch;
    this.pos = pos;
    this.#silent = 0;
    this.#prevCursor = this.cursorAt(pos);
    return this.#prevCursor;
  }

  #event(): { readonly cursor: string; readonly pos: number; readonly prevCursor: string | null } {
    const { pos } = this;
    const prevCursor = this.#prevCursor;
    const cursor = this.cursorAt(pos);
    this.#prevCursor = cursor;
    this.#silent = 0;
    return { cursor, pos, prevCursor };
  }
}
