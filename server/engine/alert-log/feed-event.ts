import type { CursorRefusal } from './cursor.ts';
import type { AlertRow, AlertUpdate } from './row.ts';

interface FeedPlace {
  /** The place in the log up to which the stream has come. */
  readonly cursor: string;
  /** The position of `cursor`; not for clients. */
  readonly pos: number;
}

interface OfAlert extends FeedPlace {
  readonly row: AlertRow;
  /** The cursor of the event before this one; of the first event the `after` that the client gave, or null. */
  readonly prevCursor: string | null;
  /** It came before the stream began. */
  readonly replayed: boolean;
}

export interface AlertRaised extends OfAlert {
  readonly kind: 'RAISED';
}

/** Something became of an alert. */
export interface AlertUpdated extends OfAlert {
  readonly kind: 'UPDATED';
  readonly update: AlertUpdate;
}

/** An event about one alert, which whoever may not see the alert is not told. */
export type AlertEvent = AlertRaised | AlertUpdated;

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

export type FeedEvent = AlertEvent | FeedBookmark | FeedDiscontinuity;

/** Whether an event is about one alert. */
export function isOfAlert(event: FeedEvent): event is AlertEvent {
  return event.kind === 'RAISED' || event.kind === 'UPDATED';
}
