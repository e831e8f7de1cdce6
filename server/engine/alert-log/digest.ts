import type { AlertRaised, FeedBookmark, FeedDiscontinuity, FeedEvent } from './feed-event.ts';
import type { AlertRow, AlertSeverity } from './row.ts';

// A digest waits: from the first alert that it holds, for one window. Then all alerts of that time leave together, one
// digest for each kind, policy and branch. Until the last of them has left, nothing has moved the viewer's cursor, so
// whoever is cut off in between gets the whole window again; a digest names its alerts, so that they are counted once.

/** Alerts in one digest, at most; a burst leaves in several, before its window is over. */
export const DIGEST_LIMIT = 1_000;

/** Alerts of one kind, policy and branch that came within one window. */
export interface FeedDigest {
  readonly kind: 'DIGEST';
  /** Where to go on: behind the whole window for its last digest, else before it. */
  readonly cursor: string;
  readonly pos: number;
  readonly prevCursor: string | null;
  /** Oldest first; at least one. */
  readonly rows: readonly AlertRow[];
  /** All were raised before the stream began. */
  readonly replayed: boolean;
}

export type DigestedEvent = FeedDigest | FeedBookmark | FeedDiscontinuity;

export interface DigestOptions {
  /** Where the stream of `feed` begins. */
  readonly after: string | null;
  /** Milliseconds. */
  readonly windowMs: number;
  /** Whether the viewer may see it now; asked again when a digest leaves, for it has waited. */
  entitled(row: AlertRow): boolean | Promise<boolean>;
}

/**
 * Gathers a viewer's alerts into digests. What ends the feed ends the digests, and `return()` ends both at once.
 *
 * @throws what the feed or `entitled` throws
 */
export function digestAlerts(
  feed: AsyncGenerator<FeedEvent, void, void>,
  options: DigestOptions,
): AsyncGenerator<DigestedEvent, void, void> {
  const events = gather(feed, options);
  return {
    next: () => events.next(),
    return: async () => {
      // The feed's end wakes the gathering, which may be waiting for it.
      await feed.return();
      return events.return();
    },
    throw: async (error) => {
      await feed.return();
      return events.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}

async function* gather(
  feed: AsyncGenerator<FeedEvent, void, void>,
  options: DigestOptions,
): AsyncGenerator<DigestedEvent, void, void> {
  const pending = new Pending(options);
  try {
    let coming = feed.next();
    for (;;) {
      const result = await (pending.window ? Promise.race([coming, pending.window.over]) : coming);
      if (result === 'OVER') {
        yield* pending.flush();
        continue;
      }
      if (result.done) return;
      yield* pending.take(result.value);
      coming = feed.next();
    }
  } finally {
    pending.window?.close();
    await feed.return();
  }
}

/** What waits for its window to end, and where the viewer's cursor stands meanwhile. */
class Pending {
  window: Window | undefined;
  readonly #options: DigestOptions;
  #raised: AlertRaised[] = [];
  #cursor: string | null;

  constructor(options: DigestOptions) {
    this.#options = options;
    this.#cursor = options.after;
  }

  /** Takes in an event of the feed. @yields what leaves because of it */
  async *take(event: FeedEvent): AsyncGenerator<DigestedEvent, void, void> {
    // What becomes of alerts is not told in digests: the schema hides it from these streams.
    if (event.kind === 'UPDATED') return;
    if (event.kind === 'RAISED') {
      this.#raised.push(event);
      this.window ??= new Window(this.#options.windowMs);
      if (this.#raised.length >= DIGEST_LIMIT) yield* this.flush();
    } else if (event.kind === 'DISCONTINUITY') {
      yield* this.flush();
      this.#cursor = event.cursor;
      yield event;
    } else {
      // What was replayed does not wait for company.
      if (event.caughtUp && this.#raised.some(({ replayed }) => replayed)) yield* this.flush();
      const [prevCursor, isWaiting] = [this.#cursor, this.#raised.length > 0];
      // A sign of life that does not pass over what waits.
      if (isWaiting && prevCursor !== null) {
        yield { ...event, cursor: prevCursor, prevCursor };
        return;
      }
      yield { ...event, prevCursor };
      this.#cursor = event.cursor;
    }
  }

  async *flush(): AsyncGenerator<FeedDigest, void, void> {
    this.window?.close();
    this.window = undefined;
    const raised = this.#raised;
    this.#raised = [];
    const last = raised.at(-1);
    if (!last) return;
    const groups = await groupsOf(raised, this.#options.entitled);
    for (const [index, group] of groups.entries()) {
      const isLast = index === groups.length - 1;
      const prevCursor = this.#cursor;
      // Before the first cursor there is none to stay at: a viewer who came without one has got a Bookmark by now.
      const cursor = isLast || prevCursor === null ? last.cursor : prevCursor;
      this.#cursor = cursor;
      yield {
        kind: 'DIGEST',
        cursor,
        pos: last.pos,
        prevCursor,
        rows: group.map(({ row }) => row),
        replayed: group.every(({ replayed }) => replayed),
      };
    }
  }
}

/** By kind, policy and branch, in the order of each group's first alert; what the viewer may no longer see is left out. */
async function groupsOf(
  raised: readonly AlertRaised[],
  entitled: DigestOptions['entitled'],
): Promise<readonly (readonly AlertRaised[])[]> {
  const groups = new Map<string, AlertRaised[]>();
  for (const event of raised) {
    const { kind, policyId, branchId } = event.row;
    if (!(await entitled(event.row))) continue;
    const key = `${kind} ${policyId} ${branchId}`;
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()];
}

const SEVERITIES: readonly AlertSeverity[] = ['INFO', 'WARNING', 'CRITICAL'];

/** The gravest of a digest's alerts. */
export function severityOf({ rows }: Pick<FeedDigest, 'rows'>): AlertSeverity {
  return SEVERITIES[Math.max(...rows.map(({ severity }) => SEVERITIES.indexOf(severity)))] ?? 'INFO';
}

class Window {
  readonly over: Promise<'OVER'>;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.over = new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve('OVER'), ms);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
