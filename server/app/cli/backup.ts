import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { takeEnv } from '../env.ts';

async function withDatabase(work: (pool: import('pg').Pool) => Promise<void>): Promise<void> {
  const [{ appSettings, createLog }, { openDatabase }] = await Promise.all([
    import('../serve.ts'),
    import('../../platform/storage/database.ts'),
  ]);
  const env = takeEnv();
  const demo = !env.TIERLINE_DATA_KEY && !env.DATABASE_URL;
  const database = await openDatabase(appSettings(env, { demo, log: createLog('warn') }).database);
  try {
    await work(database.pool);
  } finally {
    await database.close();
  }
}

/** `tierline backup FILE`. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('Write all data of the environment to a file, and prove it by restoring it in memory.')
    .argument('<file>', 'is replaced if it exists; keys are not in it')
    .action((file: string) =>
      withDatabase(async (pool) => {
        const { makeBackup } = await import('../operations/backup.ts');
        const { rows, tables, head } = await makeBackup(pool, file);
        const end = head ? ` The audit trail ends at ${head.seq}:${head.hash}` : '';
        console.log(`${rows} rows of ${tables} tables are in ${file} and were restored from it.${end}`);
      }),
    );
}

/** `tierline restore FILE`. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description("Read a backup into the environment's database, which has to be empty.")
    .argument('<file>', 'a file that `backup` wrote')
    .action(async (file: string) => {
      // Before a database is opened for it.
      await (await open(file)).close();
      await withDatabase(async (pool) => {
        const [{ MIGRATIONS }, { restoreBackup }, { migrate }, { describeFinding }] = await Promise.all([
          import('../operations/backup.ts'),
          import('../operations/restore.ts'),
          import('../../platform/storage/migrations/migrate.ts'),
          import('./audit.ts'),
        ]);
        await migrate(pool, MIGRATIONS);
        const { sealed, findings } = await restoreBackup(pool, file);
        for (const finding of findings) console.log(describeFinding(finding));
        console.log(`Restored. ${sealed} audit entries read, ${findings.length} findings. Alerts begin a new history.`);
        if (findings.length > 0) process.exitCode = 1;
      });
    });
}
