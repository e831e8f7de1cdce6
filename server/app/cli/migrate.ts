import { Command } from 'commander';
import { show, withDatabase } from './with-database.ts';

/** `tierline migrate`. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Apply the migrations of this version to the database of the environment, and end.')
    .option('--json', 'print JSON', false)
    .action(({ json }: { json: boolean }) =>
      withDatabase(async ({ pool, describe }) => {
        const [{ migrate }, { MIGRATIONS }] = await Promise.all([
          import('../../platform/storage/migrations/migrate.ts'),
          import('../operations/migrations.ts'),
        ]);
        const { applied } = await migrate(pool, MIGRATIONS);
        show(json, { database: describe, applied }, [
          ...applied.map((name) => `applied ${name}`),
          told(applied.length),
        ]);
      }),
    );
}

function told(count: number): string {
  return count === 0 ? 'The database is up to date.' : `${count} migrations applied; the database is up to date.`;
}
