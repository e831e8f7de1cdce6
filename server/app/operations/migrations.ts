import type { Pool } from 'pg';
import { checkMigrated } from '../../platform/storage/migrations/migrate.ts';

/** The migrations of this version, in a checkout and in the package alike. */
export const MIGRATIONS = new URL('../../../prisma/migrations/', import.meta.url);

/** Makes sure that the database is as this version needs it, and changes nothing. @throws as `checkMigrated` */
export function checkCurrent(pool: Pool): Promise<void> {
  return checkMigrated(pool, MIGRATIONS);
}
