import { Command } from 'commander';
import { show, withDatabase } from './with-database.ts';

/** `tierline keys`. */
export function keysCommand(): Command {
  const command = new Command('keys').description('Look after the keys that seal identifiers.');
  command
    .command('rotate')
    .description(
      'Seal everything anew under the first key of TIERLINE_DATA_KEY; servers may run meanwhile. Exit code 1: broken off.',
    )
    .option('--json', 'print JSON', false)
    .action(({ json }: { json: boolean }) => rotate(json));
  return command;
}

async function rotate(json: boolean): Promise<void> {
  const [{ SettingsError }, keys, canaries, { rotateKeys }, { createFieldCipher }, migrations] = await Promise.all([
    import('../settings-error.ts'),
    import('../../platform/access/data-keys.ts'),
    import('../operations/key-canary.ts'),
    import('../operations/rotate-keys.ts'),
    import('../../platform/access/encryption.ts'),
    import('../operations/migrations.ts'),
  ]);
  const list = process.env.TIERLINE_DATA_KEY;
  if (!list) throw new SettingsError('TIERLINE_DATA_KEY: name the new key and the old one, `new:...,old:...`.');
  await withDatabase(async (database, env) => {
    const dataKeys = keys.parseDataKeys(env.TIERLINE_DATA_KEY ?? '');
    await migrations.checkCurrent(database.pool);
    await canaries.holdDataKeys(database.pool, dataKeys);
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort());
    process.once('SIGTERM', () => stop.abort());
    const sealer = createFieldCipher(dataKeys);
    const { isComplete, ...rows } = await rotateKeys({ database, sealer, signal: stop.signal });
    const key = dataKeys[0]?.id;
    const counts = Object.entries(rows).map(([table, count]) => `${count} of ${table}`);
    show(json, { key, rows, isComplete }, [
      `Rows sealed anew under ${key}: ${counts.join(', ')}.`,
      isComplete ? 'The other keys may go.' : 'It was broken off; run it again.',
    ]);
    if (!isComplete) process.exitCode = 1;
  });
}
