import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Sink } from 'graphql-ws';

/** A graphql-ws client whose server is the test. */
export class FakeClient {
  opens = 0;
  terminated = 0;
  /** The cursor with which the present operation was begun. */
  after: string | null = null;
  #sink: Sink | undefined;

  readonly client = {
    subscribe: ({ variables }: { variables: Record<string, unknown> }, sink: Sink) => {
      this.opens += 1;
      // What is sent is what JSON makes of it.
      this.after = JSON.parse(JSON.stringify(variables)).after ?? null;
      this.#sink = sink;
      return () => {
        if (this.#sink === sink) this.#sink = undefined;
      };
    },
    terminate: () => {
      this.terminated += 1;
    },
  } as unknown as Client;

  async opened(times: number): Promise<void> {
    for (const end = Date.now() + 5_000; this.opens < times || !this.#sink; await sleep(1))
      if (Date.now() > end) throw new Error(`it was opened ${this.opens} times`);
  }

  raise(prevCursor: string | null, cursor: string, id: string): void {
    const alert = { id: Buffer.from(`Alert:${id}`).toString('base64') };
    this.#next({ __typename: 'AlertRaised', cursor, prevCursor, alert });
  }

  digest(prevCursor: string | null, cursor: string, ids: readonly string[]): void {
    const alertIds = ids.map((id) => Buffer.from(`Alert:${id}`).toString('base64'));
    this.#next({ __typename: 'AlertDigest', cursor, prevCursor, alertIds, count: ids.length });
  }

  bookmark(prevCursor: string | null, cursor: string): void {
    this.#next({ __typename: 'Bookmark', cursor, prevCursor, caughtUp: true });
  }

  /** The socket closes, and the client does not try again. */
  drop(code: number): void {
    this.#sink?.error({ code, reason: '' });
  }

  /** The operation is refused, or ends with an error. */
  refuse(code: string): void {
    this.#sink?.error([{ message: code, extensions: { code } }]);
  }

  #next(event: object): void {
    this.#sink?.next({ data: { slaAlerts: event } });
  }
}
