import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEnv, SETTINGS } from '../../server/app/env.ts';
import { startTestApp } from '../support/app.ts';
import { tierline } from '../support/tierline.ts';
import { ROOT, read } from './source-files.ts';

// The files of deploy/ name settings, commands, ports and paths: all of them have to be the program's own.

const FILES = [
  'Dockerfile',
  'compose.yaml',
  'nginx.conf',
  'tierline.env.example',
  'tierline.service',
  'helm/tierline/values.yaml',
  'helm/tierline/templates/deployment.yaml',
  'helm/tierline/templates/migrate.yaml',
  'helm/tierline/templates/service.yaml',
  'helm/tierline/templates/_helpers.tpl',
] as const;
const text = Object.fromEntries(
  FILES.map((file) => [file, readFileSync(join(ROOT, 'deploy', file), 'utf8')]),
) as Record<(typeof FILES)[number], string>;
const all = (pattern: RegExp, ...files: (typeof FILES)[number][]) =>
  files.flatMap((file) => [...text[file].matchAll(pattern)].map(([, found = '']) => found));
const defaults = readEnv({});

test('every setting that is named is one', () => {
  const ofName = all(/\b((?:TIERLINE|JWT)_[A-Z_]+)\b/g, ...FILES);
  const ofPlace = [
    ...all(/^([A-Z_]+)=/gm, 'tierline.env.example'),
    ...all(/^Environment=([A-Z_]+)=/gm, 'tierline.service'),
    ...all(/\b([A-Z_]+)=/g, 'Dockerfile'),
    ...(/^ {2}environment: &settings\n((?: {4}.*\n)+)/m.exec(text['compose.yaml'])?.[1]?.match(/^ {4}[A-Z_]+/gm) ?? []),
    ...(/^settings:\n((?: {2}.*\n)+)/m.exec(text['helm/tierline/values.yaml'])?.[1]?.match(/^ {2}[A-Z_]+/gm) ?? []),
  ].map((name) => name.trim());
  expect(new Set([...ofName, ...ofPlace]).size).toBeGreaterThan(10);
  expect([...ofName, ...ofPlace].filter((name) => !SETTINGS.includes(name))).toEqual([]);
});

test('the example of an environment is one, once its blanks are filled', () => {
  const lines = text['tierline.env.example'].split('\n').filter((line) => /^[A-Z]/.test(line));
  const example = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const env = readEnv({ ...example, TIERLINE_DATA_KEY: `k1:${Buffer.alloc(32).toString('base64')}` });
  expect(env).toMatchObject({ NODE_ENV: 'production', PORT: defaults.PORT, HOST: defaults.HOST });
});

test('every command that is run is one, with its options', async () => {
  const lists = [
    ...all(
      /(?:command|args): \[([^\]]+)\]/g,
      'compose.yaml',
      'helm/tierline/templates/deployment.yaml',
      'helm/tierline/templates/migrate.yaml',
    ),
    ...all(/^CMD \[([^\]]+)\]/gm, 'Dockerfile'),
  ].map((list) => list.split(',').map((word) => word.trim().replaceAll('"', '')));
  const lines = [...lists, ...all(/tierline\.js (.+)$/gm, 'tierline.service').map((line) => line.split(' '))];
  expect(lines.length).toBeGreaterThan(4);
  const helps = new Map<string, string>();
  for (const [command = '', ...options] of lines) {
    if (!helps.has(command)) helps.set(command, (await tierline([command, '--help'], {})).out);
    expect(helps.get(command), command).toContain(`Usage: tierline ${command}`);
    for (const option of options) expect(helps.get(command), command).toContain(option);
  }
});

test('what is started is what the package starts', () => {
  const { bin } = JSON.parse(read('package.json')) as { bin: { tierline: string } };
  expect(all(/^ENTRYPOINT \["node", "([^"]+)"\]/gm, 'Dockerfile')).toEqual([bin.tierline]);
  expect(all(/^ExecStart=\S+ \S+\/node_modules\/tierline\/(\S+) /gm, 'tierline.service')).toEqual([bin.tierline]);
});

test('all say the same port, which is the default', () => {
  const ports = [
    ...all(/\bPORT=(\d+)/g, 'Dockerfile', 'tierline.env.example'),
    ...all(/^EXPOSE (\d+)/gm, 'Dockerfile'),
    ...all(/server node-\d:(\d+);/g, 'nginx.conf'),
    ...all(/"127\.0\.0\.1:\d+:(\d+)"/g, 'compose.yaml'),
    ...all(/containerPort: (\d+)/g, 'helm/tierline/templates/deployment.yaml'),
  ];
  expect(ports.length).toBeGreaterThan(6);
  expect(new Set(ports)).toEqual(new Set([String(defaults.PORT)]));
  const [listens] = all(/listen (\d+);/g, 'nginx.conf');
  expect(all(/- "(\d+):\d+"/g, 'compose.yaml')).toContain(listens);
});

test('every path that is asked for is answered', async () => {
  const paths = new Set([
    ...all(/location (?:= )?(\/\S+) \{/g, 'nginx.conf'),
    ...all(/path: (\/\w+)/g, 'helm/tierline/templates/deployment.yaml'),
    ...all(/\}(\/\w+)`/g, 'Dockerfile'),
  ]);
  expect([...paths].sort()).toEqual(['/graphql', '/health', '/ready']);
  await using app = await startTestApp({ now: '2026-03-02T00:00:00Z' });
  for (const path of paths) {
    const { status } = await fetch(new URL(path, app.url));
    expect(status, path).not.toBe(404);
  }
});

test('every host of the proxy is a service beside it', () => {
  const services = all(/^ {2}([a-z][\w-]*):/gm, 'compose.yaml');
  for (const host of all(/server ([\w-]+):\d+;/g, 'nginx.conf')) expect(services).toContain(host);
  expect(services).toContain('postgres');
});

test('it may write nowhere but where data belong, and is nobody', () => {
  expect(text.Dockerfile).toMatch(/^USER node$/m);
  expect(text['compose.yaml']).toMatch(/^ {2}read_only: true$/m);
  expect(text['helm/tierline/templates/_helpers.tpl']).toMatch(/readOnlyRootFilesystem: true/);
  expect(text['helm/tierline/templates/_helpers.tpl']).toMatch(/runAsNonRoot: true/);
  expect(text['tierline.service']).toMatch(/^ProtectSystem=strict$/m);
  const folders = [
    ...all(/TIERLINE_DATA=(\S+)/g, 'Dockerfile', 'tierline.service'),
    ...all(/^VOLUME (\S+)/gm, 'Dockerfile'),
  ];
  expect(new Set(folders)).toEqual(new Set(['/var/lib/tierline']));
});

test('everybody who stops it waits longer than it takes', () => {
  const [hardStop = ''] = /HARD_STOP_MS = ([\d_]+)/.exec(read('server/app/cli/start.ts'))?.slice(1) ?? [];
  const waits = [
    ...all(/stop_grace_period: (\d+)s/g, 'compose.yaml'),
    ...all(/^TimeoutStopSec=(\d+)/gm, 'tierline.service'),
    ...all(/terminationGracePeriodSeconds: (\d+)/g, 'helm/tierline/templates/deployment.yaml'),
  ];
  expect(waits).toHaveLength(3);
  for (const seconds of waits) expect(Number(seconds) * 1_000).toBeGreaterThan(Number(hardStop.replaceAll('_', '')));
});

test('images have versions', () => {
  const images = [...all(/^FROM (\S+)/gm, 'Dockerfile'), ...all(/^ {4}image: (\S+)/gm, 'compose.yaml')];
  expect(images.length).toBeGreaterThan(3);
  for (const image of images) expect(image).toMatch(/:\d/);
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(readFileSync(join(ROOT, 'deploy/helm/tierline/Chart.yaml'), 'utf8')).toContain(`appVersion: "${version}"`);
});

test('the proxy lets sockets and streams through', () => {
  const nginx = text['nginx.conf'];
  for (const line of [
    'proxy_set_header Upgrade $http_upgrade;',
    'proxy_buffering off;',
    'proxy_set_header Host $http_host;',
    'proxy_http_version 1.1;',
  ])
    expect(nginx).toContain(line);
  expect((nginx.match(/\{/g) ?? []).length).toBe((nginx.match(/\}/g) ?? []).length);
});
