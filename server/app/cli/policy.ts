import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { isBuilt } from '../../platform/values/own-package.ts';
import type { KitRun } from './policy-test.ts';
import { show } from './with-database.ts';

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('It is no whole number.');
  return number;
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('It is no instant such as 2026-03-02T10:00:00+08:00.');
  return at;
}

const collect = (value: string, list: string[]) => [...list, value];

/** A checkout has a folder for the pages; whoever runs the package has docs of their own there. */
const PAGES = isBuilt ? 'policy-docs' : 'docs/policies';

/** `tierline policy`: what authors of policies need. */
export function policyCommand(): Command {
  const policy = new Command('policy').description('Write, test and document policy plugins.');
  policy
    .command('new')
    .description('Write a plugin that compiles and passes its tests, to be changed.')
    .argument('<name>', 'lower-case words with hyphens, e.g. repair-shop')
    .option('--dir <folder>', 'where it is written: plugins, or here for a package')
    .option('--package', 'as a package of its own: with scripts, settings of the compiler, and CI', false)
    .option('--json', 'print JSON', false)
    .action(async (name: string, options: { dir?: string; package: boolean; json: boolean }) => {
      const { createPlugin } = await import('../../engine/policy-kit/new/create.ts');
      const dir = options.dir ?? (options.package ? '.' : 'plugins');
      const told = createPlugin(name, dir, options.package);
      show(options.json, { policy: name, folder: join(dir, name) }, [told]);
    });
  policy
    .command('test')
    .description('Test a plugin: the conformance kit, its golden tables and its mutation score. Exit code 1: findings.')
    .argument('<path>', 'file, folder or package')
    .option('--json', 'print the report as JSON, nothing else', false)
    .option('--seed <n>', 'asks other facts', whole, 1)
    .option('--no-mutants', 'judge no changed copies')
    .option('--only <check or word>', 'tell of this check, or place, alone; repeatable', collect, [])
    .option('--watch', 'test again whenever a file changes, without changed copies', false)
    .action(async (path: string, { watch, ...run }: KitRun & { watch: boolean }) => {
      const { runKit, watchKit } = await import('./policy-test.ts');
      if (watch) await watchKit(path, run);
      else process.exitCode = await runKit(path, run);
    });
  addDecisionCommands(policy);
  policy
    .command('docs')
    .description('Write a reference page <id>.md for each policy that is named, or else for every built-in one.')
    .argument('[path...]', 'files, folders or packages')
    .option('--dir <folder>', 'where the pages lie', PAGES)
    .option('--check', 'write nothing; exit code 1 where a page is not up to date', false)
    .option('--json', 'print JSON', false)
    .action(async (paths: string[], { dir, check, json }: { dir: string; check: boolean; json: boolean }) => {
      const { writeReferencePages } = await import('../../engine/policy-kit/docs/pages.ts');
      const { text, isCurrent } = await writeReferencePages(dir, { check, plugins: paths });
      show(json, { folder: dir, isCurrent, told: text }, [text]);
      process.exitCode = isCurrent || !check ? 0 : 1;
    });
  return policy;
}

/** What has to do with decisions that were taken. */
function addDecisionCommands(policy: Command): void {
  policy
    .command('decisions')
    .description('Print decisions of the database, a line of JSON each, to be replayed against a plugin.')
    .requiredOption('--policy <id>', 'the policy that was asked')
    .option('--from <RFC 3339>', 'the first instant; the last week unless said', instant)
    .option('--to <RFC 3339>', 'the instant before which they end; now unless said', instant)
    .option('--question <name>', 'grade, promise, guard, react, route, care or measure alone')
    .action(async (options: { policy: string; from?: Date; to?: Date; question?: string }) => {
      const { printDecisions } = await import('./policy-decisions.ts');
      await printDecisions(options);
    });
  policy
    .command('capture')
    .description('Print a decision as a golden row, with the facts that are not as usual.')
    .argument('<id>', 'of the decision, as clocks and the audit trail name it')
    .option('--it <text>', 'what the row shows')
    .option('--json', 'print JSON', false)
    .action(async (id: string, { it, json }: { it?: string; json: boolean }) => {
      const { goldenRow } = await import('./policy-decisions.ts');
      const table = await goldenRow(id, it);
      show(json, { table }, [table]);
    });
  policy
    .command('replay')
    .description('Ask a plugin what was decided; exit code 1 where it decides otherwise.')
    .argument('<path>', 'file, folder or package')
    .argument('<file>', 'what `policy decisions` printed')
    .option('--parameter <key=value>', 'another value, as JSON or text; repeatable', collect, [])
    .option('--json', 'print JSON', false)
    .action(async (path: string, file: string, options: { parameter: string[]; json: boolean }) => {
      const { replayFile } = await import('./policy-replay.ts');
      const { text, ...replay } = await replayFile(path, file, options.parameter);
      show(options.json, replay, text);
      process.exitCode = replay.different > 0 ? 1 : 0;
    });
}
