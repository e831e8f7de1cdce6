import { randomUUID } from 'node:crypto';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

// What a run of tests has once, for all its processes: it is made when the first test file asks, so that a run without such tests
// costs nothing.

export interface Door {
  /** Where `askDoor` asks. */
  readonly address: string;
  close(): Promise<void>;
}

/** @param make what is asked for, as a line of text; what it throws, whoever asks throws too */
export async function openDoor(make: () => Promise<string>): Promise<Door> {
  let making: Promise<string> | undefined;
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    making ??= make();
    making.then(
      (made) => socket.end(`+${made}`),
      (error: unknown) => socket.end(`-${error}`),
    );
  });
  const name = `tierline-${randomUUID()}`;
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(os.tmpdir(), `${name}.sock`);
  await new Promise<void>((resolve) => server.listen(address, resolve));
  return { address, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

export function askDoor(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(address);
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('end', () => (answer.startsWith('+') ? resolve(answer.slice(1)) : reject(new Error(answer.slice(1)))));
  });
}
