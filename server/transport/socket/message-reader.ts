import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { CpuShare } from '../admission/cpu-share.ts';
import type { Limits } from '../admission/limits.ts';
import { TokenBucket } from '../admission/token-bucket.ts';
import { Turns } from '../admission/turns.ts';

/** Messages that wait before the socket is read no further. What came with them in one packet waits too. */
const PAUSE_AT = 16;

export interface MessageReaderOptions {
  readonly socket: WebSocket;
  readonly limits: Pick<Limits, 'messagesPerSecond' | 'messageBurst'>;
  /** Turns for reading a message, by person. */
  readonly turns: Turns;
  /** Whose messages these are, once it is known. */
  readonly person: () => string | undefined;
  /** Acts on a message; it is not waited for. */
  readonly act: (message: string) => void;
}

/**
 * The turns for reading messages, by person: nobody is refused one, for a socket has one message at most that waits here, and
 * all others wait in the socket.
 *
 * @param cpuShare reading counts towards it
 */
export function messageTurns(limits: Limits, cpuShare: CpuShare): Turns {
  const boundless = {
    waitingPerPerson: limits.connections,
    waitingPerNode: limits.connections,
    ratePerSecond: Number.MAX_SAFE_INTEGER,
    rateBurst: Number.MAX_SAFE_INTEGER,
  };
  return new Turns({ ...limits, ...boundless }, undefined, cpuShare);
}

/**
 * Reads a socket's messages in their order, each when it is its person's turn. Whoever floods is read at the pace at which others
 * go on, through the socket's own flow control; whoever sends more than a socket may send is cut off.
 */
export function readMessages({ socket, limits, turns, person, act }: MessageReaderOptions): void {
  const { messagesPerSecond, messageBurst } = limits;
  const bucket = new TokenBucket({ perSecond: messagesPerSecond, burst: messageBurst }, performance.now());
  const waiting: string[] = [];
  let isReading = false;

  const cut = (code: number, reason: string) => {
    waiting.length = 0;
    socket.close(code, reason);
    // What is in the buffers already is not read any more.
    socket.terminate();
  };
  const count = () => {
    const isWithin = bucket.take(performance.now());
    if (!isWithin) cut(1008, 'Too many messages.');
    return isWithin;
  };
  const read = async () => {
    isReading = true;
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      const whose = person();
      // Nothing is read of whoever is unknown but who it is.
      const leave = whose === undefined ? undefined : await turns.enter(whose);
      try {
        if (socket.readyState === socket.OPEN) act(message);
        else waiting.length = 0;
        await nextTurn();
      } finally {
        leave?.();
      }
    }
    isReading = false;
    if (socket.isPaused) socket.resume();
  };
  socket.on('ping', count);
  socket.on('message', (data) => {
    if (!count()) return;
    waiting.push(String(data));
    if (waiting.length === PAUSE_AT) socket.pause();
    if (!isReading) read().catch(() => cut(1013, 'Too many wait already; try again in a moment.'));
  });
}
