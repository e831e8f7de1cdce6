#!/usr/bin/env node
import './node-version.ts';
import { Command, InvalidArgumentError, Option } from 'commander';
import { platformVersion } from '../../platform/values/own-package.ts';
import { createLog } from '../create-log.ts';
import { takeEnv, unknownVariables } from '../env.ts';
import { errorInLog } from '../error-in-log.ts';
import { auditCommand } from './audit.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { doctorCommand } from './doctor.ts';
import type { ImportOptions } from './import.ts';
import { keysCommand } from './keys.ts';
import { migrateCommand } from './migrate.ts';
import { operatorError } from './operator-error.ts';
import { policyCommand } from './policy.ts';
import { staffCommand } from './staff.ts';
import { Steps } from './steps.ts';

const program = new Command('tierline')
  .description('A GraphQL platform for tiered customer care.')
  .version(platformVersion(), '-v, --version', 'print the version')
  .showHelpAfterError();

const collect = (value: string, list: string[]) => [...list, value];

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()) || !/\dT\d/.test(text)) throw new InvalidArgumentError('It is no RFC 3339 instant.');
  return at;
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError('It is no port.');
  return number;
}

/** The language of whoever sits at the terminal. */
function languageOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): 'en' | 'zh' {
  return (LC_ALL || LC_MESSAGES || LANG || '').toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

program
  .command('start')
  .description('Start the server; settings come from the environment. Without any, the demo is shown.')
  .option('--demo', 'demo data, tokens of its own, GraphiQL; on this machine only', false)
  .option('--plugin <path or package>', 'load this policy plugin too; repeatable', collect, [])
  .option('--no-migrate', 'apply no migrations, and refuse a database that lacks some')
  .option('--take-over', "take the embedded database's folder from a holder on another machine that has stopped", false)
  .action(async ({ demo, plugin, migrate, takeOver }: StartFlags) => {
    // Told from here on, for the program takes some seconds to load.
    const steps = demo && process.env.NODE_ENV !== 'production' ? new Steps((line) => console.log(line)) : null;
    steps?.begin('Loading the program');
    const { runServer } = await import('./start.ts');
    await runServer(takeEnv(), {
      demo,
      plugins: plugin,
      migrates: migrate,
      takesOver: takeOver,
      steps,
    }).finally(() => steps?.end());
  });

interface StartFlags {
  readonly demo: boolean;
  readonly plugin: string[];
  readonly migrate: boolean;
  readonly takeOver: boolean;
}

program
  .command('sandbox')
  .description('Start a platform on a virtual clock and a database of its own.')
  .option('--at <RFC 3339>', 'the instant at which the clock stands', instant)
  .option('--port <n>', '0 picks a free one', port, 4000)
  .option('--json', 'print one line of JSON when ready, nothing else', false)
  .option('--demo', 'load the demo data instead of the bare organisation', false)
  .option('--database-url <url>', 'an empty PostgreSQL database instead of memory')
  .option('--plugin <path or package>', 'load this policy plugin too; repeatable', collect, [])
  .action(
    async (options: {
      at?: Date;
      port: number;
      json: boolean;
      demo: boolean;
      databaseUrl?: string;
      plugin: string[];
    }) => {
      const { runSandbox } = await import('./sandbox.ts');
      await runSandbox({ ...options, at: options.at ?? new Date(), plugins: options.plugin });
    },
  );

program
  .command('import')
  .description('Import a CSV file (UTF-8 or GB18030) into the database of the environment.')
  .addOption(new Option('--policy <id>', 'the business line, where the file has no column for it'))
  .option('--skip-bad', 'write the good rows and list the bad ones, instead of all or nothing', false)
  .option('--rejects <file>', 'where the bad rows are listed')
  .option('--dry-run', 'read and check all rows, say what would be written, and write nothing', false)
  .option('--json', 'print JSON', false)
  .addOption(
    new Option('--language <code>', 'in which rows, rules and results are told; unset as the environment is')
      .choices(['en', 'zh'])
      .default(languageOf(process.env), 'LC_ALL, LC_MESSAGES or LANG'),
  )
  .addOption(
    new Option('--encoding <name>', 'how the file is written, where it does not tell').choices([
      'utf-8',
      'gbk',
      'gb18030',
    ]),
  )
  .argument('<kind>', 'organisation, customers, metrics or tickets', (kind: string) => {
    if (!['organisation', 'customers', 'metrics', 'tickets'].includes(kind))
      throw new InvalidArgumentError('It is none of organisation, customers, metrics, tickets.');
    return kind;
  })
  .argument('<file>', 'the CSV file')
  .action(async (kind: string, file: string, options: Omit<ImportOptions, 'kind' | 'file'>) => {
    const { runImport } = await import('./import.ts');
    process.exitCode = await runImport(takeEnv(), { kind, file, ...options });
  });

program.addCommand(migrateCommand());
program.addCommand(doctorCommand());
program.addCommand(policyCommand());
program.addCommand(staffCommand());
program.addCommand(auditCommand());
program.addCommand(keysCommand());
program.addCommand(backupCommand());
program.addCommand(restoreCommand());

/** A word that is no option, or a value that is none of it, is put right as a setting is. */
function endWith2(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  for (const one of command.commands) endWith2(one);
}
endWith2(program);

for (const { name, nearest } of unknownVariables(process.env)) {
  const hint = nearest ? `; is ${nearest} meant?` : '';
  createLog('warn').warn({ variable: name }, `${name} is no setting and is not read${hint}`);
}

// What an error is explained by; some of it leaves the environment when it is read.
const { DATABASE_URL, TIERLINE_DATA, HOST, PORT } = process.env;
const shown = { DATABASE_URL, TIERLINE_DATA, HOST, PORT };

try {
  await program.parseAsync();
} catch (error) {
  // What a person can put right is said in a sentence; all else is a defect and shows where.
  const said = operatorError(error, shown);
  console.error(said?.sentence ?? errorInLog(error));
  process.exit(said?.code ?? 1);
}
