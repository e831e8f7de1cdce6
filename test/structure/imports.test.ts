import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Imports point one way, from what changes often to what changes seldom: cli > main > app > schema > services > rules.
 * A file's layer is the first pattern that fits it; it may import its own layer and those after it.
 */
const LAYERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['cli', /^server\/cli\//],
  ['main', /^server\/(main|env)\.ts$|^server\/sandbox\//],
  ['app', /^server\/app\.ts$/],
  ['transport', /^server\/transport\//],
  ['schema', /^schema\//],
  ['services', /^server\//],
];

/** Rules are pure: they import neither Prisma nor GraphQL nor anything that does input or output. */
const RULES = [
  /^server\/\w+\/rules\.ts$/,
  /^server\/sla\/(business-time|calendar|check-calendar|clock|day-plan|duration|explain|holidays|open-table|reading|schedule|search|zone)\.ts$/,
  /^server\/policy\/(text|enums|days|cadence|promise|facts|answers|vocabulary|contract|evaluate.*)\.ts$/,
  /^server\/policy\/evaluate\//,
  /^server\/tickets\/moves\.ts$/,
];
const IMPURE =
  /generated\/|\/storage\/|^node:(fs|net|http|child_process|worker_threads)|^@prisma|^graphql|^@pothos|^pg$/;

/** What of the server a plugin may import. */
const PLUGINS_MAY = /^server\/policy\/contract\.ts$/;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

function files(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('generated/') && !name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`);
}

const imports: Import[] = ['server', 'schema', 'plugins'].flatMap(files).flatMap((from) =>
  [...readFileSync(join(ROOT, from), 'utf8').matchAll(/^(?:import|export) (type )?(?:[\s\S]*?from )?'([^']+)'/gm)].map(
    ([, type, to = '']) => ({
      from,
      to: to.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(from), to)) : to,
      isTypeOnly: type !== undefined,
    }),
  ),
);

const layerOf = (file: string) => LAYERS.findIndex(([, pattern]) => pattern.test(file));

test('the walk sees the whole tree', () => {
  expect(imports.length).toBeGreaterThan(300);
});

test('no import points from a lower layer to a higher one', () => {
  const upward = imports.filter(({ from, to, isTypeOnly }) => {
    if (isTypeOnly) return false;
    const [low, high] = [layerOf(from), layerOf(to)];
    return low >= 0 && high >= 0 && high < low;
  });
  expect(upward.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('rules import nothing that reads, writes or serves', () => {
  const impure = imports.filter(
    ({ from, to, isTypeOnly }) => !isTypeOnly && RULES.some((rule) => rule.test(from)) && IMPURE.test(to),
  );
  expect(impure.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('a plugin imports its own files and the contract alone', () => {
  const foreign = imports.filter(({ from, to }) => {
    if (!from.startsWith('plugins/')) return false;
    const own = from.split('/').slice(0, 2).join('/');
    return !to.startsWith(`${own}/`) && !PLUGINS_MAY.test(to);
  });
  expect(foreign.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('nothing of the server imports a plugin', () => {
  const wrong = imports.filter(({ from, to }) => !from.startsWith('plugins/') && to.startsWith('plugins/'));
  expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('what is known to lose events or to bypass the pipeline is not used', () => {
  const uses = ['server', 'schema'].flatMap(files).filter((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return /\bcreatePubSub\b/.test(text) || /useServer\(\s*\{\s*schema\b/.test(text);
  });
  expect(uses).toEqual([]);
});
