import type { Pool } from 'pg';
import { Limiter } from '../../platform/values/limiter.ts';
import { backoffMs, PollDelay } from '../../platform/values/poll-delay.ts';
import { type Growth, type LogPage, type LogSlice, readLog } from './log.ts';
import { Ring } from './ring.ts';
import type { AlertRow } from './row.ts';

// One log tail per process follows the log and keeps its newest alerts in memory. Its subscribers are cursors with a wake
// flag: nobody has a queue, so a subscriber that stands still costs nothing, and one that lies behind the memory reads
// the table at its own pace. Wakes are hints; the poll finds what no hint told of. Where another epoch shows up, or the
// log has become shorter, a backup was restored: the log tail begins anew, and its subscribers see another `history`.

/** Alerts that the tail reader takes at a time. */
const TAIL = 1_000;

export interface LogTailOptions {
  readonly pool: Pool;
  /** Alerts kept in memory. */
  readonly ringSize?: number;
  /** Alerts that are read into memory at the start, for those who reconnect after a deploy. At most TAIL. */
  readonly warmRows?: number;
  /** Alerts that a subscriber gets at a time. */
  readonly pageSize?: number;
  /** Milliseconds within which an alert is found that nobody woke us for. */
  readonly pollMs?: number;
  /** Milliseconds between two looks at the tail: 10 makes 100 queries a second at most. */
  readonly gapMs?: number;
  /** Table reads at the same time of subscribers who lie behind, so that they leave the pool to others. */
  readonly readers?: number;
  /** Hears of failures, each of which is tried again. */
  readonly onError?: (error: unknown) => void;
}

export interface LogTailFigures {
  /** The newest position in memory, and the newest in the database when it was last read. */
  readonly headPos: number;
  readonly logHeadPos: number;
  /** Milliseconds since the tail was last read; grows while the database is away. */
  readonly lagMs: number;
  readonly subscribers: number;
  /** Statements: of the tail reader, and of subscribers behind the memory. */
  readonly tailQueries: number;
  readonly pageQueries: number;
  readonly failures: number;
}

export class AlertLogTail {
  readonly #pool: Pool;
  readonly #ring: Ring<AlertRow>;
  readonly #warmRows: number;
  readonly #pageSize: number;
  readonly #pollMs: number;
  readonly #gapMs: number;
  readonly #gate: Limiter;
  readonly #onError: (error: unknown) => void;
  readonly #pace = new PollDelay();
  readonly #subscribers = new Set<(growth?: Growth) => void>();
  /** Page reads under way, by position: after a deploy many ask for the same. */
  readonly #pages = new Map<number, Promise<LogSlice>>();
  #refreshes: (() => void)[] = [];
  #history: { readonly epoch: string } | undefined;
  #stopped = false;
  #running: Promise<void> | undefined;
  #logHeadPos = 0;
  #readAt = performance.now();
  #figures = { tailQueries: 0, pageQueries: 0, failures: 0 };

  constructor(options: LogTailOptions) {
    this.#pool = options.pool;
    this.#ring = new Ring(options.ringSize ?? 20_000);
    this.#warmRows = Math.min(options.warmRows ?? TAIL, TAIL);
    this.#pageSize = options.pageSize ?? 200;
    this.#pollMs = options.pollMs ?? 500;
    this.#gapMs = options.gapMs ?? 10;
    this.#gate = new Limiter(options.readers ?? 2);
    this.#onError = options.onError ?? (() => {});
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There may be something new. Never throws and costs nothing, so that a LISTEN callback can be this and no more. */
  wake(): void {
    this.#pace.wake();
  }

  /** Ends after the statement that is under way; all streams on the log tail end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pace.close();
    this.#settleRefreshes();
    this.#tell();
    await this.#running;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /**
   * The history that the log tells, an object of its own for each: it is replaced when the database turns out to be
   * another one. Undefined until the first read.
   */
  get history(): { readonly epoch: string } | undefined {
    return this.#history;
  }

  /** The newest position in memory; 0 before the first read. */
  get headPos(): number {
    return this.#ring.headPos;
  }

  /** Memory holds everything after this position. */
  get floorPos(): number {
    return this.#ring.floorPos;
  }

  /** Resolves when a read of the tail that begins after this call has reached the log's end, or the log tail has stopped. */
  refresh(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#refreshes.push(resolve);
      this.#pace.wake();
    });
  }

  /** Resolves when the log has been read once, or the log tail has stopped. */
  async ready(): Promise<void> {
    if (!this.#history) await this.refresh();
  }

  /** What the database keeps of the log now. Retries until the database answers or the log tail stops. */
  bounds(): Promise<LogSlice> {
    return this.#gate.run(() => this.#readTable(this.headPos, 0));
  }

  /**
   * Up to a page of the log after a position: at once from memory, or from the table for one who lies behind it.
   * Failures of the database are retried; a stopped log tail answers with nothing.
   */
  read(after: number): LogSlice | Promise<LogSlice> {
    if (after >= this.floorPos) {
      const upTo = Math.min(this.headPos, after + this.#pageSize);
      return { rows: this.#ring.between(after, upTo), upTo: Math.max(after, upTo), oldestPos: after + 1 };
    }
    let page = this.#pages.get(after);
    if (!page) {
      const reading = this.#gate.run(() => this.#readTable(after, this.#pageSize));
      page = reading.finally(() => {
        if (this.#pages.get(after) === page) this.#pages.delete(after);
      });
      this.#pages.set(after, page);
    }
    return page;
  }

  /**
   * @param wake is called when the log has grown, and without a growth when it began anew or the log tail stopped; it must
   *   not throw, and be quick: all subscribers are told in one go
   * @returns ends the subscription
   */
  subscribe(wake: (growth?: Growth) => void): () => void {
    // A function of its own, so that the same `wake` can subscribe twice.
    const own = (growth?: Growth) => wake(growth);
    this.#subscribers.add(own);
    return () => void this.#subscribers.delete(own);
  }

  figures(): LogTailFigures {
    return {
      headPos: this.headPos,
      logHeadPos: this.#logHeadPos,
      lagMs: Math.round(performance.now() - this.#readAt),
      subscribers: this.#subscribers.size,
      ...this.#figures,
    };
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      const served = this.#refreshes;
      this.#refreshes = [];
      let more = false;
      try {
        more = await this.#readTail();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#fail(error);
      }
      if (failures > 0) {
        this.#refreshes.unshift(...served);
        await this.#pace.rest(backoffMs(failures));
      } else if (more) {
        this.#refreshes.unshift(...served);
      } else {
        for (const resolve of served) resolve();
        await this.#pace.rest(this.#gapMs);
        await this.#pace.wait(this.#pollMs - this.#gapMs);
      }
    }
    this.#settleRefreshes();
  }

  /** @returns whether there may be more at once */
  async #readTail(): Promise<boolean> {
    const page = await this.#query(this.headPos, this.#history ? TAIL : 0);
    if (!this.#history || page.epoch !== this.#history.epoch || page.headPos < this.headPos) return this.#begin(page);
    return this.#append(page);
  }

  /** Takes up another history, at its end: nobody sees it before it is there, or old alerts would pass for new. */
  async #begin(bounds: LogPage): Promise<boolean> {
    const start = Math.max(bounds.oldestPos - 1, bounds.headPos - this.#warmRows);
    const page = await this.#query(start, TAIL);
    if (page.epoch !== bounds.epoch) return true;
    this.#ring.begin(start);
    this.#pages.clear();
    this.#history = { epoch: page.epoch };
    const more = this.#append(page);
    this.#tell();
    return more;
  }

  #append({ rows, headPos, oldestPos }: LogPage): boolean {
    const isFull = rows.length === TAIL;
    const upTo = isFull ? (rows.at(-1)?.pos ?? this.headPos) : headPos;
    if (upTo > this.headPos) {
      const after = this.headPos;
      this.#ring.append(rows, upTo);
      this.#tell({ rows, after, upTo });
    }
    // What retention removed is forgotten here too, or it would be replayed to clients who cannot read it any more.
    this.#ring.forget(oldestPos - 1);
    return isFull;
  }

  async #query(after: number, limit: number): Promise<LogPage> {
    this.#figures.tailQueries += 1;
    const page = await readLog(this.#pool, after, limit);
    this.#readAt = performance.now();
    this.#logHeadPos = page.headPos;
    return page;
  }

  async #readTable(after: number, limit: number): Promise<LogSlice> {
    for (let failures = 0; !this.#stopped; ) {
      try {
        this.#figures.pageQueries += 1;
        const page = await readLog(this.#pool, after, limit);
        if (page.epoch !== this.#history?.epoch) {
          // The tail reader has yet to see that this is another history; what was read belongs to nobody.
          await this.refresh();
          return { rows: [], upTo: after, oldestPos: after + 1 };
        }
        const last = page.rows.at(-1);
        const upTo = last && page.rows.length === limit ? last.pos : Math.max(after, page.headPos);
        return { rows: page.rows, upTo: limit === 0 ? after : upTo, oldestPos: page.oldestPos };
      } catch (error) {
        failures += 1;
        this.#fail(error);
        await new Promise((resolve) => setTimeout(resolve, backoffMs(failures)));
      }
    }
    return { rows: [], upTo: after, oldestPos: after + 1 };
  }

  #tell(growth?: Growth): void {
    for (const wake of this.#subscribers) wake(growth);
  }

  #settleRefreshes(): void {
    for (const resolve of this.#refreshes.splice(0)) resolve();
  }

  #fail(error: unknown): void {
    this.#figures.failures += 1;
    try {
      this.#onError(error);
    } catch {
      // Whoever listens has to report its own faults; the log is followed all the same.
    }
  }
}
