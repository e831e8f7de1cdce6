import { type AlertViewerOptions, type Outlet, viewAlerts } from '../live/alert-viewer.ts';
import type { Connection } from './connection.ts';
import { frameWriter } from './frames.ts';

/** The socket that a viewer's alerts go to. */
export interface AlertSocketOptions extends Omit<AlertViewerOptions, 'outlet'> {
  readonly connection: Connection;
  /** The operation's id, as the client chose it. */
  readonly id: string;
}

/**
 * Sends a viewer's alerts until the returned iterator is ended. The iterator yields nothing: it keeps graphql-ws' idea of
 * the operation's life, and fails with what the client is to be told when the right to follow alerts ends. When the
 * person leaves or the socket is too slow, the socket is closed.
 */
export function followOnSocket({ connection, id, ...options }: AlertSocketOptions): AsyncGenerator<never, void, void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const { signal, socket, wire } = connection;
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  const sendFrame = frameWriter(wire, id);
  const outlet: Outlet = {
    actor: connection.actor,
    locale: connection.locale,
    // Behind a close nothing may be written.
    send: (result) => {
      if (socket.readyState === socket.OPEN) sendFrame(result);
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    close: (why) => connection.close(why),
  };
  const done = viewAlerts({ ...options, outlet }, ended.signal).finally(() => {
    ended.abort();
    signal.removeEventListener('abort', end);
  });
  // A failure is told by next(); nobody may be waiting there yet.
  done.catch(() => undefined);
  const finished = { value: undefined, done: true } as const;
  return {
    next: async () => {
      await done;
      return finished;
    },
    return: async () => {
      end();
      return finished;
    },
    throw: async (error) => {
      end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      end();
    },
  };
}
