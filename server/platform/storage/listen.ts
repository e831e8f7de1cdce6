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
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let isFirst = true;
  let failures = 0;

  const notify = (payload?: string) => {
    try {
      onNotify(payload);
    } catch (error) {
      onError(error);
    }
  };

  const connect = async (): Promise<void> => {
    const current = new pg.Client({
      ...config,
      keepAlive: true,
      keepAliveInitialDelayMillis: PING_EVERY_MS,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
    });
    client = current;
    let isLost = false;
    const lose = (error?: unknown) => {
      if (isLost) return;
      isLost = true;
      clearTimeout(timer);
      void current.end().catch(() => {});
      if (isClosed) return;
      if (error) onError(error);
      failures++;
      const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
      // Not all nodes at the same moment when the server is back.
      timer = setTimeout(connect, delay * (0.5 + Math.random() / 2));
    };
    const ping = () => {
      timer = setTimeout(() => current.query('SELECT 1').then(() => isLost || isClosed || ping(), lose), PING_EVERY_MS);
      timer.unref();
    };
    current.on('error', lose);
    current.on('end', () => lose());
    current.on('notification', (message) => notify(message.payload ?? ''));
    try {
      await current.connect();
      await current.query(`LISTEN ${current.escapeIdentifier(channel)}`);
    } catch (error) {
      lose(error);
      isFirst = false;
      return;
    }
    if (isLost) return;
    if (isClosed) {
      await current.end().catch(() => {});
      return;
    }
    failures = 0;
    ping();
    if (!isFirst) notify();
    isFirst = false;
  };

  await connect();
  return {
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
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
