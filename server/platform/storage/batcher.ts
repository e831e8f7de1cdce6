import { refuseInside, transactionScope } from './transaction-guard.ts';
import { asApplication } from './viewers/viewer-rows.ts';

/** Batches that are on their way at a time; what comes meanwhile leaves together with the next. */
const UNDER_WAY = 1;

/** Items that leave together at most. */
const MOST = 32;

/** Milliseconds after which a batch holds up nobody any more: it may wait for a lock that only its own rows need. */
const SLOW_MS = 50;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Statements that belong to no transaction and cost less together: those that come at once, or while others are on their
 * way, share a round trip, as commits share a flush of a server's log. One that the database refuses fails alone.
 */
export class Batcher<Item, Result> {
  readonly #name: string;
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #waiting: Waiting<Item, Result>[] = [];
  #underWay = 0;
  #isLeaving = false;

  /**
   * @param name of what is refused inside a transaction
   * @param work sends one statement for all of the items; the results are in their order
   */
  constructor(name: string, work: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#name = name;
    this.#work = work;
  }

  /**
   * @throws {OutsideTransactionError} a transaction is running around the caller
   * @throws the database's own error; where the connection was lost, nobody knows whether the item was written
   */
  async run(item: Item): Promise<Result> {
    refuseInside(this.#name);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#isLeaving) return;
      this.#isLeaving = true;
      // What others add in this turn leaves too, and is no part of what goes on around this caller, nor read for them alone.
      transactionScope.exit(() => asApplication(() => setImmediate(() => this.#leave())));
    });
  }

  #leave(): void {
    this.#isLeaving = false;
    while (this.#underWay < UNDER_WAY && this.#waiting.length > 0)
      void this.#send(this.#waiting.splice(0, MOST)).then(this.#occupy());
  }

  /** Takes a place on the way. @returns gives it back; it is given back anyway when it was held for long */
  #occupy(): () => void {
    this.#underWay += 1;
    let isHeld = true;
    const free = () => {
      if (!isHeld) return;
      isHeld = false;
      clearTimeout(slow);
      this.#underWay -= 1;
      this.#leave();
    };
    const slow = setTimeout(free, SLOW_MS);
    return free;
  }

  /** Never rejects. */
  async #send(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#work(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (batch.length === 1 || !isRefused(error)) for (const { reject } of batch) reject(error);
      else await Promise.all(batch.map((one) => this.#send([one])));
    }
  }
}

/** Whether the server itself said that the statement failed, and so wrote nothing; after a lost connection nobody knows. */
function isRefused(error: unknown): boolean {
  return (error as { readonly severity?: unknown }).severity === 'ERROR';
}
