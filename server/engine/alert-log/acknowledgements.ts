import type { Database } from '../../platform/storage/database.ts';
import { backoffMs } from '../../platform/values/poll-delay.ts';

const ACKNOWLEDGED = `/* alerts.acknowledged */
  select id, acknowledged_at is not null or ended_at is not null as acknowledged from alert where id = any($1::uuid[])`;

/** Tells whether an alert was acknowledged, or its matter is over, by now: a row in memory is as it was when it was read. */
export class AcknowledgementReader {
  readonly #database: Pick<Database, 'reads'>;

  constructor(database: Pick<Database, 'reads'>) {
    this.#database = database;
  }

  /** Whether nobody waits for it any more; waits while the database is away, until the signal fires. */
  async isAcknowledged(id: string, signal?: AbortSignal): Promise<boolean> {
    for (let failures = 1; ; failures++) {
      try {
        const row = await this.#database.reads.byId<{ id: string; acknowledged: boolean }>(ACKNOWLEDGED, id);
        return row?.acknowledged ?? false;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, backoffMs(failures)));
      }
      if (signal?.aborted) return true;
    }
  }
}
