import { expect, test } from 'vitest';
import { type Import, importsOf, knots, read, sourceFiles } from './source-files.ts';

/**
 * Imports point one way, types included, from what changes often to what changes seldom. A file's floor is the first
 * pattern that fits it; it may import its own floor and those after it.
 */
const FLOORS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['app', /^server\/app\//],
  ['transport', /^server\/transport\//],
  ['schema', /^schema\//],
  ['domain', /^server\/domain\//],
  ['engine', /^server\/engine\//],
  ['platform', /^server\/platform\//],
];

/** Rules are pure: they import neither Prisma nor GraphQL nor anything that does input or output. */
const RULES = [
  /\/rules\.ts$/,
  /^server\/engine\/sla\/(business-time|calendar|check-calendar|clock|day-plan|duration|explain|holidays|open-table|reading|schedule|search|zone)\.ts$/,
  /^server\/engine\/policy\/(calendar-days|cadence|promise|facts|answers|vocabulary|contract|evaluate.*)\.ts$/,
  /^server\/engine\/policy\/evaluate\//,
  /^server\/platform\/values\/(text|enums|days|money|group-by|sound-text|telephone|text-kinds)\.ts$/,
  /^server\/domain\/tickets\/moves\.ts$/,
];
const IMPURE =
  /generated\/|\/storage\/|^node:(fs|net|http|child_process|worker_threads)|^@prisma|^graphql|^@pothos|^pg$/;

/** What of the server a plugin may import. */
const PLUGINS_MAY = /^server\/engine\/policy\/contract\.ts$/;

const imports: Import[] = sourceFiles('server', 'schema', 'plugins', 'client').flatMap(importsOf);

const floorOf = (file: string) => FLOORS.findIndex(([, pattern]) => pattern.test(file));
const sliceOf = (file: string) => /^server\/domain\/([\w-]+)\//.exec(file)?.[1];
const shown = (wrong: readonly Import[]) => [...new Set(wrong.map(({ from, to }) => `${from} -> ${to}`))].sort();

test('the walk sees the whole tree', () => {
  expect(imports.length).toBeGreaterThan(1_500);
  expect(imports.filter(({ from }) => from.startsWith('server/') && floorOf(from) < 0)).toEqual([]);
});

test('no import points from a lower floor to a higher one', () => {
  const upward = imports.filter(({ from, to }) => {
    const [low, high] = [floorOf(from), floorOf(to)];
    return low >= 0 && high >= 0 && high < low;
  });
  expect(shown(upward)).toEqual([]);
});

test('the slices of the domain form no circle', () => {
  const between = imports.flatMap(({ from, to }): [string, string][] => {
    const [one, other] = [sliceOf(from), sliceOf(to)];
    return one && other ? [[one, other]] : [];
  });
  expect(new Set(between.flat()).size).toBeGreaterThan(15);
  expect(knots(between)).toEqual([]);
});

test('rules import nothing that reads, writes or serves', () => {
  const impure = imports.filter(
    ({ from, to, isTypeOnly }) => !isTypeOnly && RULES.some((rule) => rule.test(from)) && IMPURE.test(to),
  );
  expect(shown(impure)).toEqual([]);
});

test('a plugin imports its own files and the contract alone', () => {
  const foreign = imports.filter(({ from, to }) => {
    if (!from.startsWith('plugins/')) return false;
    const own = from.split('/').slice(0, 2).join('/');
    return !to.startsWith(`${own}/`) && !PLUGINS_MAY.test(to);
  });
  expect(shown(foreign)).toEqual([]);
});

test('nothing of the server imports a plugin', () => {
  const wrong = imports.filter(({ from, to }) => !from.startsWith('plugins/') && to.startsWith('plugins/'));
  expect(shown(wrong)).toEqual([]);
});

test("the client's package imports its own files and packages alone", () => {
  const foreign = imports.filter(({ from, to }) => from.startsWith('client/') && /^(server|schema|prisma)\//.test(to));
  expect(shown(foreign)).toEqual([]);
});

test('what is known to lose events or to bypass the pipeline is not used', () => {
  const uses = sourceFiles('server', 'schema').filter((file) => {
    const text = read(file);
    return /\bcreatePubSub\b/.test(text) || /useServer\(\s*\{\s*schema\b/.test(text);
  });
  expect(uses).toEqual([]);
});

test('circles are found as groups', () => {
  const edges = (text: string) => text.split(' ').map((edge) => edge.split('>') as [string, string]);
  expect(knots(edges('a>b b>c c>a c>d d>e e>d f>a'))).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e'],
  ]);
  expect(knots(edges('a>b b>c a>c c>c'))).toEqual([]);
});
