import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import WebSocket from 'ws';

/** A server and the tokens of somebody who attacks it and of somebody who only works. */
export interface Target {
  readonly url: string;
  readonly wsUrl: string;
  readonly attacker: string;
  readonly victim: string;
}

/** Attacks until the signal fires; tells each answer by its status, or `cut` where the connection was ended. */
type Attack = (target: Target, count: (answer: string) => void, signal: AbortSignal) => Promise<void>;

const JSON_TYPE = { 'content-type': 'application/json' };

/** So many loops at a time, each sending what `next` gives. */
function flood(next: (n: number) => RequestInit & { readonly path?: string }, parallel = 16): Attack {
  return async (target, count, signal) => {
    setMaxListeners(0, signal);
    let sent = 0;
    await Promise.all(
      Array.from({ length: parallel }, async () => {
        while (!signal.aborted) {
          const { path = '', ...init } = next(sent++);
          try {
            const response = await fetch(`${target.url}${path}`, {
              method: 'POST',
              ...init,
              headers: { authorization: `Bearer ${target.attacker}`, ...init.headers },
              signal,
            });
            await response.arrayBuffer();
            count(String(response.status));
          } catch {
            if (!signal.aborted) count('cut');
          }
        }
      }),
    );
  };
}

const documents = (query: (n: number) => string, parallel?: number): Attack =>
  flood((n) => ({ headers: JSON_TYPE, body: JSON.stringify({ query: query(n) }) }), parallel);

/** Sockets, opened at once, and again whenever they are cut; what is sent on each is the attack's own. */
function sockets(total: number, act: (socket: WebSocket, signal: AbortSignal) => void): Attack {
  return async (target, count, signal) => {
    const open = new Set<WebSocket>();
    const connectOne = () => {
      if (signal.aborted) return;
      const socket = new WebSocket(target.wsUrl, 'graphql-transport-ws');
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('open', () => act(socket, signal));
      socket.on('close', (code) => {
        open.delete(socket);
        count(String(code));
        setTimeout(connectOne, 50);
      });
    };
    for (let index = 0; index < total; index++) connectOne();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    for (const socket of open) socket.terminate();
  };
}

const repeat = (text: string, times: number) => Array.from({ length: times }, () => text).join(' ');

/** Says who it is and waits for the answer. */
function greet(socket: WebSocket, token: string, then: () => void): void {
  socket.once('message', then);
  socket.send(init(token));
}

/** Sends as long as the socket takes it, in bursts. */
function pour(socket: WebSocket, signal: AbortSignal, text: () => string): void {
  const burst = () => {
    if (signal.aborted || socket.readyState !== socket.OPEN) return;
    for (let sent = 0; sent < 200 && socket.bufferedAmount < 1_000_000; sent++) socket.send(text());
    setTimeout(burst, 5);
  };
  burst();
}

const init = (token: string) =>
  JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${token}` } });

/**
 * What an attack is refused with, at least once, where HTTP or a WebSocket says so itself: a status or a code. The others hear of
 * errors within an answer, or get no further than a connection.
 */
export const REFUSED_WITH: Readonly<Record<string, string>> = {
  'deep nesting': '400',
  'nesting through lists': '400',
  'pages of a hundred hundreds': '400',
  'alias flood': '400',
  'directive flood': '400',
  'the longest documents': '400',
  'tokens up to the limit': '400',
  batching: '400',
  'bodies of ten megabytes': '413',
  'bodies that are no JSON': '400',
  'bodies that are no UTF-8': '400',
  'mutations as forms': '415',
  'mutations by GET': '405',
  'messages of a megabyte': '1009',
};

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'deep nesting': documents(
    (n) => `{ viewer { branch ${'{ parent '.repeat(200 + (n % 50))} { id } ${'}'.repeat(200 + (n % 50))} } }`,
  ),
  'nesting through lists': documents((n) => {
    const levels = 2 + (n % 2);
    return `{ customers { nodes { ${'tickets { nodes { customer { '.repeat(levels)}id${' } } }'.repeat(levels)} } } }`;
  }),
  'pages of a hundred hundreds': documents(
    (n) =>
      `{ a${n}: customers(first: 100) { nodes { tickets(first: 100) { nodes { customer { tickets(first: 100) { nodes { id } } } } } } } }`,
  ),
  'alias flood': documents(
    (n) => `{ ${Array.from({ length: 2_000 }, (_, index) => `a${n}_${index}: __typename`).join(' ')} }`,
  ),
  'directive flood': documents((n) => `{ __typename ${repeat('@include(if: true)', 1_500)} x${n}: __typename }`),
  'fragments in a circle': documents(
    (n) => `{ ...a${n} } fragment a${n} on Query { ...b } fragment b on Query { ...a${n} }`,
  ),
  'fragments that double': documents((n) => {
    const chain = Array.from(
      { length: 25 },
      (_, index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`,
    );
    return `{ ...f0 } ${chain.join(' ')} fragment f25 on Query { x${n}: __typename }`;
  }),
  'the longest documents': documents((n) => `{ viewer { id } } #${n}${'x'.repeat(200_000)}`),
  'tokens up to the limit': documents(
    (n) => `{ x${n}: viewer { id } ${repeat(`viewer { ${repeat('id', 200)} }`, 8)} }`,
  ),
  batching: flood(() => ({
    headers: JSON_TYPE,
    body: JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: '{ viewer { id } }' }))),
  })),
  'bodies of ten megabytes': flood(() => ({ headers: JSON_TYPE, body: Buffer.alloc(10_000_000, 0x20) }), 4),
  'bodies that are no JSON': flood((n) => ({ headers: JSON_TYPE, body: `{"query": ${'['.repeat(1_000 + (n % 100))}` })),
  'bodies that are no UTF-8': flood(() => ({ headers: JSON_TYPE, body: Buffer.alloc(1_000, 0xff) })),
  'mutations as forms': flood(() => ({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'query=mutation{__typename}',
  })),
  'mutations by GET': flood(() => ({ method: 'GET', path: `?query=${encodeURIComponent('mutation { __typename }')}` })),
  'tokens that are none': flood((n) => ({
    headers: {
      ...JSON_TYPE,
      authorization: `Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIke3tufX0ifQ.${'x'.repeat(80)}${n}`,
    },
    body: '{"query":"{ viewer { id } }"}',
  })),
  'one person with legal heavy queries': documents(
    (n) =>
      `{ a${n % 7}: customers(first: 40) { nodes { id name tickets(first: 20) { totalCount nodes { id subject } } tasks(first: 20) { totalCount nodes { id } } grades(first: 5) { nodes { id } } } } }`,
    64,
  ),
  'slow headers': async (target, count, signal) => {
    const { port } = new URL(target.url);
    const open = Array.from({ length: 200 }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.on('close', () => count('cut'));
      socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\n');
      return socket;
    });
    const dripping = setInterval(() => {
      for (const socket of open) if (socket.writable) socket.write('X: y\r\n');
    }, 200);
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    clearInterval(dripping);
    for (const socket of open) socket.destroy();
  },
  'sockets that never say who they are': sockets(300, () => undefined),
  'messages of a megabyte': (target, count, signal) =>
    sockets(10, (socket) => {
      greet(socket, target.attacker, () => socket.send('x'.repeat(1_000_000)));
    })(target, count, signal),
  'a flood of subscriptions on a socket': (target, count, signal) =>
    sockets(4, (socket, ended) => {
      let id = 0;
      const payload = { query: 'subscription { slaAlerts { __typename } }' };
      const next = () => JSON.stringify({ id: String(id++), type: 'subscribe', payload });
      greet(socket, target.attacker, () => pour(socket, ended, next));
    })(target, count, signal),
  'a flood of operations on a socket': (target, count, signal) =>
    sockets(4, (socket, ended) => {
      let id = 0;
      const payload = { query: '{ customers(first: 100) { nodes { id name } } }' };
      const next = () => JSON.stringify({ id: String(id++), type: 'subscribe', payload });
      greet(socket, target.attacker, () => pour(socket, ended, next));
    })(target, count, signal),
};
