import { Batcher } from './batcher.ts';
import { type Direct, direct } from './raw-sql.ts';

interface Row {
  readonly id: string;
}

/** Reads rows by their id, those that are asked for at the same time in one statement. */
export class GroupedReads {
  readonly #to: Direct;
  readonly #batchers = new Map<string, Batcher<string, Row | null>>();

  constructor(to: Direct) {
    this.#to = to;
  }

  /**
   * @param text of the statement, one of a few: it takes the ids as `$1::uuid[]` and gives each row's as `id`
   * @returns null where there is none
   * @throws {OutsideTransactionError} a transaction is running around the caller
   * @throws the database's own error
   */
  byId<R extends Row>(text: string, id: string): Promise<R | null> {
    const batcher = this.#batchers.get(text) ?? this.#batcherFor(text);
    return batcher.run(id) as Promise<R | null>;
  }

  #batcherFor(text: string): Batcher<string, Row | null> {
    const batcher = new Batcher<string, Row | null>('reads', async (ids) => {
      const rows = await direct<Row>(this.#to, text, [[...new Set(ids)]]);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    });
    this.#batchers.set(text, batcher);
    return batcher;
  }
}
