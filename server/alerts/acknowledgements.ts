import type { PrismaClient } from '../generated/prisma/client.ts';
import { backoffMs } from './pace.ts';

/** Tells whether an alert was acknowledged by now: a row in memory is as it was when it was read. */
export class AcknowledgementReader {
  readonly #database: Pick<PrismaClient, 'alert'>;
  #asked: { readonly ids: Set<string>; readonly found: Promise<ReadonlySet<string>> } | null = null;

  constructor(database: Pick<PrismaClient, 'alert'>) {
    this.#database = database;
  }

  /** Whether somebody has acknowledged it; waits while the database is away, until the signal fires. */
  async isAcknowledged(id: string, signal?: AbortSignal): Promise<boolean> {
    for (let failures = 1; ; failures++) {
      try {
        return (await this.#batch(id)).has(id);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, backoffMs(failures)));
      }
      if (signal?.aborted) return true;
    }
  }

  /** All that is asked for in one turn of the event loop is one statement. */
  #batch(id: string): Promise<ReadonlySet<string>> {
    if (!this.#asked) {
      const ids = new Set<string>();
      const found = new Promise((resolve) => setImmediate(resolve)).then(async () => {
        this.#asked = null;
        const where = { id: { in: [...ids] }, acknowledgedAt: { not: null } };
        const rows = await this.#database.alert.findMany({ where, select: { id: true } });
        return new Set(rows.map((row) => row.id));
      });
      this.#asked = { ids, found };
    }
    this.#asked.ids.add(id);
    return this.#asked.found;
  }
}
