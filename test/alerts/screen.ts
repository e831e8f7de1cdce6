import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from './processes.ts';
import { type Message, SocketClient, type StreamEvent } from './socket-client.ts';

/** @param fields of each alert, beside its id */
const alertsWith = (fields: string) =>
  `subscription ($filter: AlertFilter, $after: String) { slaAlerts(filter: $filter, after: $after) { __typename
    ... on AlertRaised { cursor prevCursor alert { id ${fields} } } ... on Bookmark { cursor prevCursor }
    ... on Discontinuity { cursor reason } } }`;

/** With these the server says that it could not tell an event, and that another try may. */
const PASSING = ['NOT_READY', 'TIMEOUT', 'OVERLOADED'];

export interface ScreenOptions {
  readonly who: string;
  readonly kinds?: readonly string[];
  /** Milliseconds for which it stops reading, now and then. */
  readonly stallMs?: number;
  /** What it selects of an alert. */
  readonly fields?: string;
  /** Events between two cuts of its own, at most. */
  readonly cutAfter?: number;
}

export interface Delivery {
  readonly id: string;
  readonly at: number;
  readonly connection: number;
}

/**
 * Somebody's screen in the fault run. It keeps its cursor and goes on at any node, over bare sockets, so that nothing of
 * a client's library hides what the server did.
 */
export class Screen {
  readonly options: ScreenOptions;
  readonly deliveries: Delivery[] = [];
  readonly faults: string[] = [];
  /** With what each connection ended. */
  readonly codes = new Map<number, number>();
  connections = 0;
  /** Streams that ended with a code which says that another try may do. */
  endings = 0;
  cuts = 0;
  stalls = 0;
  #cursor: string;
  #on = true;
  readonly #fleet: Fleet;

  constructor(fleet: Fleet, options: ScreenOptions, cursor: string) {
    this.#fleet = fleet;
    this.options = options;
    this.#cursor = cursor;
  }

  get ids(): string[] {
    return this.deliveries.map(({ id }) => id);
  }

  stop(): void {
    this.#on = false;
  }

  async run(): Promise<void> {
    const token = await this.#fleet.token(this.options.who);
    while (this.#on) {
      const nodes = this.#fleet.nodes;
      const node = nodes[Math.floor(Math.random() * nodes.length)];
      const client = await SocketClient.connect(node?.wsUrl ?? '', token).catch(() => null);
      if (client) await this.#follow(client);
      await sleep(20 + Math.random() * 80);
    }
  }

  async #follow(client: SocketClient): Promise<void> {
    const { kinds, stallMs, cutAfter, fields = '' } = this.options;
    this.connections += 1;
    const id = client.subscribe(alertsWith(fields), { filter: kinds ? { kinds } : {}, after: this.#cursor });
    const cutAt = cutAfter ? 1 + Math.floor(Math.random() * cutAfter) : Number.POSITIVE_INFINITY;
    let stallAt = stallMs ? performance.now() + Math.random() * 1_000 : Number.POSITIVE_INFINITY;
    let seen = 0;
    let taken = 0;
    while (this.#on && (client.code === null || taken < client.messages.length)) {
      for (; taken < client.messages.length; taken++) {
        const message = client.messages[taken];
        if (message?.id !== id) continue;
        if (isEnding(message)) {
          this.endings += 1;
          seen = Number.POSITIVE_INFINITY;
          break;
        }
        const event = message.payload?.data?.slaAlerts;
        if (message.type !== 'next' || !event || message.payload?.errors) {
          this.faults.push(JSON.stringify(message).slice(0, 200));
          continue;
        }
        this.#take(event, message.at);
        seen += 1;
      }
      // Each message is looked at once; a long connection need not keep them.
      client.messages.length = 0;
      taken = 0;
      if (seen >= cutAt) {
        if (Number.isFinite(seen)) this.cuts += 1;
        break;
      }
      if (performance.now() > stallAt && stallMs && client.code === null) {
        this.stalls += 1;
        client.stall();
        await sleep(stallMs);
        client.resume();
        stallAt = performance.now() + 1_000 + Math.random() * 2_000;
      }
      await sleep(5);
    }
    client.cut();
    const code = await client.closed;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  #take(event: StreamEvent, at: number): void {
    if (event.__typename === 'Discontinuity') this.faults.push(`discontinuity ${event.reason}`);
    else if (event.prevCursor !== this.#cursor) this.faults.push(`the chain broke at connection ${this.connections}`);
    this.#cursor = event.cursor;
    if (event.__typename !== 'AlertRaised') return;
    const id = Buffer.from(event.alert.id, 'base64').toString().slice(6);
    this.deliveries.push({ id, at, connection: this.connections });
  }
}

function isEnding({ type, payload }: Message): boolean {
  if (type !== 'error') return false;
  const errors = payload as readonly { readonly extensions?: { readonly code?: string } }[];
  return errors.every(({ extensions }) => PASSING.includes(extensions?.code ?? ''));
}
