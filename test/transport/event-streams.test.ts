import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EventStreams } from '../../server/transport/http/event-streams.ts';
import { Cluster } from '../alerts/cluster.ts';
import { drafts } from '../alerts/support.ts';

test('a reader of Server-Sent Events who takes nothing is cut, holds no memory meanwhile, and disturbs nobody', async () => {
  await using cluster = await Cluster.start(1, { slowReaderMs: 500 });
  const { app, url } = cluster.node(0);
  const healthy = await cluster.connect('BK-A/SUPERVISOR');
  const id = healthy.subscribe('subscription { slaAlerts { __typename ... on AlertRaised { alert { id } } } }');
  await healthy.until(() => healthy.events(id).length > 0);
  const token = await cluster.token('BK-A/SUPERVISOR');
  const body = JSON.stringify({
    query: 'subscription { slaAlerts { __typename ... on AlertRaised { alert { message } } } }',
  });
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  let closed = false;
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nconnection: close\r\naccept: text/event-stream\r\n` +
      `authorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const { tail } = app.services.alerts;
  while (tail.figures().subscribers < 2) await sleep(10);
  socket.pause();
  const raised: string[] = [];
  for (let n = 0; n < 10; n++) raised.push(...(await cluster.raise(drafts(30, { message: 'x'.repeat(50_000) }))));
  await healthy.until(() => healthy.alerts(id).length === raised.length, 40_000);
  // A reader that is waited for has left the log tail too, and would be served again if it read in time; one that is cut has
  // left for good. The patience is half a second.
  let awaySince = Date.now();
  for (const end = Date.now() + 20_000; Date.now() - awaySince < 3_000 && Date.now() < end; await sleep(20))
    if (tail.figures().subscribers > 1) awaySince = Date.now();
  expect(tail.figures().subscribers).toBe(1);
  socket.resume();
  for (const end = Date.now() + 20_000; !closed && Date.now() < end; ) await sleep(20);
  expect(closed).toBe(true);
  expect(healthy.alerts(id).map(({ alert }) => Buffer.from(alert.id, 'base64').toString().slice(6))).toEqual(raised);
});

test('a reader who takes little at a time, and never all, is not cut', async () => {
  const streams = new EventStreams(300);
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    streams.add(response);
    // There is always something that waits, as in a long replay.
    const fill = setInterval(() => {
      while (!response.destroyed && response.writableLength < 1_000_000) response.write('x'.repeat(50_000));
    }, 2);
    response.once('close', () => clearInterval(fill));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  let isCut = false;
  socket.on('error', () => {});
  socket.on('close', () => {
    isCut = true;
  });
  socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
  let taken = 0;
  socket.on('data', (bytes) => {
    taken += bytes.length;
    socket.pause();
  });
  const reading = setInterval(() => socket.resume(), 1);
  await sleep(2_000);
  expect([isCut, streams.size]).toEqual([false, 1]);
  clearInterval(reading);
  socket.pause();
  for (const end = Date.now() + 5_000; streams.size > 0 && Date.now() < end; ) await sleep(20);
  expect(streams.size).toBe(0);
  expect(taken).toBeGreaterThan(1_000_000);
  socket.destroy();
  server.close();
});

const ALERTS =
  'subscription { slaAlerts { __typename ... on AlertRaised { cursor alert { id } } ... on Bookmark { cursor } } }';

/** Opens a stream of alerts and gathers what comes. */
async function listen(cluster: Cluster, token: string, query = ALERTS) {
  const response = await fetch(cluster.node(0).url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query }),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const stream = { text: '', ended: false };
  const decoder = new TextDecoder();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const reading = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      stream.text += decoder.decode(value, { stream: true });
    }
    stream.ended = true;
  })().catch(() => undefined);
  const until = async (isSo: () => boolean) => {
    for (const end = Date.now() + 20_000; !isSo(); await sleep(5)) if (Date.now() > end) throw new Error(stream.text);
  };
  await until(() => stream.text.includes('Bookmark'));
  return { stream, until, end: () => reader.cancel().then(() => reading) };
}

test('equal streams share their executions with equal sockets', async () => {
  await using cluster = await Cluster.start(1, { bookmarkEveryMs: 60_000 });
  const token = await cluster.token('BK-A/SUPERVISOR');
  const streams = await Promise.all([1, 2, 3].map(() => listen(cluster, token)));
  const sockets = await Promise.all([1, 2, 3].map(() => cluster.connect('BK-A/SUPERVISOR')));
  const ids = sockets.map((socket) => socket.subscribe(ALERTS));
  for (const [n, socket] of sockets.entries()) await socket.until(() => socket.events(ids[n] as string).length > 0);
  const { broadcast } = cluster.node(0).app.services.alerts;
  const before = broadcast.figures();
  expect(before).toMatchObject({ groups: 1, together: 6 });
  const raised = await cluster.raise(drafts(4));
  const globalIds = raised.map((id) => Buffer.from(`Alert:${id}`).toString('base64'));
  for (const { stream, until } of streams) {
    await until(() => stream.text.includes(globalIds[3] as string));
    expect([...stream.text.matchAll(/"alert":\{"id":"([^"]+)"/g)].map(([, id]) => id)).toEqual(globalIds);
  }
  for (const [n, socket] of sockets.entries())
    await socket.until(() => socket.alerts(ids[n] as string).length === raised.length);
  expect(broadcast.figures().executions - before.executions).toBe(4);
  for (const { end } of streams) await end();
});

test.each([
  { it: 'no role any more', data: { roles: [] }, code: 'FORBIDDEN' },
  { it: 'left', data: { active: false }, code: 'UNAUTHENTICATED' },
])('$it: the stream says $code and ends', async ({ data, code }) => {
  await using cluster = await Cluster.start(1);
  const { stream, until } = await listen(cluster, await cluster.token('BK-A/SUPERVISOR'));
  const ordinary = await listen(
    cluster,
    await cluster.token('BK-A/SUPERVISOR'),
    `subscription { ...F } fragment F on Subscription { slaAlerts { __typename ... on AlertRaised { alert { id } } ... on Bookmark { cursor } } }`,
  );
  await cluster.node(0).app.services.database.prisma.staff.update({
    where: { id: cluster.staff('BK-A/SUPERVISOR') },
    data,
  });
  await sleep(600);
  await cluster.raise(drafts(1));
  await until(() => stream.ended);
  await ordinary.until(() => ordinary.stream.ended);
  for (const { text } of [stream, ordinary.stream]) {
    expect(text).toContain(`"code":"${code}"`);
    expect(text).not.toContain('AlertRaised');
  }
});
