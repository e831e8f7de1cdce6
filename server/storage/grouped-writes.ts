import type { Direct } from './direct.ts';
import { refuseInside, transactionScope } from './guard.ts';
import { WriteSet } from './write-set.ts';

/** Statements that are on their way at a time; what comes meanwhile leaves together with the next. */
const UNDER_WAY = 2;

/** Sets that leave together at most. */
const MOST = 32;

interface Waiting {
  readonly writes: WriteSet;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes sets of rows that belong to no transaction. Each is written whole or not at all; those that come while others are
 * on their way share a statement, as commits share a flush of a server's log. A set that cannot be written fails alone.
 */
export class GroupedWrites {
  readonly #to: Direct;
  readonly #waiting: Waiting[] = [];
  #underWay = 0;

  constructor(to: Direct) {
    this.#to = to;
  }

  /**
   * @throws {OutsideTransactionError} a transaction is running around the caller
   * @throws the database's own error; where the connection was lost, nobody knows whether the set was written
   */
  async write(writes: WriteSet): Promise<void> {
    refuseInside('writes');
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ writes, resolve, reject });
      // What others add leaves here too, and is no part of what goes on around this caller.
      if (this.#underWay < UNDER_WAY) transactionScope.exit(() => void this.#leave());
    });
  }

  async #leave(): Promise<void> {
    this.#underWay += 1;
    while (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, MOST));
    this.#underWay -= 1;
  }

  /** Never rejects. */
  async #send(group: readonly Waiting[]): Promise<void> {
    try {
      await WriteSet.together(group.map(({ writes }) => writes)).execute(this.#to);
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length === 1 || !isRolledBack(error)) for (const { reject } of group) reject(error);
      else await Promise.all(group.map((one) => this.#send([one])));
    }
  }
}

/** Whether the server itself said that the statement failed, and so wrote nothing; after a lost connection nobody knows. */
function isRolledBack(error: unknown): boolean {
  return (error as { readonly severity?: unknown }).severity === 'ERROR';
}
