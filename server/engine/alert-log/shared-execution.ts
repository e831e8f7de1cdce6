import type { FeedEvent } from './feed-event.ts';

// Many screens ask for the same: one document, equal variables, equal rights. What the server says to them about an
// alert is the same text, so it is made once and sent to all. A text can be shared where everything that shapes it is
// equal: the key (document, variables, rights), and the event with all that it says of the stream it stands in.

/** The JSON of a GraphQL result, made once for all who are told it. */
export interface SharedResult {
  readonly text: string;
  /** The same in UTF-8. Not to be changed. */
  readonly bytes: Buffer;
}

/** A viewer's hold on the shared results of a key. */
export interface SharedMember<Event> {
  /** @throws what `execute` throws; a failed execution is not kept, so the next to ask tries again */
  result(event: Event): Promise<SharedResult>;
  /** The key's results go with the last member. */
  leave(): void;
}

export interface SharedExecutionOptions<Event> {
  /** Equal for two events if and only if every field that a client can select is equal; `eventIdentity` for alerts. */
  readonly identify: (event: Event) => string;
  /** Results kept a key. Live viewers need few, for they all ask at about the same time. */
  readonly limit?: number;
  /**
   * Milliseconds that a result is used for. Bounded because it shows more than its event: names, states, the
   * acknowledgement as they were when it was made, and rights that no key knows of.
   */
  readonly maxAgeMs?: number;
}

interface Shared {
  readonly result: Promise<SharedResult>;
  readonly begunAt: number;
  /** It may be tried for long; those who ask meanwhile wait with the others instead of trying beside them. */
  isUnderWay: boolean;
}

interface Memo {
  readonly results: Map<string, Shared>;
  members: number;
}

/**
 * One execution and one serialisation for all who are told the same.
 *
 * The key has to name everything that shapes a result beside the event: the document and the operation's name, the
 * variables in a canonical spelling, the locale, and the rights down to a version that changes with them (roles,
 * branches, clearance, plugin scopes). Where somebody's rights are his own, his id belongs into the key.
 *
 * Wired into a transport, with `AlertBroadcast` (broadcast.ts) or by hand:
 *
 *     const member = shared.join(key, (event) => JSON.stringify(await execute({ ..., rootValue: event })));
 *     const sendFrame = frameWriter(wire, id);        // transport/frames.ts; graphql-ws: the id of the operation
 *     for await (const event of followAlerts(tail, { ... })) sendFrame(await member.result(event));
 *     member.leave();
 *
 * The frame goes around graphql-ws' own `next`, which would parse and serialise for each socket: `subscribe` returns an
 * iterator that never yields and whose `return()` stops the loop above, so that graphql-ws still keeps the operation's
 * life, and sends its `complete`. Over SSE the same text is the event's data: it has no line break.
 */
export class SharedExecution<Event> {
  readonly #identify: (event: Event) => string;
  readonly #limit: number;
  readonly #maxAgeMs: number;
  readonly #memos = new Map<string, Memo>();
  #executions = 0;

  constructor({ identify, limit = 256, maxAgeMs = 1_000 }: SharedExecutionOptions<Event>) {
    this.#identify = identify;
    this.#limit = limit;
    this.#maxAgeMs = maxAgeMs;
  }

  /**
   * @param key see above
   * @param execute gives the JSON text of the result; each member brings its own, and the first to ask is used. It has
   *   to make a fresh context for each event, or what a context remembers of rights outlives them
   */
  join(key: string, execute: (event: Event) => Promise<string>): SharedMember<Event> {
    const memo = this.#memos.get(key) ?? { results: new Map(), members: 0 };
    this.#memos.set(key, memo);
    memo.members += 1;
    let joined = true;
    return {
      result: (event) => this.#result(memo, event, execute),
      leave: () => {
        if (!joined) return;
        joined = false;
        memo.members -= 1;
        if (memo.members === 0) this.#memos.delete(key);
      },
    };
  }

  figures(): { readonly keys: number; readonly results: number; readonly executions: number } {
    let results = 0;
    for (const memo of this.#memos.values()) results += memo.results.size;
    return { keys: this.#memos.size, results, executions: this.#executions };
  }

  #result({ results }: Memo, event: Event, execute: (event: Event) => Promise<string>): Promise<SharedResult> {
    const identity = this.#identify(event);
    const now = performance.now();
    const known = results.get(identity);
    if (known && (known.isUnderWay || now - known.begunAt < this.#maxAgeMs)) return known.result;

    this.#executions += 1;
    const result = execute(event).then((text) => {
      made.isUnderWay = false;
      return { text, bytes: Buffer.from(text) };
    });
    const made: Shared = { result, begunAt: now, isUnderWay: true };
    // Deleted first, so that the map stays in order of age.
    results.delete(identity);
    results.set(identity, made);
    for (const oldest of results.keys()) {
      if (results.size <= this.#limit) break;
      results.delete(oldest);
    }
    made.result.catch(() => {
      if (results.get(identity) === made) results.delete(identity);
    });
    return made.result;
  }
}

/**
 * All that an event tells a client, short. The predecessor's cursor is part of it: two streams with equal filters and
 * rights name the same one from their second event on, but not before, for each began at a place of its own.
 */
export function eventIdentity(event: FeedEvent): string {
  switch (event.kind) {
    case 'RAISED':
    case 'UPDATED':
      return `A${event.replayed ? 1 : 0} ${event.cursor} ${event.prevCursor}`;
    case 'BOOKMARK':
      return `B${event.caughtUp ? 1 : 0} ${event.cursor} ${event.prevCursor}`;
    case 'DISCONTINUITY':
      return `D${event.reason} ${event.cursor} ${event.oldestCursor}`;
  }
}
