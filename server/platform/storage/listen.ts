import pg from 'pg';

/** A channel that is being listened to. */
export interface Listener {
  close(): Promise<void>;
}

/**
 * @param payload what was sent with the notification; undefined after the connection was lost and made again, when
 *   anything may have been missed
 */
export type OnNotify = (payload?: string) => void;

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** How often the connection is tried, and how long it may take to answer: a cut cable closes no socket. */
const PING_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 5_000;

/**
 * Listens on a connection of its own, for ever: a lost connection is made again, and each time `onNotify` is called once
 * without a payload, so that the listener looks for what it has missed. Nothing here throws or rejects.
 *
 * @returns when the channel is listened to, or when the first try has failed and others are under way
 */
export async function listenOn(
  config: pg.ClientConfig,
  channel: string,
  onNotify: OnNotify,
  onError: (error: unknown) => void,
): Promise<Listener> {
  const listener = new ChannelListener(config, channel, onNotify, onError);
  await listener.connect();
  return listener;
}

class ChannelListener implements Listener {
  readonly #config: pg.ClientConfig;
  readonly #channel: string;
  readonly #onNotify: OnNotify;
  readonly #onError: (error: unknown) => void;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isFirst = true;
  #failures = 0;

  constructor(config: pg.ClientConfig, channel: string, onNotify: OnNotify, onError: (error: unknown) => void) {
    this.#config = {
      ...config,
      keepAlive: true,
      keepAliveInitialDelayMillis: PING_EVERY_MS,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
    };
    this.#channel = channel;
    this.#onNotify = onNotify;
    this.#onError = onError;
  }

  async connect(): Promise<void> {
    const client = new pg.Client(this.#config);
    this.#client = client;
    let isLost = false;
    const lose = (error?: unknown) => {
      if (isLost) return;
      isLost = true;
      this.#lose(client, error);
    };
    client.on('error', lose);
    client.on('end', () => lose());
    client.on('notification', (message) => this.#notify(message.payload ?? ''));
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(this.#channel)}`);
    } catch (error) {
      lose(error);
      return;
    }
    if (isLost) return;
    if (this.#isClosed) {
      await client.end().catch(() => {});
      return;
    }
    this.#failures = 0;
    this.#ping(client, () => isLost, lose);
    if (!isFirst) this.#notify();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => {});
  }

  #lose(client: pg.Client, error: unknown): void {
    clearTimeout(this.#timer);
    void client.end().catch(() => {});
    if (this.#isClosed) return;
    if (error) this.#onError(error);
    this.#failures++;
    const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failures - 1));
    // Not all nodes at the same moment when the server is back.
    this.#timer = setTimeout(() => void this.connect(), delay * (0.5 + Math.random() / 2));
  }

  #ping(client: pg.Client, isLost: () => boolean, lose: (error: unknown) => void): void {
    this.#timer = setTimeout(() => {
      client.query('SELECT 1').then(() => {
        if (!isLost() && !this.#isClosed) this.#ping(client, isLost, lose);
      }, lose);
    }, PING_EVERY_MS);
    this.#timer.unref();
  }

  #notify(payload?: string): void {
    try {
      this.#onNotify(payload);
    } catch (error) {
      this.#onError(error);
    }
  }
}

/**
 * Listens on the embedded database's one connection: its notifications are the ones of this process. A channel is taken
 * up again when the pool makes its connection anew.
 */
export function embeddedListeners(pool: pg.Pool, onError: (error: unknown) => void) {
  const listeners = new Map<string, Set<OnNotify>>();
  const dispatch = ({ channel, payload }: pg.Notification) => {
    for (const onNotify of listeners.get(channel) ?? []) {
      try {
        onNotify(payload ?? '');
      } catch (error) {
        onError(error);
      }
    }
  };
  pool.on('connect', (client) => {
    client.on('notification', dispatch);
    for (const channel of listeners.keys()) client.query(`LISTEN ${client.escapeIdentifier(channel)}`).catch(onError);
  });

  return async (channel: string, onNotify: OnNotify): Promise<Listener> => {
    const others = listeners.get(channel) ?? new Set();
    listeners.set(channel, others.add(onNotify));
    await pool.query(`LISTEN ${pg.escapeIdentifier(channel)}`).catch(onError);
    return {
      close: async () => {
        others.delete(onNotify);
        if (others.size > 0 || listeners.get(channel) !== others) return;
        listeners.delete(channel);
        if (!pool.ended && !pool.ending) await pool.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(onError);
      },
    };
  };
}
