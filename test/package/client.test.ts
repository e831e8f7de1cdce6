import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './installed.ts';

const home = mkdtempSync(path.join(tmpdir(), 'tierline-client-'));
const folder = path.join(home, 'project');
let files: string[];

const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const write = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

beforeAll(() => {
  const packed = npm(['pack', '--json', '--workspace', '@tierline/client', '--pack-destination', home], ROOT);
  const [one] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as [{ filename: string; files: { path: string }[] }];
  files = one.files.map((file) => file.path);
  write('package.json', '{ "private": true, "type": "module" }\n');
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', path.join(home, one.filename)], folder);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('holds its JavaScript and types, and brings nothing along', () => {
  expect(files.filter((file) => !/^(?:dist\/[\w-]+\.(?:js|d\.ts)|package\.json|README\.md)$/.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts']));
  const installed = readdirSync(path.join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed).toEqual(['@tierline']);
  expect(statSync(path.join(folder, 'node_modules/@tierline/client')).isDirectory()).toBe(true);
});

test('runs in plain JavaScript, over Server-Sent Events without graphql-ws', () => {
  write(
    'run.js',
    `import { createServer } from 'node:http';
     import { followAlerts } from '@tierline/client';
     const asked = [];
     const server = createServer((request, response) => {
       let body = '';
       request.on('data', (part) => { body += part; });
       request.on('end', () => {
         asked.push(JSON.parse(body));
         response.writeHead(200, { 'content-type': 'text/event-stream' });
         const slaAlerts = { __typename: 'Bookmark', cursor: 'c1', prevCursor: null, caughtUp: true };
         response.write('event: next\\ndata: ' + JSON.stringify({ data: { slaAlerts } }) + '\\n\\n');
       });
     });
     server.listen(0, () => {
       const following = followAlerts({
         url: 'http://127.0.0.1:' + server.address().port,
         token: () => 't',
         documentId: 'listed',
         onEvent: async (event) => {
           console.log(JSON.stringify({ event, asked, retryNow: typeof following.retryNow }));
           void following.stop();
           server.close();
           server.closeAllConnections();
         },
       });
     });`,
  );
  const out = execFileSync(process.execPath, ['run.js'], { cwd: folder, encoding: 'utf8' });
  expect(JSON.parse(out)).toEqual({
    event: { __typename: 'Bookmark', cursor: 'c1', prevCursor: null, caughtUp: true },
    asked: [{ documentId: 'listed', variables: { after: null } }],
    retryNow: 'function',
  });
});

describe('with graphql-ws', () => {
  beforeAll(() =>
    npm(['install', '--no-audit', '--no-fund', '--prefer-offline', 'graphql-ws@6', 'graphql@16'], folder),
  );

  test('its types hold for nodenext', () => {
    write(
      'typed/index.mts',
      `import { createClient } from 'graphql-ws';
       import { parse } from 'graphql';
       import { type AlertStreamEvent, followAlerts, keepToken } from '@tierline/client';
       interface Mine { readonly id: string; readonly message: string }
       export const said: string[] = [];
       export const one = followAlerts<Mine>({
         client: createClient({ url: 'ws://x', connectionParams: keepToken(() => 't').connectionParams }),
         document: parse('subscription { slaAlerts { __typename } }'),
         onEvent: (event: AlertStreamEvent<Mine>) => {
           if (event.__typename === 'AlertRaised' && event.replayed) said.push(event.alert.message);
           if (event.__typename === 'AlertDigest') said.push(String(event.kind));
           if (event.__typename === 'Discontinuity') said.push(event.oldestCursor ?? '');
         },
       });
       one.retryNow();
       // @ts-expect-error it is handed events
       followAlerts({ documentId: 'x', onEvent: (event: number) => event });`,
    );
    const options = {
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2023', 'dom'],
      strict: true,
      noEmit: true,
      types: [],
    };
    write('typed/tsconfig.json', JSON.stringify({ compilerOptions: options, include: ['*.mts'] }));
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const checked = () => {
      try {
        return execFileSync(process.execPath, [tsc, '-p', path.join(folder, 'typed')], { encoding: 'utf8' });
      } catch (error) {
        return String((error as { stdout?: unknown }).stdout);
      }
    };
    expect(checked()).toBe('');
  });

  test('it is bundled for a browser', () => {
    write('page.js', "import { followAlerts } from '@tierline/client'; globalThis.follow = followAlerts;");
    const { outputFiles, warnings } = buildSync({
      absWorkingDir: folder,
      entryPoints: ['page.js'],
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      outdir: 'out',
      write: false,
    });
    expect(warnings).toEqual([]);
    const page = outputFiles.find(({ path: file }) => file.endsWith('page.js'));
    expect(page?.contents.length).toBeGreaterThan(2_000);
    expect(page?.contents.length).toBeLessThan(20_000);
  });
});
