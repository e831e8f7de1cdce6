/** What `slaAlerts` sends, as far as following it needs. A document selects at least these fields. */
export type AlertStreamEvent<Alert extends { readonly id: string } = { readonly id: string }> =
  | {
      readonly __typename: 'AlertRaised';
      readonly cursor: string;
      readonly prevCursor: string | null;
      /** It was raised before the stream began. */
      readonly replayed?: boolean;
      readonly alert: Alert;
    }
  | {
      /** Something became of an alert; sent to documents that select this type. It may come again after a reconnect, by its cursor. */
      readonly __typename: 'AlertUpdated';
      readonly cursor: string;
      readonly prevCursor: string | null;
      /** It came before the stream began. */
      readonly replayed?: boolean;
      readonly change?: 'ACKNOWLEDGED' | 'ASSIGNED' | 'CLIMBED' | 'SNOOZED' | 'SNOOZE_ENDED' | 'ENDED';
      readonly at?: string;
      readonly alert: Alert;
    }
  | {
      readonly __typename: 'AlertDigest';
      readonly cursor: string;
      readonly prevCursor: string | null;
      readonly alertIds: readonly string[];
      readonly count?: number;
      readonly replayed?: boolean;
      readonly kind?: string;
      readonly severity?: string;
      readonly firstRaisedAt?: string;
      readonly lastRaisedAt?: string;
    }
  | {
      readonly __typename: 'Bookmark';
      readonly cursor: string;
      readonly prevCursor: string | null;
      readonly caughtUp: boolean;
    }
  | {
      readonly __typename: 'Discontinuity';
      readonly cursor: string;
      readonly reason?: string;
      /** A stream after this one replays all that is kept. */
      readonly oldestCursor?: string;
    };

export interface GraphQLErrorLike {
  readonly message: string;
  readonly extensions?: { readonly code?: unknown };
}

/** A result as a transport brings it. */
export interface ResultLike {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly GraphQLErrorLike[] | undefined;
}

/**
 * Why a connection is over.
 *
 * - CLOSED: the server or the network ended it; REFUSED: the token was; TOKEN: there was none to be had
 * - SILENT: not even a Bookmark came for too long; GAP: an event is missing; HANDLER: `onEvent` or `save` failed
 * - ERROR: the server failed; FATAL: it will fail again, for the document, its variables or the rights are at fault
 */
export interface End {
  readonly reason: 'CLOSED' | 'REFUSED' | 'TOKEN' | 'SILENT' | 'GAP' | 'HANDLER' | 'ERROR' | 'FATAL';
  readonly error?: unknown;
}

/** Where a transport puts what it brings. */
export interface Sink {
  next(result: ResultLike): void;
  end(end: End): void;
}

/** An operation as it is sent. Its `variables` are read anew each time it is sent again. */
export interface Operation {
  readonly query?: string;
  /** The name of a document that the server has. */
  readonly documentId?: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Brings the results of an operation. @returns ends it; `isDead` where the connection is not to be trusted any more */
export type Transport = (operation: Operation, sink: Sink) => (isDead: boolean) => void;

/** Errors that another try may mend: the server fails, stops, or has too much to do. */
const PASSING = new Set<unknown>([
  undefined,
  'INTERNAL',
  'STOPPING',
  'NOT_READY',
  'UNAVAILABLE',
  'TIMEOUT',
  'OVERLOADED',
  'RATE_LIMITED',
  // Of a connection that died the server may not have heard yet.
  'TOO_MANY_SUBSCRIPTIONS',
]);

/** What errors that stand in the place of data mean for a connection. */
export function endOfErrors(errors: readonly GraphQLErrorLike[]): End {
  const codes = errors.map(({ extensions }) => extensions?.code);
  if (codes.includes('UNAUTHENTICATED')) return { reason: 'REFUSED', error: errors };
  return { reason: codes.every((code) => PASSING.has(code)) ? 'ERROR' : 'FATAL', error: errors };
}
