import { followAlerts } from './catch-up.ts';
import type { CursorKey } from './cursor.ts';
import { type FeedEvent, isOfAlert } from './feed-event.ts';
import { AHEAD, LiveSubscribers } from './live-subscribers.ts';
import type { AlertLogTail } from './log-tail.ts';
import { readAhead } from './read-ahead.ts';
import { eventIdentity, SharedExecution, type SharedResult } from './shared-execution.ts';
import { after, type LeaveReason, type Subscriber, type Viewer, whenReady } from './viewer.ts';

// A viewer is in one of two states. ALONE: it has a feed of its own, which replays at the viewer's pace. TOGETHER: it
// has come to the head of the log, and its transport takes what it is given; then one group serves all viewers of its
// key, and an alert that their filter hides costs once for all of them.
//
//   ALONE -> TOGETHER    at the head, and the transport is ready
//   TOGETHER -> ALONE    the transport is not ready: the viewer keeps its cursor, and its next event comes from there
//
// A viewer joins with all up to the head seen. What the group still has to hand out is later than that, or was seen and
// is passed over by its position. Each viewer names its own last cursor as the predecessor, in either state.

export interface BroadcastOptions {
  readonly tail: AlertLogTail;
  readonly cursorKey: CursorKey;
  /** Milliseconds between Bookmarks, at most. */
  readonly bookmarkEveryMs?: number;
}

/** Brings alerts to many viewers, with one execution and one serialisation for all who are told the same. */
export class AlertBroadcast {
  readonly #tail: AlertLogTail;
  readonly #cursorKey: CursorKey;
  readonly #bookmarkEveryMs: number;
  readonly #shared = new SharedExecution<FeedEvent>({ identify: eventIdentity });
  readonly #groups = new Map<string, LiveSubscribers>();

  constructor({ tail, cursorKey, bookmarkEveryMs = 10_000 }: BroadcastOptions) {
    this.#tail = tail;
    this.#cursorKey = cursorKey;
    this.#bookmarkEveryMs = bookmarkEveryMs;
  }

  /**
   * Sends a viewer its alerts, as `followAlerts` gives them, until its signal fires or the log tail stops.
   *
   * @throws what `execute`, `matches`, `entitled`, `send` or `drained` throw; the viewer is ended, and can resume
   */
  async follow(viewer: Viewer): Promise<void> {
    const shared = this.#shared.join(viewer.key, (event) => viewer.execute(event));
    const subscriber: Subscriber = { viewer, shared, cursor: viewer.after ?? null, pos: 0 };
    try {
      for (let first = !viewer.continues; !this.#over(subscriber); first = false) {
        if (!(await this.#alone(subscriber, first))) return;
        const why = await this.#together(subscriber);
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
    for (const group of this.#groups.values()) together += group.subscribers.size;
    const { executions, results } = this.#shared.figures();
    return { groups: this.#groups.size, together, executions, results };
  }

  #over({ viewer }: Subscriber): boolean {
    return viewer.signal.aborted || this.#tail.stopped;
  }

  /** @returns whether the subscriber has come to the head; false when it is over */
  async #alone(subscriber: Subscriber, first: boolean): Promise<boolean> {
    const { viewer, shared } = subscriber;
    // The next event is looked for only when the transport can take it.
    await whenReady(viewer);
    const feed = followAlerts(this.#tail, {
      after: subscriber.cursor,
      matches: (row) => viewer.matches(row),
      entitled: (row) => viewer.entitled(row),
      bookmarkEveryMs: this.#bookmarkEveryMs,
      signal: viewer.signal,
      cursorKey: this.#cursorKey,
      continues: !first,
    });
    let caughtUp = !first;
    let predecessor = subscriber.cursor;
    const execute = (found: FeedEvent) => {
      const event = after(predecessor, found);
      predecessor = event.cursor;
      // A failure is met again where it can be told.
      shared.result(event).catch(() => undefined);
    };
    for await (const found of readAhead(feed, AHEAD, execute)) {
      const event = after(subscriber.cursor, found);
      let result: SharedResult;
      let may: boolean;
      do {
        await whenReady(viewer);
        if (this.#over(subscriber)) return false;
        result = await shared.result(event);
        // Making the result took time, in which the right may have ended, or the transport have filled up again.
        may = !isOfAlert(event) || (await viewer.entitled(event.row));
        if (this.#over(subscriber)) return false;
      } while (may && !viewer.ready());
      subscriber.pos = event.pos;
      if (!may) continue;
      viewer.send(result, event);
      subscriber.cursor = event.cursor;
      caughtUp ||= event.kind === 'DISCONTINUITY' || (event.kind === 'BOOKMARK' && event.caughtUp);
      if (!viewer.ready()) await whenReady(viewer);
      else if (caughtUp && subscriber.pos >= this.#tail.headPos) return true;
    }
    return false;
  }

  #together(subscriber: Subscriber): Promise<LeaveReason> {
    const { viewer } = subscriber;
    return new Promise((resolve) => {
      if (this.#over(subscriber)) return resolve('OVER');
      // In the meantime the log may have been restored, or the group have handed out what the subscriber has not had.
      const place = this.#cursorKey.write({ epoch: this.#tail.history?.epoch ?? '', pos: subscriber.pos });
      if (place !== subscriber.cursor) return resolve('BEHIND');
      const known = this.#groups.get(viewer.key);
      const group = known ?? this.#open(subscriber);
      if (group.pos > subscriber.pos) return resolve('BEHIND');
      const abort = () => subscriber.leave?.('OVER');
      subscriber.leave = (why) => {
        subscriber.leave = undefined;
        viewer.signal.removeEventListener('abort', abort);
        group.subscribers.delete(subscriber);
        if (group.subscribers.size === 0) this.#close(viewer.key, group);
        resolve(why);
      };
      viewer.signal.addEventListener('abort', abort, { once: true });
      group.subscribers.add(subscriber);
      if (!known) group.start();
    });
  }

  #open({ viewer, cursor, pos }: Subscriber): LiveSubscribers {
    const options = { tail: this.#tail, cursorKey: this.#cursorKey, bookmarkEveryMs: this.#bookmarkEveryMs };
    const group = new LiveSubscribers({ ...options, matches: (row) => viewer.matches(row), cursor, pos });
    this.#groups.set(viewer.key, group);
    return group;
  }

  #close(key: string, group: LiveSubscribers): void {
    group.end('OVER');
    if (this.#groups.get(key) === group) this.#groups.delete(key);
  }
}
