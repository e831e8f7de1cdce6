import { CpuShare } from './cpu-share.ts';
import type { Limits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** Why an operation is not taken. */
export type Overload = 'RATE_LIMITED' | 'OVERLOADED';

/** The operation was not begun; it may be sent again after `retryAfterMs`. */
export class OverloadError extends Error {
  readonly code: Overload;
  readonly retryAfterMs: number;
  constructor(code: Overload, retryAfterMs: number) {
    super(
      code === 'RATE_LIMITED'
        ? 'You send more operations than you may; go on in a moment.'
        : 'Too many operations wait already; try again in a moment.',
    );
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

interface Turn {
  readonly bytes: number;
  begin(): void;
  refuse(): void;
}

interface Requester {
  readonly key: string;
  running: number;
  waitingBytes: number;
  readonly waiting: Turn[];
  readonly rate: TokenBucket;
  /** When the last operation began or was refused. */
  at: number;
  /** Until when it has to let others go first. */
  restsUntil: number;
}

type TurnLimits = Pick<
  Limits,
  | 'runningPerPerson'
  | 'runningPerNode'
  | 'waitingPerPerson'
  | 'waitingBytesPerPerson'
  | 'waitingPerNode'
  | 'waitingBytesPerNode'
  | 'ratePerSecond'
  | 'rateBurst'
  | 'anonymousPerSecond'
  | 'anonymousBurst'
  | 'operationMs'
>;

/** Before whose address no token stands. */
const ANONYMOUS = 'address ';

/** The name, among those who ask, for those who bring no valid token. */
export function anonymous(address: string | undefined): string {
  return `${ANONYMOUS}${address ?? ''}`;
}

/**
 * Lets operations run, so many of each person and so many in all; the others wait, and whose turn is next goes round by
 * person, so that one person's flood delays nobody else. Whoever has most of a busy process's time while others use it too
 * runs one operation at a time, and rests for as long as each took. What waits too long, or is too much, is refused before
 * any of it was read.
 */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #now: () => number;
  readonly #cpuShare: CpuShare;
  readonly #requesters = new Map<string, Requester>();
  /** Those who wait, whose turn is next first. */
  readonly #queue = new Set<string>();
  #running = 0;
  #isArmed = false;
  #alarm: NodeJS.Timeout | undefined;
  #waiting = 0;
  #waitingBytes = 0;

  /** @param now milliseconds that only ever go up */
  constructor(limits: TurnLimits, now: () => number = () => performance.now(), cpuShare: CpuShare = new CpuShare(now)) {
    this.#limits = limits;
    this.#now = now;
    this.#cpuShare = cpuShare;
  }

  /**
   * Resolves when the operation may begin.
   *
   * @param key the person, or `anonymous(address)`
   * @param bytes what it holds while it waits
   * @returns ends it; called once or more often
   * @throws {OverloadError} it may not
   */
  enter(key: string, bytes = 0): Promise<() => void> {
    const limits = this.#limits;
    const requester = this.#requester(key);
    requester.at = this.#now();
    if (!requester.rate.take(requester.at)) return Promise.reject(new OverloadError('RATE_LIMITED', 1_000));
    if (this.#mayRun(requester) && requester.waiting.length === 0) return Promise.resolve(this.#begin(requester));
    if (
      requester.waiting.length >= limits.waitingPerPerson ||
      requester.waitingBytes + bytes > limits.waitingBytesPerPerson ||
      this.#waiting >= limits.waitingPerNode ||
      this.#waitingBytes + bytes > limits.waitingBytesPerNode
    ) {
      return Promise.reject(new OverloadError('OVERLOADED', 1_000));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#leaveQueue(key, requester, turn);
        turn.refuse();
      }, limits.operationMs);
      const turn: Turn = {
        bytes,
        begin: () => {
          clearTimeout(timer);
          resolve(this.#begin(requester));
        },
        refuse: () => reject(new OverloadError('OVERLOADED', 1_000)),
      };
      requester.waiting.push(turn);
      requester.waitingBytes += bytes;
      this.#waiting += 1;
      this.#waitingBytes += bytes;
      this.#queue.add(key);
      // Nobody's end wakes whoever rests.
      if (requester.running === 0) this.#next();
    });
  }

  /** Runs work when it may begin. @throws {OverloadError} it may not */
  async run<Result>(key: string, work: () => Result | Promise<Result>): Promise<Result> {
    const leave = await this.enter(key);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  get figures(): { readonly running: number; readonly waiting: number; readonly requesters: number } {
    return { running: this.#running, waiting: this.#waiting, requesters: this.#requesters.size };
  }

  #requester(key: string): Requester {
    const known = this.#requesters.get(key);
    if (known) return known;
    const now = this.#now();
    const { ratePerSecond, rateBurst, anonymousPerSecond, anonymousBurst } = this.#limits;
    const rate = key.startsWith(ANONYMOUS)
      ? { perSecond: anonymousPerSecond, burst: anonymousBurst }
      : { perSecond: ratePerSecond, burst: rateBurst };
    const requester: Requester = {
      key,
      running: 0,
      waitingBytes: 0,
      waiting: [],
      rate: new TokenBucket(rate, now),
      at: now,
      restsUntil: 0,
    };
    if (this.#requesters.size >= 10_000) this.#forgetIdle();
    this.#requesters.set(key, requester);
    return requester;
  }

  #mayRun(requester: Requester): boolean {
    if (this.#running >= this.#limits.runningPerNode || requester.running >= this.#limits.runningPerPerson)
      return false;
    return requester.running === 0 ? requester.restsUntil <= this.#now() : !this.#cpuShare.isGreedy(requester.key);
  }

  #begin(requester: Requester): () => void {
    requester.running += 1;
    this.#running += 1;
    const end = this.#cpuShare.begin(requester.key);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      requester.running -= 1;
      this.#running -= 1;
      const usedMs = end();
      if (this.#cpuShare.isGreedy(requester.key)) requester.restsUntil = this.#now() + usedMs;
      this.#next();
    };
  }

  /** Lets one of those who wait begin with the next turn of the event loop, so that input and answers of others pass between. */
  #next(): void {
    if (this.#isArmed || this.#queue.size === 0) return;
    this.#isArmed = true;
    setImmediate(() => {
      this.#isArmed = false;
      if (this.#beginOne()) this.#next();
      else this.#wakeTheRested();
    });
  }

  /** Looks again when the first of those who wait and rest has rested; everybody else is woken by whatever ends. */
  #wakeTheRested(): void {
    clearTimeout(this.#alarm);
    if (this.#running >= this.#limits.runningPerNode) return;
    let first = Number.POSITIVE_INFINITY;
    for (const key of this.#queue) {
      const requester = this.#requesters.get(key);
      // Also where the rest has ended since it was looked at: nothing else would wake them.
      if (requester?.running === 0) first = Math.min(first, requester.restsUntil);
    }
    const ms = Math.max(0, Math.ceil(first - this.#now()));
    if (first < Number.POSITIVE_INFINITY) this.#alarm = setTimeout(() => this.#next(), ms);
  }

  /** Begins the operation of the person who is longest without a turn; false where nobody may begin. */
  #beginOne(): boolean {
    for (const key of this.#queue) {
      const requester = this.#requesters.get(key);
      const turn = requester?.waiting[0];
      if (!requester || !turn || !this.#mayRun(requester)) continue;
      this.#leaveQueue(key, requester, turn);
      if (requester.waiting.length > 0) {
        this.#queue.delete(key);
        this.#queue.add(key);
      }
      turn.begin();
      return true;
    }
    return false;
  }

  #leaveQueue(key: string, requester: Requester, turn: Turn): void {
    const index = requester.waiting.indexOf(turn);
    if (index < 0) return;
    requester.waiting.splice(index, 1);
    requester.waitingBytes -= turn.bytes;
    this.#waiting -= 1;
    this.#waitingBytes -= turn.bytes;
    if (requester.waiting.length === 0) this.#queue.delete(key);
  }

  /** Those who have nothing under way and, after a minute, would have all their tokens again. */
  #forgetIdle(): void {
    const now = this.#now();
    for (const [key, { running, waiting, at }] of this.#requesters) {
      if (running === 0 && waiting.length === 0 && now - at > 60_000) this.#requesters.delete(key);
    }
    // A flood from ever new addresses: the oldest idle ones leave.
    if (this.#requesters.size < 10_000) return;
    for (const [key, { running, waiting }] of this.#requesters) {
      if (running > 0 || waiting.length > 0) continue;
      this.#requesters.delete(key);
      if (this.#requesters.size < 9_000) return;
    }
  }
}
