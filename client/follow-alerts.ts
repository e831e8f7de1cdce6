import type { Client } from 'graphql-ws';
import { type DocumentLike, textOf } from './document.ts';
import { type AlertStreamEvent, type End, endOfErrors, type ResultLike, type Transport } from './events.ts';
import { eventsTransport } from './server-sent-events.ts';
import { clientTransport, socketTransport } from './socket.ts';

// A follower is CONNECTING, then REPLAYING until the Bookmark that says `caughtUp`, then LIVE. Whatever ends a connection,
// it is WAITING for a moment and goes on after the last event that it got. It ends as STOPPED, or as FAILED where another
// try would fail too.
//
// Two places are kept. `received` is the last event that came: what comes next has to name it, and a reconnect goes on
// after it. `handled` is the last one that the application is done with: it is saved, and a reconnect goes on after it
// where handling failed.

export type FollowStatus =
  | { readonly state: 'CONNECTING' | 'REPLAYING' | 'LIVE' | 'STOPPED' }
  | { readonly state: 'WAITING'; readonly reason: End['reason']; readonly error?: unknown; readonly retryInMs: number }
  | { readonly state: 'FAILED'; readonly error: unknown };

export interface FollowOptions<Alert extends { readonly id: string }> {
  /** `ws:` and `wss:` follow over a socket, `http:` and `https:` over Server-Sent Events. Or give a `client`. */
  readonly url?: string;
  /** A graphql-ws client of the application's own. It signs in by itself: see `keepToken`. */
  readonly client?: Client;
  /** Where there is no global WebSocket: `ws`' own. */
  readonly webSocketImpl?: unknown;
  readonly fetch?: typeof fetch;
  /**
   * A subscription to `slaAlerts` alone, with a variable `$after: String` for its argument. It selects `__typename`,
   * `cursor`, `prevCursor`, `caughtUp`, and of each alert its `id` (of a digest `alertIds`). Left out where `documentId` names it.
   */
  readonly document?: DocumentLike;
  /** The name of such a document in the server's list (`TIERLINE_OPERATIONS`). */
  readonly documentId?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Fetches a token, for each connection and before the present one ends. Not needed with a `client`. */
  readonly token?: () => string | Promise<string>;
  /** The cursor to begin after; without one (and none in the `store`) it begins live. */
  readonly after?: string | null;
  /** Keeps the cursor over restarts. What `onEvent` did and did not yet save comes again: save in `onEvent` for none. */
  readonly store?: {
    load(): string | null | undefined | Promise<string | null | undefined>;
    save(cursor: string): void | Promise<void>;
  };
  /**
   * Called for each event, one after the other, no alert twice. When it fails, the event comes again. After a
   * Discontinuity, read what is open.
   */
  readonly onEvent: (event: AlertStreamEvent<Alert>) => unknown;
  readonly onStatus?: (status: FollowStatus) => void;
  /** Milliseconds without any event after which the connection counts as dead. Bookmarks come every 10 s. */
  readonly silenceMs?: number;
  /** Milliseconds to wait before a try, the first being 1; they are spread, so that not all come at once. */
  readonly retryMs?: (attempt: number) => number;
}

export interface Following {
  /** The last event that was handled. */
  readonly cursor: string | null;
  /** Ends the wait for the next try, where there is one; a browser does so itself when it is online or looked at again. */
  retryNow(): void;
  /** Resolves when the event that is being handled is. */
  stop(): Promise<void>;
}

/** Alerts that are remembered, to tell those that come again. */
const REMEMBERED = 10_000;

/**
 * Follows alerts for as long as it is not stopped: none missing, none twice, in order, whatever connections break.
 *
 * @throws {TypeError} neither `url` nor `client`, a `url` without `token`, or neither `document` nor `documentId`
 */
export function followAlerts<Alert extends { readonly id: string } = { readonly id: string }>(
  options: FollowOptions<Alert>,
): Following {
  if (options.document === undefined && options.documentId === undefined)
    throw new TypeError('followAlerts needs a document, or a documentId');
  const follower = new Follower(options, transportOf(options));
  const deaf = onReturn(() => follower.retryNow());
  const done = follower.run().finally(deaf);
  return {
    retryNow: () => follower.retryNow(),
    get cursor() {
      return follower.handled;
    },
    stop: () => {
      follower.stop();
      return done;
    },
  };
}

/** Listens to what tells in a browser that a try may succeed now; elsewhere nothing does. @returns ends it */
function onReturn(tell: () => void): () => void {
  const { addEventListener, removeEventListener, document } = globalThis as Partial<EventTarget> & {
    readonly document?: EventTarget & { readonly visibilityState: string };
  };
  const seen = () => {
    if (document?.visibilityState === 'visible') tell();
  };
  if (document) addEventListener?.call(globalThis, 'online', tell);
  document?.addEventListener('visibilitychange', seen);
  return () => {
    if (document) removeEventListener?.call(globalThis, 'online', tell);
    document?.removeEventListener('visibilitychange', seen);
  };
}

function transportOf(
  options: Pick<FollowOptions<never>, 'url' | 'client' | 'webSocketImpl' | 'fetch' | 'token'>,
): Transport {
  const { url, client, webSocketImpl, fetch: send, token } = options;
  if (client) return clientTransport(client);
  if (!url || !token) throw new TypeError('followAlerts needs a client, or a url with a token');
  return url.startsWith('ws')
    ? socketTransport({ url, webSocketImpl, token })
    : eventsTransport({ url, token, ...(send && { fetch: send }) });
}

class Follower<Alert extends { readonly id: string }> {
  handled: string | null = null;
  readonly #options: FollowOptions<Alert>;
  readonly #transport: Transport;
  readonly #seen = new Set<string>();
  #received: string | null = null;
  #stopped = false;
  #text: string | undefined;
  #state = '';
  /** Ends the wait for the next try, while there is one. */
  #endWait: (() => void) | undefined;
  /** Ends whatever is waited for, and the connection that there is. */
  #wake: (() => void) | undefined;
  #close: ((isDead: boolean) => void) | undefined;

  constructor(options: FollowOptions<Alert>, transport: Transport) {
    this.#options = options;
    this.#transport = transport;
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  retryNow(): void {
    this.#endWait?.();
  }

  async run(): Promise<void> {
    const { after = null, store, retryMs = backoffMs } = this.#options;
    let isLoaded = false;
    for (let attempt = 1; !this.#stopped; attempt++) {
      let end: End;
      try {
        if (!isLoaded) {
          this.handled = (await store?.load()) ?? after;
          isLoaded = true;
          if (this.#stopped) break;
        }
        const before = this.handled;
        end = await this.#connection();
        if (this.handled !== before) attempt = 1;
      } catch (error) {
        end = { reason: 'HANDLER', error };
      }
      if (this.#stopped) break;
      if (end.reason === 'FATAL') return this.#tell({ state: 'FAILED', error: end.error });
      const retryInMs = retryMs(attempt) * (0.5 + Math.random() / 2);
      this.#tell({ state: 'WAITING', reason: end.reason, error: end.error, retryInMs });
      await this.#sleep(retryInMs);
    }
    this.#tell({ state: 'STOPPED' });
  }

  /** Follows over one connection until it ends, and all that came over it is handled. */
  async #connection(): Promise<End> {
    const { document, documentId, variables, silenceMs = 25_000 } = this.#options;
    this.#text ??= document === undefined ? undefined : await textOf(document);
    const text = this.#text;
    this.#received = this.handled;
    this.#tell({ state: 'CONNECTING' });
    const received = () => this.#received;
    let handling = Promise.resolve();
    let over: End | undefined;
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const ended = await new Promise<End>((resolve) => {
      const end = (why: End) => {
        over ??= why;
        resolve(over);
      };
      const listen = () => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => end({ reason: 'SILENT' }), silenceMs);
      };
      this.#wake = () => end({ reason: 'CLOSED' });
      listen();
      const next = (result: ResultLike) => {
        if (over) return;
        listen();
        const event = this.#accept(result);
        if ('reason' in event && !('__typename' in event)) return end(event);
        handling = handling.then(() => (this.#stopped || over?.reason === 'HANDLER' ? undefined : this.#handle(event)));
        handling.catch((error: unknown) => end({ reason: 'HANDLER', error }));
      };
      const operation = {
        ...(text !== undefined && { query: text }),
        ...(documentId !== undefined && { documentId }),
        variables: {
          ...variables,
          // Read when it is sent, also where a client sends it again by itself.
          get after() {
            return received();
          },
        },
      };
      this.#close = this.#transport(operation, { next, end });
    });
    clearTimeout(watchdog);
    this.#wake = undefined;
    this.#close?.(ended.reason === 'SILENT');
    await handling.catch(() => undefined);
    return over ?? ended;
  }

  /** The event of a result, if it follows the last one; else why the connection cannot go on. */
  #accept({ data, errors }: ResultLike): AlertStreamEvent<Alert> | End {
    const event = data && (Object.values(data)[0] as AlertStreamEvent<Alert> | null);
    if (!event) return endOfErrors(errors ?? [{ message: 'a result without data' }]);
    if (event.__typename === undefined || event.cursor === undefined) return incomplete('__typename and cursor');
    if (event.__typename !== 'Discontinuity') {
      if (event.prevCursor === undefined) return incomplete('prevCursor');
      if (event.prevCursor !== this.#received) return { reason: 'GAP' };
    }
    this.#received = event.cursor;
    return event;
  }

  async #handle(event: AlertStreamEvent<Alert>): Promise<void> {
    const { onEvent, store } = this.#options;
    const fresh = this.#unseen(event);
    if (fresh) await onEvent(fresh);
    for (const id of idsOf(event)) this.#remember(id);
    this.handled = event.cursor;
    await store?.save(event.cursor);
    if (event.__typename === 'Bookmark') this.#tell({ state: event.caughtUp ? 'LIVE' : 'REPLAYING' });
    else if (event.__typename === 'Discontinuity') this.#tell({ state: 'LIVE' });
    else if (this.#state === 'CONNECTING') this.#tell({ state: 'REPLAYING' });
  }

  /** The event without what was told before; null where nothing is left of it. */
  #unseen(event: AlertStreamEvent<Alert>): AlertStreamEvent<Alert> | null {
    const ids = idsOf(event);
    const fresh = ids.filter((id) => !this.#seen.has(id));
    if (ids.length === fresh.length) return event;
    return event.__typename === 'AlertDigest' && fresh.length > 0
      ? { ...event, alertIds: fresh, count: fresh.length }
      : null;
  }

  #remember(id: string): void {
    this.#seen.add(id);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= REMEMBERED) break;
      this.#seen.delete(oldest);
    }
  }

  #tell(status: FollowStatus): void {
    if (status.state === this.#state && status.state !== 'WAITING') return;
    this.#state = status.state;
    this.#options.onStatus?.(status);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        this.#endWait = undefined;
        clearTimeout(timer);
        resolve();
      };
      this.#endWait = this.#wake;
    });
  }
}

function idsOf(event: AlertStreamEvent): readonly string[] {
  if (event.__typename === 'AlertRaised') return [event.alert.id];
  return event.__typename === 'AlertDigest' ? event.alertIds : [];
}

function incomplete(fields: string): End {
  return { reason: 'FATAL', error: new TypeError(`the document has to select ${fields} of every event`) };
}

/** 500 ms, 1, 2, 4 ... 30 s. */
function backoffMs(attempt: number): number {
  return Math.min(30_000, 250 * 2 ** Math.min(attempt, 10));
}
