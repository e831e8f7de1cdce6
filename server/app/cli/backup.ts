import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { show, withDatabase } from './with-database.ts';

/** `tierline backup FILE`. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('Write all data of the environment to a file, and prove it by restoring it in memory.')
    .argument('<file>', 'is replaced if it exists; keys are not in it')
    .option('--json', 'print JSON', false)
    .action((file: string, { json }: { json: boolean }) =>
      withDatabase(async ({ pool }) => {
        const { makeBackup } = await import('../operations/backup.ts');
        const { rows, tables, head } = await makeBackup(pool, file);
        const end = head ? ` The audit trail ends at ${head.seq}:${head.hash}` : '';
        const sentence = `${rows} rows of ${tables} tables are in ${file} and were restored from it.${end}`;
        show(json, { file, rows, tables, head }, [sentence]);
      }),
    );
}

/** `tierline restore FILE`. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description("Read a backup into the environment's database, which has to be empty. Exit code 1: findings.")
    .argument('<file>', 'a file that `backup` wrote')
    .option('--json', 'print JSON', false)
    .action(async (file: string, { json }: { json: boolean }) => {
      // Before a database is opened for it.
      await (await open(file)).close();
      await withDatabase(async ({ pool }) => {
        const [{ MIGRATIONS }, { restoreBackup }, { migrate }, { describeFinding }] = await Promise.all([
          import('../operations/migrations.ts'),
          import('../operations/restore.ts'),
          import('../../platform/storage/migrations/migrate.ts'),
          import('./audit.ts'),
        ]);
        await migrate(pool, MIGRATIONS);
        const { sealed, head, findings } = await restoreBackup(pool, file);
        show(json, { file, sealed, head, findings }, [
          ...findings.map(describeFinding),
          `Restored. ${sealed} audit entries read, ${findings.length} findings. Alerts begin a new history.`,
        ]);
        if (findings.length > 0) process.exitCode = 1;
      });
    });
}
