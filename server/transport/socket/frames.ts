import type { Writable } from 'node:stream';
import type { SharedResult } from '../../engine/alert-log/shared-execution.ts';

/** Bytes before a result in which a frame's head and the message around the result find room. */
const ROOM = 256;

/**
 * A result with room before it. Whoever sends it writes his own head there, so that the result is copied once for all: those who are
 * told the same are told one after another.
 */
interface Room {
  readonly result: SharedResult;
  readonly memory: Buffer;
  /** Where the result begins; behind it stands the brace that ends the message. */
  readonly resultAt: number;
}

let last: Room | undefined;

function roomBefore(result: SharedResult, bytes: number): Room {
  if (last?.result === result && last.resultAt >= bytes) return last;
  const resultAt = Math.max(bytes, ROOM);
  const memory = Buffer.allocUnsafe(resultAt + result.bytes.length + 1);
  memory.set(result.bytes, resultAt);
  memory[memory.length - 1] = 0x7d;
  last = { result, memory, resultAt };
  return last;
}

/**
 * Sends results as `next` messages of graphql-transport-ws, each in one unmasked text frame (RFC 6455, section 5.2) that is
 * written at once. It goes past `ws`, which would write head and payload of each by themselves; frames of `ws` are written
 * whole as well, so both may write by turns as long as nothing is compressed.
 *
 * @param wire the connection under an open WebSocket
 * @param id of the operation, as the client chose it
 */
export function frameWriter(wire: Writable, id: string): (result: SharedResult) => void {
  const message = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
  return (result) => {
    const length = message.length + result.bytes.length + 1;
    const headBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    const { memory, resultAt } = roomBefore(result, headBytes + message.length);
    const start = resultAt - message.length - headBytes;
    memory[start] = 0x81;
    if (headBytes === 2) {
      memory[start + 1] = length;
    } else if (headBytes === 4) {
      memory[start + 1] = 126;
      memory.writeUInt16BE(length, start + 2);
    } else {
      memory[start + 1] = 127;
      memory.writeBigUInt64BE(BigInt(length), start + 2);
    }
    memory.set(message, start + headBytes);
    wire.write(memory.subarray(start));
    // What the system has not taken is still to be read from there.
    if (wire.writableLength > 0) last = undefined;
  };
}
