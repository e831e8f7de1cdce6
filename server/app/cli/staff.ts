import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { Held } from '../../domain/staff/sql.ts';
import type { Services } from '../../engine/services/services.ts';
import { createLog } from '../create-log.ts';
import { takeEnv } from '../env.ts';
import type { Person } from '../operations/people.ts';

interface Shown {
  readonly json: boolean;
}

interface SignIn {
  readonly externalId?: string;
  readonly email?: string;
}

const collect = (value: string, list: string[] = []) => [...list, ...value.split(',')];
const by = (verb: string) => `tierline staff ${verb}, by ${userInfo().username}`;

/** `tierline staff`: the same rules as of the mutations, on the machine itself, so that the first administrator can be made. */
export function staffCommand(): Command {
  const command = new Command('staff').description(
    'Look after the people who sign in, on the database of the environment.',
  );
  command.addCommand(listCommand());
  command.addCommand(addCommand());
  command.addCommand(grantCommand());
  command.addCommand(endCommand());
  return command;
}

function listCommand(): Command {
  return new Command('list')
    .description('Show people with their posts and by what tokens name them.')
    .option('--all', 'those who left, too', false)
    .option('--json', 'print JSON', false)
    .action(({ all, json }: Shown & { all: boolean }) =>
      withServices(async (services, { listStaff }) => {
        const people = await listStaff(services, all);
        if (json) print(people);
        else for (const person of people) console.log(line(person));
      }),
    );
}

function addCommand(): Command {
  return new Command('add')
    .description('Take somebody up. Where there is no branch yet, the named one is opened as the place above all.')
    .argument('<number>', 'the staff number')
    .requiredOption('--name <name>', 'as colleagues know them')
    .requiredOption('--branch <code>', 'where they work')
    .requiredOption('--role <roles>', 'a post; repeatable, or separated by commas', collect)
    .option('--external-id <id>', 'what the identity provider calls them')
    .option('--email <address>', 'by which tokens may name them')
    .option('--json', 'print JSON', false)
    .action((number: string, options: Shown & SignIn & { name: string; branch: string; role: string[] }) =>
      withServices(async (services, { addStaff }) => {
        const { role: roles, json, ...rest } = options;
        const { person, isFirstBranch } = await addStaff(services, { number, roles, ...rest, by: by('add') });
        if (json) return print(person);
        if (isFirstBranch) console.log(`The branch ${person.branch} is opened, above all others that come.`);
        console.log(line(person));
      }),
    );
}

function grantCommand(): Command {
  return new Command('grant')
    .description('Give posts to a person, take them away, or say by what tokens name the person.')
    .argument('<number>', 'the staff number')
    .argument('[roles...]', 'posts to give')
    .option('--revoke <roles>', 'posts to take away; repeatable, or separated by commas', collect, [])
    .option('--external-id <id>', 'what the identity provider calls them')
    .option('--email <address>', 'by which tokens may name them')
    .option('--json', 'print JSON', false)
    .action((number: string, roles: string[], options: Shown & SignIn & { revoke: string[] }) =>
      withServices(async (services, { grantStaff }) => {
        const { json, ...rest } = options;
        const person = await grantStaff(services, number, { roles, ...rest, by: by('grant') });
        if (json) print(person);
        else console.log(line(person));
      }),
    );
}

function endCommand(): Command {
  return new Command('end')
    .description('End what a person may do, at once, and name what others have to take over.')
    .argument('<number>', 'the staff number')
    .option('--reason <text>', 'for the audit trail')
    .option('--json', 'print JSON', false)
    .action((number: string, { json, reason }: Shown & { reason?: string }) =>
      withServices(async (services, { dismissStaff }) => {
        const why = reason ? `${reason} (${by('end')})` : by('end');
        const { person, held } = await dismissStaff(services, number, why);
        if (json) print({ ...person, held });
        else console.log(`${person.number} ${person.name} may do nothing any more. ${inHand(held)}`);
      }),
    );
}

function inHand(held: readonly Held[]): string {
  if (held.length === 0) return 'Nothing was in their hands.';
  const parts = held.map(({ kind, count }) => `${kind.toLowerCase()}: ${count}`);
  return `Others have to take over ${parts.join(', ')}.`;
}

function line({ number, name, branch, roles, active, externalId, email }: Person): string {
  const signIn = [externalId && `external id ${externalId}`, email].filter(Boolean).join(', ');
  return [number, name, branch, roles.join(' '), signIn, active ? '' : 'left'].filter(Boolean).join('  ');
}

function print(value: unknown): void {
  console.log(JSON.stringify(value));
}

type Operations = typeof import('../operations/people.ts');

async function withServices(work: (services: Services, operations: Operations) => Promise<void>): Promise<void> {
  const [{ createApp }, { appSettings }, operations] = await Promise.all([
    import('../compose.ts'),
    import('../serve.ts'),
    import('../operations/people.ts'),
  ]);
  const env = takeEnv();
  const demo = !env.TIERLINE_DATA_KEY && !env.DATABASE_URL;
  const app = await createApp({ ...appSettings(env, { demo, log: createLog('warn') }), runsJobs: false });
  try {
    await work(app.services, operations);
  } finally {
    await app.close();
  }
}
