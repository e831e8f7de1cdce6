import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { frameWriter } from '../../server/transport/socket/frames.ts';

const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

/** A socket of a server, with what lies under it, and its client with the messages that it got. */
async function connect() {
  const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
  servers.push(server);
  await once(server, 'listening');
  // A client of ws ends its connection where more pings come at once than it has answered.
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { autoPong: false });
  const messages: { id: string; payload: unknown }[] = [];
  client.on('message', (data, isBinary) => messages.push(isBinary ? 'binary' : JSON.parse(String(data))));
  const [socket, { socket: wire }] = (await once(server, 'connection')) as [WebSocket, { readonly socket: Socket }];
  await once(client, 'open');
  const has = async (count: number) => {
    while (messages.length < count && client.readyState === client.OPEN) await wait(2);
  };
  return { socket, wire, client, messages, has };
}

function resultOf(payload: unknown) {
  const text = JSON.stringify(payload);
  return { text, bytes: Buffer.from(text) };
}

/** A result of so many bytes. */
const long = (bytes: number) => resultOf('x'.repeat(bytes - 2));

test('a frame carries the result as it is, whatever its length and the id', async () => {
  const { wire, messages, has } = await connect();
  const ids = ['1', 'a "quoted" id, 警报', 'i'.repeat(1_000)];
  // About the lengths at which the head of a frame grows, with the message around the result.
  const lengths = [2, ...range(70, 130), ...range(65_440, 65_540), 1_000_000];
  const sent = lengths.map(long).concat(resultOf({ data: { message: '警报' } }));
  for (const id of ids) for (const result of sent) frameWriter(wire, id)(result);
  await has(ids.length * sent.length);
  expect(messages.map(({ id, payload }) => [id, JSON.stringify(payload).length])).toEqual(
    ids.flatMap((id) => sent.map(({ text }) => [id, text.length])),
  );
});

test('frames of ws come between', async () => {
  const { socket, wire, client, messages, has } = await connect();
  let pings = 0;
  client.on('ping', () => {
    pings += 1;
  });
  const send = frameWriter(wire, 'a');
  for (let index = 0; index < 100; index++) {
    send(resultOf(index));
    socket.send(JSON.stringify({ id: 'ws', payload: index }));
    socket.ping();
  }
  await has(200);
  expect(messages.filter(({ id }) => id === 'a').map(({ payload }) => payload)).toEqual(range(0, 99));
  expect(messages.filter(({ id }) => id === 'ws').map(({ payload }) => payload)).toEqual(range(0, 99));
  await wait(20);
  expect(pings).toBe(100);
});

test('a socket that does not read gets each result whole, whatever the others are sent meanwhile', async () => {
  const [slow, quick, third] = await Promise.all([connect(), connect(), connect()]);
  slow.client.pause();
  const screens = [slow, quick, third].map(({ wire }, index) => frameWriter(wire, `id ${index}`));
  const results = range(10, 69).map((index) => resultOf({ index, text: `${index}`.repeat(150_000) }));
  for (const result of results) {
    for (const send of screens) send(result);
    await wait(1);
  }
  expect(slow.wire.writableLength).toBeGreaterThan(1_000_000);
  slow.client.resume();
  for (const [index, { messages, has }] of [slow, quick, third].entries()) {
    await has(results.length);
    expect(messages.every(({ id }) => id === `id ${index}`)).toBe(true);
    expect(messages.map(({ payload }) => JSON.stringify(payload))).toEqual(results.map(({ text }) => text));
  }
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
