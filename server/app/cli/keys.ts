import { Command } from 'commander';
import { takeEnv } from '../env.ts';

/** `tierline keys`. */
export function keysCommand(): Command {
  const command = new Command('keys').description('Look after the keys that seal identifiers.');
  command
    .command('rotate')
    .description('Seal everything anew under the first key of TIERLINE_DATA_KEY; servers may run meanwhile.')
    .action(async () => {
      const [{ appSettings, createLog, SettingsError }, { openDatabase }, { createFieldCipher }, { rotateKeys }] =
        await Promise.all([
          import('../serve.ts'),
          import('../../platform/storage/database.ts'),
          import('../../platform/access/encryption.ts'),
          import('../operations/rotate-keys.ts'),
        ]);
      const env = takeEnv();
      if (!env.TIERLINE_DATA_KEY)
        throw new SettingsError('TIERLINE_DATA_KEY: name the new key and the old one, `new:...,old:...`.');
      const settings = appSettings(env, { demo: false, log: createLog('warn') });
      const database = await openDatabase(settings.database);
      const stop = new AbortController();
      process.once('SIGINT', () => stop.abort());
      process.once('SIGTERM', () => stop.abort());
      try {
        const sealer = createFieldCipher(settings.dataKeys);
        const { isComplete, ...rows } = await rotateKeys({ database, sealer, signal: stop.signal });
        const [first] = settings.dataKeys;
        const counts = Object.entries(rows).map(([table, count]) => `${count} of ${table}`);
        console.log(`Rows sealed anew under ${first?.id}: ${counts.join(', ')}.`);
        console.log(isComplete ? 'The other keys may go.' : 'It was broken off; run it again.');
        if (!isComplete) process.exitCode = 1;
      } finally {
        await database.close();
      }
    });
  return command;
}
