import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';

// A peer that takes the connection and never says a word, as a balancer does whose servers are away. Whoever follows alerts runs in a
// process of its own here, for what has to survive is the process.

const program = (client: string) => `
  import { createClient } from 'graphql-ws';
  import WebSocket from 'ws';
  import { followAlerts } from './client/index.ts';
  const [url] = process.argv.slice(1);
  const client = ${client};
  let waits = 0;
  const following = followAlerts({
    ...(client ? { client } : { url, webSocketImpl: WebSocket, token: () => 'token' }),
    document: 'subscription ($after: String) { slaAlerts(after: $after) { __typename } }',
    silenceMs: 100,
    retryMs: () => 10,
    onEvent: () => undefined,
    onStatus: ({ state, reason }) => {
      if (state === 'WAITING') console.log(state, reason);
      if (state === 'WAITING' && ++waits === 3) following.stop().then(() => { console.log('STOPPED'); ${client === 'null' ? '' : 'process.exit();'} });
    },
  });
`;

let silent: Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test.each([
  { whose: 'a socket of its own', scheme: 'ws', client: 'null' },
  { whose: 'the client of the application', scheme: 'ws', client: 'createClient({ url, webSocketImpl: WebSocket })' },
  { whose: 'Server-Sent Events', scheme: 'http', client: 'null' },
])(
  'over $whose a peer that never answers is waited for, and tried again',
  async ({ scheme, client }) => {
    const { port } = silent.address() as { port: number };
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', program(client), `${scheme}://127.0.0.1:${port}/graphql`],
      { timeout: 20_000 },
    );
    let told = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        told += text;
      });
    const [code] = await once(child, 'close');
    expect(told.trim().split('\n')).toEqual(['WAITING SILENT', 'WAITING SILENT', 'WAITING SILENT', 'STOPPED']);
    expect(code).toBe(0);
  },
  30_000,
);
