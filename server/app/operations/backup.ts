import type { Pool } from 'pg';
import { sealAll } from '../../platform/audit/hash-chain-sealer.ts';
import { type Anchor, verifyAudit } from '../../platform/audit/verify.ts';
import { openDatabase } from '../../platform/storage/database.ts';
import { migrate } from '../../platform/storage/migrations/migrate.ts';
import { databaseTime } from '../../platform/storage/now-sql.ts';
import { BackupError } from './errors.ts';
import { MIGRATIONS } from './migrations.ts';
import { proveRestored } from './prove-restored.ts';
import { restoreBackup } from './restore.ts';
import { writeBackup } from './write-backup.ts';

/** What `JobRun.job` says of a backup that was made and verified. */
export const BACKUP_JOB = 'backup';

export interface Backup {
  readonly rows: number;
  readonly tables: number;
  /** Where the audit trail ends in it; null where it has no entry. */
  readonly head: Anchor | null;
}

/**
 * Makes a backup and proves it: it is restored into a database in memory, its rows are counted, its audit trail is
 * verified to the same end, and it takes work. Only then it is recorded as made.
 *
 * @param now when it is made: the database's time, unless it is given
 * @throws {BackupError} what was restored is not what was there
 */
export async function makeBackup(pool: Pool, file: string, now?: Date): Promise<Backup> {
  const at = now ?? (await databaseTime(pool));
  await sealAll(pool);
  const before = await verifyAudit(pool);
  const counts = await writeBackup(pool, file);
  const copy = await openDatabase({ memory: true });
  try {
    await migrate(copy.pool, MIGRATIONS);
    const { head, findings } = await restoreBackup(copy.pool, file);
    // Entries that were written since are in the backup; those that were there before have to be.
    const lost = before.head && (!head || head.seq < before.head.seq);
    if (lost || findings.length > before.findings.length)
      throw new BackupError(`${file} does not hold the audit trail as it is: ${findings.length} findings.`);
    await proveRestored(copy.pool);
    await pool.query(
      'insert into job_run (job, scope, due_at, finished_at) values ($1, $2, $3, $3) on conflict do nothing',
      [BACKUP_JOB, 'database', at],
    );
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return { rows, tables: Object.keys(counts).length, head };
  } finally {
    await copy.close();
  }
}
