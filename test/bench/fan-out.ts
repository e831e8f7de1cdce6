// What a live alert costs the server, as a ratio to the least that it can cost: a loop of `ws.send` with one buffer.
//
//   npx tsx test/bench/fan-out.ts [subscribers = 1000] [events = 40]
//
// Both ways serve the same sockets by turns in one run; a child process holds their other ends, so that the server is
// what is measured. The log is in memory: reading it costs one statement an event, however many subscribers there are.
// The log tail's pause between two looks is off, for it spares the database and is not work.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { buildSchema, execute, type GraphQLFieldResolver, parse } from 'graphql';
import type { Pool } from 'pg';
import { type WebSocket, WebSocketServer } from 'ws';
import { AlertBroadcast } from '../../server/engine/alert-log/broadcast.ts';
import { CursorKey } from '../../server/engine/alert-log/cursor.ts';
import type { FeedEvent } from '../../server/engine/alert-log/feed-event.ts';
import { AlertLogTail } from '../../server/engine/alert-log/log-tail.ts';
import type { AlertRow } from '../../server/engine/alert-log/row.ts';
import type { SharedResult } from '../../server/engine/alert-log/shared-execution.ts';
import { frameWriter } from '../../server/transport/socket/frames.ts';
import { median } from './median.ts';

const schema = buildSchema(`
  type Query { version: Int }
  type Text { en: String! zh: String! }
  type Alert {
    id: ID! kind: String! severity: String! raisedAt: String! message: Text! audience: [String!]! branchId: ID!
  }
  type AlertRaised { cursor: String! prevCursor: String replayed: Boolean! alert: Alert! }
  type Subscription { slaAlerts: AlertRaised }`);
const document = parse(`subscription {
  slaAlerts { cursor prevCursor replayed alert { id kind severity raisedAt message { en zh } audience branchId } }
}`);

/** Events that are not counted, while V8 learns the code. */
const WARM_UP = 50;

/** The result that graphql-js makes of an event, as text. */
async function executeEvent(event: FeedEvent): Promise<string> {
  return JSON.stringify(await execute({ schema, document, rootValue: { slaAlerts: event }, fieldResolver }));
}

/** An event's alert is its row. */
const fieldResolver: GraphQLFieldResolver<Record<string, unknown>, unknown> = (
  source,
  _args,
  _context,
  { fieldName },
) => {
  const value = source[fieldName === 'alert' ? 'row' : fieldName];
  return value instanceof Date ? value.toISOString() : value;
};

/** A log that answers the log tail's one statement from memory. */
class MemoryLog {
  readonly #rows: (Omit<AlertRow, 'pos'> & { pos: string })[] = [];
  readonly pool = {
    query: async (_sql: string, [after, limit]: [number, number]) => {
      const head = { epoch: 'bench', headPos: String(this.#rows.length), oldestPos: '1' };
      const rows = this.#rows.slice(after, after + limit);
      return { rows: rows.length ? rows.map((row) => ({ ...row, ...head })) : [{ ...head, pos: null }] };
    },
  } as unknown as Pool;

  raise(branchId: string): void {
    this.#rows.push({
      id: randomUUID(),
      dedupeKey: '',
      pos: String(this.#rows.length + 1),
      kind: 'SLA_AT_RISK',
      severity: 'WARNING',
      raisedAt: new Date(),
      message: {
        en: 'The resolution of ticket T-4711 falls due in 96 minutes.',
        zh: '工单 T-4711 的解决时限还剩 96 分钟。',
      },
      audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
      assigneeId: null,
      policyId: 'standard',
      branchId,
      customerId: null,
      ticketId: null,
      clockId: null,
      taskId: null,
      approvalId: null,
      tierRank: null,
      acknowledgedById: null,
      acknowledgedAt: null,
      note: null,
      acknowledgementExpiresAt: null,
      endedAt: null,
      update: null,
      asRaised: null,
    });
  }
}

interface Way {
  readonly name: string;
  publish(branchId: string): void;
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/**
 * Subscribers are spread over `groups` branches; an event concerns one branch.
 *
 * @returns of shared and of raw, for one event: the median time, and the mean of the CPU's
 */
async function measure(subscribers: number, groups: number, events: number): Promise<[Cost, Cost]> {
  const log = new MemoryLog();
  const tail = new AlertLogTail({ pool: log.pool, gapMs: 0 });
  tail.start();
  await tail.ready();
  const broadcast = new AlertBroadcast({ tail, cursorKey: new CursorKey(randomBytes(32)), bookmarkEveryMs: 3_600_000 });
  const server = http.createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  const byBranch = new Map<string, WebSocket[]>();
  sockets.on('connection', (socket, request) => {
    const branchId = `branch-${sockets.clients.size % groups}`;
    byBranch.set(branchId, [...(byBranch.get(branchId) ?? []), socket]);
    const ended = new AbortController();
    socket.on('close', () => ended.abort());
    const sendFrame = frameWriter(request.socket, randomUUID());
    void broadcast.follow({
      key: branchId,
      matches: (row) => row.branchId === branchId,
      entitled: () => true,
      execute: executeEvent,
      // The first Bookmark is not part of the measurement.
      send: (result, event) => event.kind === 'RAISED' && sendFrame(result),
      ready: () => socket.bufferedAmount < 1_000_000,
      drained: () => once(socket, 'drain').then(() => {}),
      signal: ended.signal,
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const client = fork(fileURLToPath(import.meta.url), [String(subscribers)], {
    env: { ...process.env, FAN_OUT_PORT: String(port) },
  });
  await said(client, 'connected');
  while (broadcast.figures().together < subscribers) await new Promise((resolve) => setTimeout(resolve, 20));

  // As long as what the other way sends.
  const { text: payload } = await sample(log, tail);
  const text = Buffer.from(`{"id":"${randomUUID()}","type":"next","payload":${payload}}`);
  const ways: Way[] = [
    {
      name: 'shared',
      publish: (branchId) => {
        log.raise(branchId);
        tail.wake();
      },
    },
    {
      name: 'raw',
      publish: (branchId) => {
        for (const socket of byBranch.get(branchId) ?? []) socket.send(text, { binary: false });
      },
    },
  ];
  const costs: Cost[][] = [[], []];
  for (let event = -WARM_UP; event < events; event++) {
    // By turns, and who is first changes, so that neither is the other's warm-up.
    for (const index of event % 2 ? [0, 1] : [1, 0]) {
      const branchId = `branch-${(event + WARM_UP) % groups}`;
      const cost = await timed(client, byBranch.get(branchId)?.length ?? 0, () => ways[index]?.publish(branchId));
      if (event >= 0) costs[index]?.push(cost);
    }
  }
  client.kill();
  await tail.stop();
  for (const socket of sockets.clients) socket.terminate();
  server.close();
  return costs.map((list) => ({
    wallMs: median(list.map(({ wallMs }) => wallMs)),
    cpuMs: mean(list.map(({ cpuMs }) => cpuMs)),
  })) as [Cost, Cost];
}

/** A result as long as any that is measured, of an alert that concerns nobody. */
async function sample(log: MemoryLog, tail: AlertLogTail): Promise<SharedResult> {
  log.raise('branch-none');
  await tail.refresh();
  const slice = await tail.read(0);
  const [row] = slice.rows;
  if (!row) throw new Error('the log is empty');
  const cursor = new CursorKey(randomBytes(32)).write({ epoch: 'bench', pos: 100 });
  const text = await executeEvent({ kind: 'RAISED', row, pos: 1, cursor, prevCursor: cursor, replayed: false });
  return { text, bytes: Buffer.from(text) };
}

/** The cost of one event, until the last of its frames has arrived. */
async function timed(client: ChildProcess, frames: number, publish: () => void): Promise<Cost> {
  client.send(frames);
  await said(client, 'armed');
  const done = said(client, 'done');
  const cpu = process.cpuUsage();
  const began = performance.now();
  publish();
  await done;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - began, cpuMs: (user + system) / 1_000 };
}

async function said(client: ChildProcess, word: string): Promise<void> {
  for (;;) if ((await once(client, 'message'))[0] === word) return;
}

/** The other ends: bare sockets that count frames, so that they take as little of the machine as they can. */
function runClient(port: number, subscribers: number): void {
  let connected = 0;
  let missing = 0;
  const connect = () => {
    const socket = net.connect(port, '127.0.0.1', () => {
      const key = randomBytes(16).toString('base64');
      socket.write(
        `GET / HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
      );
    });
    let rest = Buffer.alloc(0);
    let isOpen = false;
    socket.on('error', () => process.exit());
    socket.on('data', (chunk) => {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      if (!isOpen) {
        const end = rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        isOpen = true;
        rest = rest.subarray(end + 4);
        connected += 1;
        if (connected === subscribers) process.send?.('connected');
        else if (connected % 50 === 0) for (let i = 0; i < Math.min(50, subscribers - connected); i++) connect();
      }
      // A server's frames are not masked; the measured ones have a length of two bytes.
      for (;;) {
        if (rest.length < 4) return;
        const end = rest.readUInt8(1) === 126 ? 4 + rest.readUInt16BE(2) : 2 + rest.readUInt8(1);
        if (rest.length < end) return;
        rest = rest.subarray(end);
        missing -= 1;
        if (missing === 0) process.send?.('done');
      }
    });
  };
  for (let i = 0; i < Math.min(50, subscribers); i++) connect();
  process.on('message', (frames: number) => {
    missing = frames;
    process.send?.('armed');
  });
  process.on('disconnect', () => process.exit());
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function report(title: string, [shared, raw]: [Cost, Cost]): void {
  const ratio = (value: number) => value.toFixed(2);
  console.log(
    `${title}: throughput x raw ${ratio(raw.wallMs / shared.wallMs)}, CPU x raw ${ratio(shared.cpuMs / raw.cpuMs)} ` +
      `(shared ${ratio(shared.wallMs)} ms, raw ${ratio(raw.wallMs)} ms an event)`,
  );
}

if (process.env.FAN_OUT_PORT) {
  runClient(Number(process.env.FAN_OUT_PORT), Number(process.argv[2]));
} else {
  const subscribers = Number(process.argv[2] ?? 1_000);
  const events = Number(process.argv[3] ?? 40);
  report(`${subscribers} equal subscribers`, await measure(subscribers, 1, events));
  report(`3000 subscribers, 1 % of them match`, await measure(3_000, 100, 10 * events));
  process.exit();
}
