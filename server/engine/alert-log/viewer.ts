import type { FeedEvent } from './feed-event.ts';
import type { AlertRow } from './row.ts';
import type { SharedMember, SharedResult } from './shared-execution.ts';

/**
 * An event cannot be told, for a reason that is the same for all who would be told the same: they end with its cause, and
 * their cursors stay before it.
 */
export class UntellableError extends Error {
  constructor(cause: unknown) {
    super('an event cannot be told', { cause });
  }
}

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
  /**
   * The JSON text of the GraphQL result for an event.
   *
   * @throws {UntellableError} there is none; whatever else is thrown concerns this viewer alone
   */
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

/** Why a subscriber leaves its group: it has to catch up by itself, it has ended, or something of its own failed. */
export type LeaveReason = 'BEHIND' | 'OVER' | { readonly error: unknown };

/** A viewer with its place in the log. */
export interface Subscriber {
  readonly viewer: Viewer;
  readonly shared: SharedMember<FeedEvent>;
  /** The cursor of the last event sent, and the position up to which all has been dealt with. */
  cursor: string | null;
  pos: number;
  /** Leaves the group. */
  leave?: (why: LeaveReason) => void;
}

/** The event as it stands in the stream of one whose last cursor is this. */
export function after<Event extends FeedEvent>(prevCursor: string | null, event: Event): Event {
  return event.kind === 'DISCONTINUITY' || event.prevCursor === prevCursor ? event : { ...event, prevCursor };
}

/** Resolves when the transport can take more, or the viewer is over. */
export function whenReady(viewer: Viewer): Promise<void> {
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
