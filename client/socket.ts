import type { Client } from 'graphql-ws';
import { type End, endOfErrors, type GraphQLErrorLike, type Operation, type Sink, type Transport } from './events.ts';
import { keepToken } from './token-keeper.ts';

export interface SocketTransportOptions {
  readonly url: string;
  /** Where there is no global WebSocket: `ws`' own. */
  readonly webSocketImpl?: unknown;
  readonly token: () => string | Promise<string>;
}

/** A socket of its own for each connection, signed in for as long as it lives. */
export function socketTransport(options: SocketTransportOptions): Transport {
  return (operation, sink) => {
    let close: ((isDead: boolean) => void) | undefined;
    let isOver = false;
    // Loaded when it is needed: who follows over Server-Sent Events does without it.
    void import('graphql-ws/client')
      .then(({ createClient }) => {
        if (!isOver) close = connect(createClient, options, operation, sink);
      })
      // What is not installed, and a WebSocket that there is not, will lack the next time too.
      .catch((error: unknown) => sink.end({ reason: 'FATAL', error }));
    return (isDead) => {
      isOver = true;
      close?.(isDead);
    };
  };
}

function connect(
  createClient: typeof import('graphql-ws/client').createClient,
  { url, webSocketImpl, token }: SocketTransportOptions,
  operation: Operation,
  sink: Sink,
): (isDead: boolean) => void {
  let tokenError: { readonly error: unknown } | undefined;
  const keeper = keepToken(async () => {
    try {
      return await token();
    } catch (error) {
      tokenError = { error };
      throw error;
    }
  });
  const client = createClient({
    url,
    webSocketImpl: unhurt(webSocketImpl ?? globalThis.WebSocket),
    // Whoever follows decides when and from where to go on.
    retryAttempts: 0,
    connectionParams: keeper.connectionParams,
    onNonLazyError: () => undefined,
  });
  let hasOpened = false;
  client.on('opened', () => {
    hasOpened = true;
  });
  const detach = keeper.attach(client);
  const unsubscribe = subscribe(client, operation, {
    next: sink.next,
    end: (end) => sink.end(tokenError ? { reason: 'TOKEN', ...tokenError } : end),
  });
  return (isDead) => {
    detach();
    unsubscribe();
    // A socket that has not opened is waited for by whoever would close it in order.
    if (isDead || !hasOpened) client.terminate();
    else void Promise.resolve(client.dispose()).catch(() => undefined);
  };
}

/**
 * A graphql-ws client that the application has, with whatever else it sends. What it sends again by itself after a
 * reconnect goes on from the last event too.
 */
export function clientTransport(client: Client): Transport {
  let isOpening = false;
  // What stands in for a client in an application's tests may tell of nothing.
  const { on }: Partial<Pick<Client, 'on'>> = client;
  on?.('connecting', () => {
    isOpening = true;
  });
  on?.('opened', () => {
    isOpening = false;
  });
  return (operation, sink) => {
    const unsubscribe = subscribe(client, operation, sink);
    return (isDead) => {
      unsubscribe();
      // Its sockets are the application's: one that has not opened is not ours to break off (see `unhurt`).
      if (isDead && !isOpening) client.terminate();
    };
  };
}

/**
 * The same sockets, each with an ear for errors of its own. graphql-ws takes its ears away when it breaks a socket off, and `ws`
 * throws what nobody hears: a peer that takes the connection and never answers would end the process.
 */
function unhurt(implementation: unknown): unknown {
  if (typeof implementation !== 'function') return implementation;
  const Base = implementation as new (url: string, protocol: string) => EventTarget;
  return class extends Base {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      this.addEventListener('error', () => undefined);
    }
  };
}

function subscribe(client: Client, { query = '', documentId, variables }: Operation, sink: Sink) {
  const named = documentId === undefined ? {} : { documentId };
  return client.subscribe(
    { query, ...named, variables: variables as Record<string, unknown> },
    {
      next: (result) => sink.next(result as Parameters<typeof sink.next>[0]),
      error: (error) => sink.end(endOf(error)),
      // Alerts have no end: whoever says so goes away.
      complete: () => sink.end({ reason: 'CLOSED' }),
    },
  );
}

function endOf(error: unknown): End {
  if (Array.isArray(error)) return endOfErrors(error as GraphQLErrorLike[]);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return { reason: code === 4403 || code === 4401 ? 'REFUSED' : 'CLOSED', error };
}
