import type { Client } from 'graphql-ws';

/** The part of a token's life after which a new one is fetched, and the least wait between two, in milliseconds. */
const RENEW_AFTER = 0.8;
const LEAST_WAIT_MS = 250;
/** Milliseconds until it is tried again where no new token was to be had. */
const RETRY_MS = 5_000;
/** The longest that a timer can wait. */
const MAX_TIMER = 2 ** 31 - 1;

export interface TokenKeeper {
  /** For graphql-ws' `connectionParams`. */
  readonly connectionParams: () => Promise<{ Authorization: string }>;
  /** Keeps the client's socket signed in. @returns ends that */
  attach(client: Pick<Client, 'on'>): () => void;
}

/**
 * Signs a graphql-ws client in and, before the token ends, gives its socket a new one in a `ping`, without a reconnect.
 *
 * @param token fetches a token; a JWT tells by itself when it ends, any other kind lives until the server closes the
 *   socket (4403) and the client connects again
 */
export function keepToken(token: () => string | Promise<string>): TokenKeeper {
  let current = '';
  const fetchToken = async () => {
    current = await token();
    return `Bearer ${current}`;
  };
  return {
    connectionParams: async () => ({ Authorization: await fetchToken() }),
    attach(client) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let present: unknown;
      const schedule = (socket: unknown, wait = waitFor(current)) => {
        if (wait === null || present !== socket) return;
        timer = setTimeout(() => void renew(socket), wait);
      };
      const renew = async (socket: unknown) => {
        try {
          const payload = { Authorization: await fetchToken() };
          if (present !== socket) return;
          (socket as { send(text: string): void }).send(JSON.stringify({ type: 'ping', payload }));
          schedule(socket);
        } catch {
          schedule(socket, RETRY_MS);
        }
      };
      const leave = () => {
        clearTimeout(timer);
        present = undefined;
      };
      const ends = [
        client.on('connected', (socket) => {
          clearTimeout(timer);
          present = socket;
          schedule(socket);
        }),
        client.on('closed', leave),
      ];
      return () => {
        leave();
        for (const end of ends) end();
      };
    },
  };
}

/** Milliseconds after which a token is to be renewed; null where it does not say when it ends. */
function waitFor(token: string): number | null {
  const expiresAt = expiryOf(token);
  if (expiresAt === null) return null;
  return Math.min(Math.max(LEAST_WAIT_MS, (expiresAt - Date.now()) * RENEW_AFTER), MAX_TIMER);
}

/** The end of a JWT, epoch milliseconds. */
function expiryOf(token: string): number | null {
  try {
    const body = token.split('.')[1] ?? '';
    const { exp } = JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/'))) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1_000 : null;
  } catch {
    return null;
  }
}
