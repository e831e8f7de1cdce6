import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { builtCommand } from '../support/built.ts';
import { createDatabase } from '../support/postgres.ts';

const COMMAND = await builtCommand();
const started: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tierline-start-'));
  folders.push(made);
  return made;
}

/** Runs the command as a person does, in an environment with nothing but what is given. */
function run(args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { PATH: process.env.PATH ?? '', ...environment } });
  started.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (data) => {
    output.out += data;
  });
  child.stderr.on('data', (data) => {
    output.err += data;
  });
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, ...output }));
  const until = async (isThere: (text: typeof output) => boolean) => {
    const patience = Date.now() + 60_000;
    while (!isThere(output)) {
      if (Date.now() > patience || child.exitCode !== null)
        throw new Error(`it did not come: ${output.out} ${output.err}`);
      await new Promise((wake) => setTimeout(wake, 50));
    }
  };
  return { child, output, ended, until };
}

test('the sandbox prints one line of JSON and nothing else, serves, and stops when told', async () => {
  const { child, output, ended, until } = run([
    'sandbox',
    '--json',
    '--port',
    '0',
    '--at',
    '2026-03-02T08:00:00+08:00',
  ]);
  await until(({ out }) => out.includes('\n'));
  const info = JSON.parse(output.out);
  expect(info).toMatchObject({
    now: '2026-03-02T00:00:00.000Z',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/),
  });
  expect(Object.keys(info.tokens)).toHaveLength(12 * 9 + 3);
  expect(info.tokens['BK-A/CUSTOMER_MANAGER']).toMatch(/^ey/);
  const response = await fetch(info.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${info.tokens['SYS/SERVICE']}` },
    body: JSON.stringify({ query: 'mutation { advanceClock(to: "2026-03-02T09:00:00+08:00") { now } }' }),
  });
  expect(await response.json()).toEqual({ data: { advanceClock: { now: '2026-03-02T01:00:00.000Z' } } });
  const back = await fetch(info.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${info.tokens['SYS/SERVICE']}` },
    body: JSON.stringify({ query: 'mutation { advanceClock(to: "2026-03-02T08:00:00+08:00") { now } }' }),
  });
  expect(await back.json()).toMatchObject({ errors: [{ extensions: { code: 'INVALID_INPUT' } }] });
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
  expect(output.out.trim().split('\n')).toHaveLength(1);
});

test('a sandbox does not play with a database that holds something', async () => {
  const url = await createDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "insert into branch (id, code, name, policy_ids, created_at) values (gen_random_uuid(), 'X', 'X', '{}', now())",
  );
  await client.end();
  const { ended } = run(['sandbox', '--json', '--port', '0', '--database-url', url]);
  expect(await ended).toMatchObject({ code: 1, err: expect.stringContaining('not empty') });
});

test.each([{ on: 'a server' }, { on: 'a folder' }])(
  'production starts no demo on $on, and nothing is opened',
  async ({ on }) => {
    const environment = {
      NODE_ENV: 'production',
      TIERLINE_DATA: join(folder(), 'data'),
      PORT: '0',
      // Nobody listens there: a start that went further would say so.
      ...(on === 'a server' && { DATABASE_URL: 'postgres://x@127.0.0.1:1/none' }),
    };
    const { code, out, err } = await run(['start', '--demo'], environment).ended;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^NODE_ENV: is production/);
    expect(err).not.toContain('    at ');
    expect(existsSync(environment.TIERLINE_DATA)).toBe(false);
  },
);

test('no demo tokens are printed for a database that holds something else', async () => {
  const url = await createDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "insert into branch (id, code, name, policy_ids, created_at) values (gen_random_uuid(), 'X', 'X', '{}', now())",
  );
  await client.end();
  const { code, out, err } = await run(['start', '--demo'], {
    DATABASE_URL: url,
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    TIERLINE_DATA: folder(),
    PORT: '0',
  }).ended;
  expect({ code, hasTokens: out.includes('eyJ') }).toEqual({ code: 2, hasTokens: false });
  expect(err).toMatch(/^DATABASE_URL: .*something other than the demo/m);
});

test('a server that may lose what it acknowledged is not started on, unless that is said', async () => {
  const settings = {
    DATABASE_URL: await createDatabase(),
    TIERLINE_DATA_KEY: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    JWT_JWKS_URL: 'https://keys.example/jwks',
    PORT: '0',
  };
  const { code, err } = await run(['start'], settings).ended;
  expect(code).toBe(2);
  expect(err).toContain('synchronous_commit is off');
  expect(err).toContain('TIERLINE_ACCEPT_DATA_LOSS=true');
  expect(err).not.toContain('    at ');
  const { child, output, ended, until } = run(['start'], { ...settings, TIERLINE_ACCEPT_DATA_LOSS: 'true' });
  await until(({ err: said }) => said.includes('"ready"'));
  expect(output.err).toContain('synchronous_commit is off');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
});

test('a failed migration stops this and every later start, and is named', async () => {
  const url = await createDatabase({ empty: true });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // Something of that name is there already: the first migration cannot create it.
  await client.query('create table branch (id int)');
  const settings = {
    DATABASE_URL: url,
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    TIERLINE_DATA_KEY: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    JWT_JWKS_URL: 'https://keys.example/jwks',
    PORT: '0',
  };
  for (const _start of [1, 2]) {
    const { code, err } = await run(['start'], settings).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/_init/);
    expect(err).toMatch(/failed/i);
  }
  const { rows } = await client.query('select migration_name, finished_at from _prisma_migrations');
  expect(rows).toMatchObject([{ migration_name: expect.stringContaining('_init'), finished_at: null }]);
  await client.end();
});

test.each([
  { it: 'a port that is none', settings: { PORT: 'abc' }, names: 'PORT' },
  { it: 'a database that is none', settings: { DATABASE_URL: 'mysql://x' }, names: 'DATABASE_URL' },
  { it: 'no way to verify tokens', settings: {}, names: 'JWT_JWKS_URL' },
  {
    it: 'a server without a data key',
    settings: { DATABASE_URL: 'postgres://x/y', JWT_JWKS_URL: 'https://keys.example/jwks' },
    names: 'TIERLINE_DATA_KEY',
  },
])('a start with $it names $names', async ({ settings, names }) => {
  const { code, err } = await run(['start'], { TIERLINE_DATA: folder(), ...(settings as Record<string, string>) })
    .ended;
  expect(code).toBe(2);
  expect(err).toContain(names);
  expect(err).not.toContain('    at ');
});
