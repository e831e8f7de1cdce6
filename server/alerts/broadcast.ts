import type { CursorKey } from './cursor.ts';
import { type FeedEvent, followAlerts } from './feed.ts';
import { eventIdentity, SharedExecution, type SharedMember, type SharedResult } from './groups.ts';
import type { AlertHub } from './hub.ts';
import { readAhead } from './read-ahead.ts';
import type { AlertRow } from './row.ts';

// A viewer is in one of two states. ALONE: it has a feed of its own, which replays at the viewer's pace. TOGETHER: it
// has come to the head of the log, and its transport takes what it is given; then one feed serves all viewers of its
// key, and an alert that their filter hides costs once for all of them.
//
//   ALONE -> TOGETHER    at the head, and the transport is ready
//   TOGETHER -> ALONE    the transport is not ready: the viewer keeps its cursor, and its next event comes from there
//
// A viewer joins with all up to the head seen. What the group still has to hand out is later than that, or was seen and
// is passed over by its position. Each viewer names its own last cursor as the predecessor, in either state.

/** Events that are executed together while they come faster than they leave: in a burst, and in a replay. */
const AHEAD = 8;

export interface Viewer {
  /** Viewers with an equal key are told the same: see SharedExecution. Its filter must be part of it. */
  readonly key: string;
  readonly after?: string | null;
  /** As in FeedOptions: it was live before, under another key. */
  readonly continues?: boolean;
  /** Equal for equal keys. */
  matches(row: AlertRow): boolean;
  /** This viewer's right to this row, now; see FeedOptions. A plain boolean is cheapest. */
  entitled(row: AlertRow): boolean | Promise<boolean>;
  /** The JSON text of the GraphQL result for an event. */
  execute(event: FeedEvent): Promise<string>;
  /** Hands a result to the transport; `event` for its cursor. */
  send(result: SharedResult, event: FeedEvent): void;
  /** Whether the transport's own buffer is below its limit (`socket.bufferedAmount`). */
  ready(): boolean;
  /** Resolves when it is ready again. May reject to give the viewer up: `follow` then rejects with the same. */
  drained(): Promise<void>;
  /** Ends the viewer. A transport that closes must fire it. */
  readonly signal: AbortSignal;
}

export interface BroadcastOptions {
  readonly hub: AlertHub;
  readonly cursorKey: CursorKey;
  /** Milliseconds between Bookmarks, at most. */
  readonly bookmarkEveryMs?: number;
}

interface Seat {
  readonly viewer: Viewer;
  readonly shared: SharedMember<FeedEvent>;
  /** The cursor of the last event sent, and the position up to which all has been dealt with. */
  cursor: string | null;
  pos: number;
  /** Ends the ride with a group. */
  leave?: (why: 'BEHIND' | 'OVER' | { readonly error: unknown }) => void;
}

/** Brings alerts to many viewers, with one execution and one serialisation for all who are told the same. */
export class AlertBroadcast {
  readonly #hub: AlertHub;
  readonly #cursorKey: CursorKey;
  readonly #bookmarkEveryMs: number;
  readonly #shared = new SharedExecution<FeedEvent>({ identify: eventIdentity });
  readonly #groups = new Map<string, Group>();

  constructor({ hub, cursorKey, bookmarkEveryMs = 10_000 }: BroadcastOptions) {
    this.#hub = hub;
    this.#cursorKey = cursorKey;
    this.#bookmarkEveryMs = bookmarkEveryMs;
  }

  /**
   * Sends a viewer its alerts, as `followAlerts` gives them, until its signal fires or the hub stops.
   *
   * @throws what `execute`, `matches`, `entitled`, `send` or `drained` throw; the viewer is ended, and can resume
   */
  async follow(viewer: Viewer): Promise<void> {
    const shared = this.#shared.join(viewer.key, (event) => viewer.execute(event));
    const seat: Seat = { viewer, shared, cursor: viewer.after ?? null, pos: 0 };
    try {
      for (let first = !viewer.continues; !this.#over(seat); first = false) {
        if (!(await this.#alone(seat, first))) return;
        const why = await this.#together(seat);
        if (why === 'OVER') return;
        if (why !== 'BEHIND') throw why.error;
      }
    } finally {
      shared.leave();
    }
  }

  figures(): {
    readonly groups: number;
    readonly together: number;
    readonly executions: number;
    readonly results: number;
  } {
    let together = 0;
    for (const group of this.#groups.values()) together += group.seats.size;
    const { executions, results } = this.#shared.figures();
    return { groups: this.#groups.size, together, executions, results };
  }

  #over({ viewer }: Seat): boolean {
    return viewer.signal.aborted || this.#hub.stopped;
  }

  /** @returns whether the seat has come to the head; false when it is over */
  async #alone(seat: Seat, first: boolean): Promise<boolean> {
    const { viewer, shared } = seat;
    // The next event is looked for only when the transport can take it.
    await whenReady(viewer);
    const feed = followAlerts(this.#hub, {
      after: seat.cursor,
      matches: (row) => viewer.matches(row),
      entitled: (row) => viewer.entitled(row),
      bookmarkEveryMs: this.#bookmarkEveryMs,
      signal: viewer.signal,
      cursorKey: this.#cursorKey,
      continues: !first,
    });
    let caughtUp = !first;
    let predecessor = seat.cursor;
    const execute = (found: FeedEvent) => {
      const event = after(predecessor, found);
      predecessor = event.cursor;
      // A failure is met again where it can be told.
      shared.result(event).catch(() => undefined);
    };
    for await (const found of readAhead(feed, AHEAD, execute)) {
      const event = after(seat.cursor, found);
      let result: SharedResult;
      let may: boolean;
      do {
        await whenReady(viewer);
        if (this.#over(seat)) return false;
        result = await shared.result(event);
        // Making the result took time, in which the right may have ended, or the transport have filled up again.
        may = event.kind !== 'RAISED' || (await viewer.entitled(event.row));
        if (this.#over(seat)) return false;
      } while (may && !viewer.ready());
      seat.pos = event.pos;
      if (!may) continue;
      viewer.send(result, event);
      seat.cursor = event.cursor;
      caughtUp ||= event.kind === 'DISCONTINUITY' || (event.kind === 'BOOKMARK' && event.caughtUp);
      if (!viewer.ready()) await whenReady(viewer);
      else if (caughtUp && seat.pos >= this.#hub.headPos) return true;
    }
    return false;
  }

  #together(seat: Seat): Promise<'BEHIND' | 'OVER' | { readonly error: unknown }> {
    const { viewer } = seat;
    return new Promise((resolve) => {
      if (this.#over(seat)) return resolve('OVER');
      // In the meantime the log may have been restored, or the group have handed out what the seat has not had.
      const place = this.#cursorKey.write({ epoch: this.#hub.history?.epoch ?? '', pos: seat.pos });
      if (place !== seat.cursor) return resolve('BEHIND');
      const group = this.#groups.get(viewer.key) ?? this.#open(seat);
      if (group.pos > seat.pos) return resolve('BEHIND');
      const abort = () => seat.leave?.('OVER');
      seat.leave = (why) => {
        seat.leave = undefined;
        viewer.signal.removeEventListener('abort', abort);
        group.seats.delete(seat);
        if (group.seats.size === 0) this.#close(viewer.key, group);
        resolve(why);
      };
      viewer.signal.addEventListener('abort', abort, { once: true });
      group.seats.add(seat);
    });
  }

  #open({ viewer, cursor, pos }: Seat): Group {
    const group: Group = { seats: new Set(), ended: new AbortController(), pos };
    this.#groups.set(viewer.key, group);
    const feed = followAlerts(this.#hub, {
      after: cursor,
      matches: (row) => viewer.matches(row),
      // Asked for each viewer when the event is handed out.
      entitled: () => true,
      bookmarkEveryMs: this.#bookmarkEveryMs,
      signal: group.ended.signal,
      cursorKey: this.#cursorKey,
      continues: true,
    });
    void this.#serve(viewer.key, group, feed);
    return group;
  }

  async #serve(key: string, group: Group, feed: AsyncGenerator<FeedEvent, void, void>): Promise<void> {
    let why: 'OVER' | { readonly error: unknown } = 'OVER';
    try {
      for await (const event of readAhead(feed, AHEAD, (found) => execute(found, group.seats))) {
        group.pos = event.pos;
        await handOut(event, group.seats);
      }
    } catch (error) {
      why = { error };
    }
    this.#close(key, group);
    for (const seat of group.seats) seat.leave?.(why);
  }

  #close(key: string, group: Group): void {
    group.ended.abort();
    if (this.#groups.get(key) === group) this.#groups.delete(key);
  }
}

/** The event and its result, by the predecessor that they name. */
type Results = ReadonlyMap<string | null, { readonly event: FeedEvent; readonly result: SharedResult }>;

interface Group {
  readonly seats: Set<Seat>;
  readonly ended: AbortController;
  /** Of the last event that was handed out, or where its feed began. */
  pos: number;
}

/** Begins what will be needed when the event is handed out, in the name of somebody who is known to be entitled. */
function execute(event: FeedEvent, seats: ReadonlySet<Seat>): void {
  try {
    for (const { viewer, shared } of seats) {
      const verdict = event.kind === 'RAISED' ? viewer.entitled(event.row) : true;
      if (verdict instanceof Promise) verdict.catch(() => undefined);
      if (verdict !== true) continue;
      shared.result(event).catch(() => undefined);
      return;
    }
  } catch {
    // It is met again where it can be told.
  }
}

/** Gives one event to each seat that has not had it. Resolves when all have it, so that the next cannot overtake. */
async function handOut(event: FeedEvent, seats: ReadonlySet<Seat>): Promise<void> {
  // One for each predecessor that is named: one, nearly always.
  const results = new Map<string | null, { readonly event: FeedEvent; readonly result: SharedResult }>();
  for (const seat of seats) {
    if (results.has(seat.cursor) || isPast(event, seat) || !seat.viewer.ready()) continue;
    try {
      // Nothing is executed in the name of a viewer who may not see it.
      if (event.kind === 'RAISED' && !(await seat.viewer.entitled(event.row))) continue;
      const own = after(seat.cursor, event);
      results.set(seat.cursor, { event: own, result: await seat.shared.result(own) });
    } catch (error) {
      seat.leave?.({ error });
    }
  }

  const undecided: Promise<void>[] = [];
  for (const seat of seats) {
    if (isPast(event, seat)) continue;
    try {
      const verdict = event.kind === 'RAISED' ? seat.viewer.entitled(event.row) : true;
      if (verdict === true) give(event, seat, results);
      else if (verdict === false) seat.pos = event.pos;
      else undecided.push(decide(verdict, event, seat, results));
    } catch (error) {
      seat.leave?.({ error });
    }
  }
  if (undecided.length > 0) await Promise.all(undecided);
}

async function decide(verdict: Promise<boolean>, event: FeedEvent, seat: Seat, results: Results): Promise<void> {
  try {
    if (await verdict) give(event, seat, results);
    else seat.pos = event.pos;
  } catch (error) {
    seat.leave?.({ error });
  }
}

function give(event: FeedEvent, seat: Seat, results: Results): void {
  if (!seat.leave) return;
  const made = results.get(seat.cursor);
  // A transport that is full, or a right that came after the results were made: its own feed finds the event again.
  if (!made || !seat.viewer.ready()) {
    seat.leave('BEHIND');
    return;
  }
  seat.viewer.send(made.result, made.event);
  seat.cursor = event.cursor;
  seat.pos = event.pos;
}

/** The event as it stands in the stream of one whose last cursor is this. */
function after(prevCursor: string | null, event: FeedEvent): FeedEvent {
  return event.kind === 'DISCONTINUITY' || event.prevCursor === prevCursor ? event : { ...event, prevCursor };
}

/** Whether the seat has dealt with the event before it sat down. */
function isPast(event: FeedEvent, seat: Seat): boolean {
  if (event.kind === 'DISCONTINUITY') return false;
  return event.kind === 'RAISED' ? event.pos <= seat.pos : event.pos < seat.pos;
}

/** Resolves when the transport can take more, or the viewer is over. */
function whenReady(viewer: Viewer): Promise<void> {
  if (viewer.ready()) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const over = () => resolve();
    viewer.signal.addEventListener('abort', over, { once: true });
    if (viewer.signal.aborted) over();
    viewer
      .drained()
      .then(resolve, reject)
      .finally(() => viewer.signal.removeEventListener('abort', over));
  });
}
