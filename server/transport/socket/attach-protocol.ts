import { CloseCode, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';

export interface AttachOptions<Extra> {
  readonly protocol: Server<Extra>;
  readonly socket: WebSocket;
  readonly extra: Extra;
  /** Milliseconds between two pings; whoever answers none of them is cut off. */
  readonly keepAliveMs: number;
  /** Calls what it is given with each message. */
  readonly read: (act: (message: string) => void) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Joins a socket to the protocol of graphql-ws. Its own adapter for `ws` prints an error for each socket that breaks and for each
 * answer to one that is gone, so that whoever sends broken frames could fill the log, and reads what comes as it comes.
 */
export function attachProtocol<Extra>({
  protocol,
  socket,
  extra,
  keepAliveMs,
  read,
  onError,
}: AttachOptions<Extra>): void {
  // A frame that is too large, or a connection that breaks: ws closes the socket itself.
  socket.on('error', onError);
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      // Whoever goes away before the answer ends the socket, which tells it.
      send: (data) =>
        new Promise((resolve) => {
          if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
          else resolve();
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (act) =>
        read((message) => {
          act(message).catch((error: unknown) => {
            onError(error);
            socket.close(CloseCode.InternalServerError, 'Internal server error');
          });
        }),
    },
    extra,
  );
  const pings = keepPinging(socket, keepAliveMs);
  socket.once('close', (code, reason) => {
    clearInterval(pings);
    void closed(code, String(reason));
  });
}

/** Pings a socket, and cuts it off where the last ping has no answer. */
function keepPinging(socket: WebSocket, everyMs: number): NodeJS.Timeout {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  return setInterval(() => {
    if (socket.readyState !== socket.OPEN) return;
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    socket.ping();
  }, everyMs);
}
