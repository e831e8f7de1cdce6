import { Batcher } from './batcher.ts';
import type { Direct } from './raw-sql.ts';
import { WriteSet } from './write-set.ts';

/**
 * Writes sets of rows that belong to no transaction. Each is written whole or not at all, with those that come at the same
 * time in one statement. A set that cannot be written fails alone.
 */
export class GroupedWrites {
  readonly #batcher: Batcher<WriteSet, void>;

  constructor(to: Direct) {
    this.#batcher = new Batcher<WriteSet, void>('writes', async (sets) => {
      await WriteSet.together(sets).execute(to);
      return sets.map(() => undefined);
    });
  }

  /**
   * @throws {OutsideTransactionError} a transaction is running around the caller
   * @throws the database's own error; where the connection was lost, nobody knows whether the set was written
   */
  write(writes: WriteSet): Promise<void> {
    return this.#batcher.run(writes);
  }
}
