import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { CpuShare } from '../../server/transport/admission/cpu-share.ts';
import { LIMITS } from '../../server/transport/admission/limits.ts';
import { Turns } from '../../server/transport/admission/turns.ts';
import { readMessages } from '../../server/transport/socket/message-reader.ts';

const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

/** A server whose sockets belong to the person whom their first message names, and what they were read. */
async function serve(options: { readonly costMs?: number; readonly messageBurst?: number } = {}) {
  const { costMs = 0, messageBurst = 100_000 } = options;
  const turns = new Turns(LIMITS, undefined, new CpuShare(() => performance.now()));
  const read: { readonly who: string; readonly message: string }[] = [];
  const server = new WebSocketServer({ port: 0 });
  servers.push(server);
  await once(server, 'listening');
  server.on('connection', (socket) => {
    let who: string | undefined;
    const act = (message: string) => {
      who ??= message;
      const until = performance.now() + costMs;
      while (performance.now() < until);
      read.push({ who, message });
    };
    readMessages({ socket, limits: { ...LIMITS, messageBurst }, turns, person: () => who, act });
  });
  const connect = async (name: string) => {
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(socket, 'open');
    socket.send(name);
    return socket;
  };
  return { read, connect, turns };
}

test('messages are read whole and in their order, whatever comes at once', async () => {
  const { read, connect } = await serve();
  const sockets = await Promise.all(['a', 'a', 'b'].map(connect));
  for (let index = 0; index < 500; index++) for (const socket of sockets) socket.send(`${index}`);
  while (read.length < 1_503) await wait(5);
  const numbers = read
    .filter(({ who, message }) => who === 'b' && message !== 'b')
    .map(({ message }) => Number(message));
  expect(numbers).toEqual(Array.from({ length: 500 }, (_, index) => index));
});

test('whoever floods four sockets holds up nobody: others are read at once', async () => {
  const { read, connect } = await serve({ costMs: 5 });
  const flooding = await Promise.all(['flood', 'flood', 'flood', 'flood'].map(connect));
  const other = await connect('other');
  await wait(50);
  for (let index = 0; index < 200; index++) for (const socket of flooding) socket.send(`${index}`);
  // How many of the flood were read between the sending of another's message and its reading.
  const before: number[] = [];
  for (let index = 0; index < 20; index++) {
    await wait(25);
    const sentAt = read.length;
    other.send(`mine ${index}`);
    const place = () => read.findIndex(({ message }) => message === `mine ${index}`);
    while (place() < 0) await wait(1);
    before.push(place() - sentAt);
  }
  expect(Math.max(...before), 'of 800').toBeLessThan(40);
  expect(read.filter(({ who }) => who === 'flood').length).toBeGreaterThan(10);
});

test('whoever sends more than a socket may is cut off, and nothing more of it is read', async () => {
  const { read, connect } = await serve({ messageBurst: 20 });
  const socket = await connect('a');
  const closed = once(socket, 'close');
  for (let index = 0; index < 1_000; index++) socket.send(`${index}`);
  await closed;
  await wait(50);
  expect(read.length).toBeLessThanOrEqual(21);
});

test('a socket that goes away is not read on, and leaves its turn', async () => {
  const { read, connect, turns } = await serve({ costMs: 20 });
  const enter = vi.spyOn(turns, 'enter');
  const socket = await connect('a');
  for (let index = 0; index < 100; index++) socket.send(`${index}`);
  while (read.length < 3) await wait(1);
  socket.terminate();
  await wait(100);
  const taken = enter.mock.calls.length;
  expect(taken).toBeLessThan(20);
  await wait(300);
  expect(enter.mock.calls.length).toBe(taken);
  const other = await connect('a');
  other.send('again');
  while (!read.some(({ message }) => message === 'again')) await wait(1);
});
