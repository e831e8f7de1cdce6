import type { Limits } from './limits.ts';
import { TimeShares } from './time-shares.ts';
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

interface Party {
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

type GateLimits = Pick<
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

/** The gate's name for those who bring no valid token. */
export function anonymous(address: string | undefined): string {
  return `${ANONYMOUS}${address ?? ''}`;
}

/**
 * Lets operations run, so many of each person and so many in all; the others wait, and whose turn is next goes round by
 * person, so that one person's flood delays nobody else. Whoever has most of a busy process's time while others use it too
 * runs one operation at a time, and rests for as long as each took. What waits too long, or is too much, is refused before
 * any of it was read.
 */
export class Gate {
  readonly #limits: GateLimits;
  readonly #now: () => number;
  readonly #shares: TimeShares;
  readonly #parties = new Map<string, Party>();
  /** Those who wait, whose turn is next first. */
  readonly #queue = new Set<string>();
  #running = 0;
  #isArmed = false;
  #alarm: NodeJS.Timeout | undefined;
  #waiting = 0;
  #waitingBytes = 0;

  /** @param now milliseconds that only ever go up */
  constructor(
    limits: GateLimits,
    now: () => number = () => performance.now(),
    shares: TimeShares = new TimeShares(now),
  ) {
    this.#limits = limits;
    this.#now = now;
    this.#shares = shares;
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
    const party = this.#party(key);
    party.at = this.#now();
    if (!party.rate.take(party.at)) return Promise.reject(new OverloadError('RATE_LIMITED', 1_000));
    if (this.#mayRun(party) && party.waiting.length === 0) return Promise.resolve(this.#begin(party));
    if (
      party.waiting.length >= limits.waitingPerPerson ||
      party.waitingBytes + bytes > limits.waitingBytesPerPerson ||
      this.#waiting >= limits.waitingPerNode ||
      this.#waitingBytes + bytes > limits.waitingBytesPerNode
    ) {
      return Promise.reject(new OverloadError('OVERLOADED', 1_000));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#leaveQueue(key, party, turn);
        turn.refuse();
      }, limits.operationMs);
      const turn: Turn = {
        bytes,
        begin: () => {
          clearTimeout(timer);
          resolve(this.#begin(party));
        },
        refuse: () => reject(new OverloadError('OVERLOADED', 1_000)),
      };
      party.waiting.push(turn);
      party.waitingBytes += bytes;
      this.#waiting += 1;
      this.#waitingBytes += bytes;
      this.#queue.add(key);
      // Nobody's end wakes whoever rests.
      if (party.running === 0) this.#next();
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

  get figures(): { readonly running: number; readonly waiting: number; readonly parties: number } {
    return { running: this.#running, waiting: this.#waiting, parties: this.#parties.size };
  }

  #party(key: string): Party {
    const known = this.#parties.get(key);
    if (known) return known;
    const now = this.#now();
    const { ratePerSecond, rateBurst, anonymousPerSecond, anonymousBurst } = this.#limits;
    const rate = key.startsWith(ANONYMOUS)
      ? { perSecond: anonymousPerSecond, burst: anonymousBurst }
      : { perSecond: ratePerSecond, burst: rateBurst };
    const party: Party = {
      key,
      running: 0,
      waitingBytes: 0,
      waiting: [],
      rate: new TokenBucket(rate, now),
      at: now,
      restsUntil: 0,
    };
    if (this.#parties.size >= 10_000) this.#forgetIdle();
    this.#parties.set(key, party);
    return party;
  }

  #mayRun(party: Party): boolean {
    if (this.#running >= this.#limits.runningPerNode || party.running >= this.#limits.runningPerPerson) return false;
    return party.running === 0 ? party.restsUntil <= this.#now() : !this.#shares.isGreedy(party.key);
  }

  #begin(party: Party): () => void {
    party.running += 1;
    this.#running += 1;
    const end = this.#shares.begin(party.key);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      party.running -= 1;
      this.#running -= 1;
      const usedMs = end();
      if (this.#shares.isGreedy(party.key)) party.restsUntil = this.#now() + usedMs;
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
      const party = this.#parties.get(key);
      // Also where the rest has ended since it was looked at: nothing else would wake them.
      if (party?.running === 0) first = Math.min(first, party.restsUntil);
    }
    const ms = Math.max(0, Math.ceil(first - this.#now()));
    if (first < Number.POSITIVE_INFINITY) this.#alarm = setTimeout(() => this.#next(), ms);
  }

  /** Begins the operation of the person who is longest without a turn; false where nobody may begin. */
  #beginOne(): boolean {
    for (const key of this.#queue) {
      const party = this.#parties.get(key);
      const turn = party?.waiting[0];
      if (!party || !turn || !this.#mayRun(party)) continue;
      this.#leaveQueue(key, party, turn);
      if (party.waiting.length > 0) {
        this.#queue.delete(key);
        this.#queue.add(key);
      }
      turn.begin();
      return true;
    }
    return false;
  }

  #leaveQueue(key: string, party: Party, turn: Turn): void {
    const index = party.waiting.indexOf(turn);
    if (index < 0) return;
    party.waiting.splice(index, 1);
    party.waitingBytes -= turn.bytes;
    this.#waiting -= 1;
    this.#waitingBytes -= turn.bytes;
    if (party.waiting.length === 0) this.#queue.delete(key);
  }

  /** Those who have nothing under way and, after a minute, would have all their tokens again. */
  #forgetIdle(): void {
    const now = this.#now();
    for (const [key, { running, waiting, at }] of this.#parties) {
      if (running === 0 && waiting.length === 0 && now - at > 60_000) this.#parties.delete(key);
    }
    // A flood from ever new addresses: the oldest idle ones leave.
    if (this.#parties.size < 10_000) return;
    for (const [key, { running, waiting }] of this.#parties) {
      if (running > 0 || waiting.length > 0) continue;
      this.#parties.delete(key);
      if (this.#parties.size < 9_000) return;
    }
  }
}
