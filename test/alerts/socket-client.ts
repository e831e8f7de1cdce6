import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Answer, RootOf } from '../support/ask.ts';
import type { List } from '../support/read.ts';

/** An event of a stream of alerts, whatever kind it is of. */
export type StreamEvent = RootOf<'SlaAlerts'>;

type Fault = NonNullable<Answer['errors']>[number];

export interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly data?: Readonly<Record<string, StreamEvent>>; readonly errors?: readonly Fault[] };
  /** When it came, by the clock of `performance`. */
  readonly at: number;
}

/** A bare graphql-transport-ws client: nothing is retried, hidden or repaired. */
export class SocketClient {
  readonly messages: Message[] = [];
  readonly socket: WebSocket;
  /** The code of the close, once there was one. */
  readonly closed: Promise<number>;
  code: number | null = null;
  #next = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.code = code;
        resolve(code);
      });
    });
    socket.on('error', () => {});
    socket.on('message', (data) => this.messages.push({ ...JSON.parse(String(data)), at: performance.now() }));
  }

  /** Opens a socket and sends its `connection_init`. @throws when it is not acknowledged */
  static async connect(url: string, token: string, locale = 'en'): Promise<SocketClient> {
    const client = new SocketClient(new WebSocket(url, 'graphql-transport-ws'));
    await Promise.race([once(client.socket, 'open'), client.closed]);
    client.send({ type: 'connection_init', payload: { Authorization: `Bearer ${token}`, 'Accept-Language': locale } });
    await client.until(() => client.messages.some(({ type }) => type === 'connection_ack'));
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** @returns the operation's id */
  subscribe(query: string, variables: object = {}, id = `op${this.#next++}`): string {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
    return id;
  }

  /** The root fields of what came for an operation. */
  events(id: string): List<StreamEvent> {
    return this.messages
      .filter((message) => message.id === id && message.type === 'next')
      .map(({ payload }) => Object.values(payload?.data ?? {})[0] ?? payload) as List<StreamEvent>;
  }

  /** Why an operation was ended. */
  errors(id: string): readonly Fault[] {
    const error = this.messages.find((message) => message.id === id && message.type === 'error');
    return (error?.payload ?? []) as readonly Fault[];
  }

  /** The alerts among them. */
  alerts(id: string): List<StreamEvent> {
    return this.events(id).filter(({ __typename }) => __typename === 'AlertRaised');
  }

  /** Waits until it is so. @throws after `ms` milliseconds, or when the socket closes first */
  async until(isSo: () => boolean, ms = 10_000): Promise<void> {
    const end = performance.now() + ms;
    while (!isSo()) {
      if (this.code !== null) throw new Error(`the socket was closed with ${this.code}`);
      if (performance.now() > end) throw new Error(`it was not so within ${ms} ms: ${isSo}`);
      await sleep(5);
    }
  }

  /** The other side of the cable: takes nothing from the socket until `resume`. */
  stall(): void {
    tcpOf(this.socket).pause();
  }

  resume(): void {
    tcpOf(this.socket).resume();
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.socket.terminate();
  }
}

/** The connection below a WebSocket, which ws keeps to itself. */
function tcpOf(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket;
}
