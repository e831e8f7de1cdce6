import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clashes } from '../../server/engine/policy/declaration/check-declaration.ts';
import { loadPlugins } from '../../server/engine/policy/registry.ts';
import { testPlugin } from '../../server/engine/policy-kit/kit.ts';
import { createPlugin, NewPluginError } from '../../server/engine/policy-kit/new/create.ts';
import { reportText } from '../../server/engine/policy-kit/report.ts';
import { compile } from '../types/compile.ts';

// Inside the checkout, for there the contract is found; under a name that nothing else looks for.
const inside = mkdtempSync(path.resolve(import.meta.dirname, '.new-'));
const outside = mkdtempSync(path.join(tmpdir(), 'tierline-new-'));
afterAll(() => {
  for (const folder of [inside, outside]) rmSync(folder, { recursive: true });
});

test('a new plugin compiles, passes its kit, and its examples tell it from every changed copy', async () => {
  const told = createPlugin('repair-shop', inside);
  const folder = path.join(inside, 'repair-shop');
  expect(readdirSync(folder).sort()).toEqual(['README.md', 'golden.csv', 'index.ts', 'policy.test.ts']);
  expect(told).toContain(`npm run tierline -- policy test ${path.join(inside, 'repair-shop')}`);
  const [said, report] = await Promise.all([
    compile(folder, ['index.ts', 'policy.test.ts']),
    testPlugin(path.join(inside, 'repair-shop')),
  ]);
  expect(said).toBe('');
  expect(report.findings).toEqual([]);
  const text = reportText(report);
  expect(report.mutation?.score, text).toBe(100);
  // The pages show what is said of it, but for the milliseconds.
  const counted = [/\d+ answers/, /\d+ golden rows/, /\d+ of \d+ changed copies/].map((count) => count.exec(text)?.[0]);
  for (const page of ['tutorial.md', 'writing-a-policy.md', 'zh/tutorial.md', 'zh/writing-a-policy.md']) {
    const shown = readFileSync(path.resolve(import.meta.dirname, '../../docs', page), 'utf8');
    for (const count of counted) expect(shown, page).toContain(count);
  }
});

test('the platform takes it beside its own plugins', async () => {
  createPlugin('car-wash', inside);
  const plugins = await loadPlugins([path.join(inside, 'car-wash')]);
  expect(clashes(plugins.map(({ policy }) => policy))).toEqual([]);
  expect(plugins.flatMap(({ problems = [] }) => problems)).toEqual([]);
});

test('it fits on one screen', () => {
  createPlugin('demo', inside);
  // How long the import is depends on where the folder lies.
  const [, ...lines] = readFileSync(path.join(inside, 'demo', 'index.ts'), 'utf8').split('\n');
  expect(lines.length).toBeLessThan(80);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
});

test('in a checkout it imports the contract by its path, elsewhere from the package', () => {
  createPlugin('here', inside);
  createPlugin('there', path.join(outside, 'plugins'));
  const importOf = (folder: string) => /from '([^']+)'/.exec(readFileSync(path.join(folder, 'index.ts'), 'utf8'))?.[1];
  expect(importOf(path.join(inside, 'here'))).toBe('../../../../server/engine/policy/contract.ts');
  expect(importOf(path.join(outside, 'plugins', 'there'))).toBe('tierline/policy');
  expect(readFileSync(path.join(outside, 'plugins', 'there', 'README.md'), 'utf8')).toContain(
    'npx tierline policy test',
  );
  // Without it the files are what the project around them is, which may be CommonJS.
  const manifest = JSON.parse(readFileSync(path.join(outside, 'plugins', 'there', 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({
    type: 'module',
    exports: './index.ts',
    peerDependencies: { tierline: expect.stringMatching(/^\^\d/) },
  });
  expect(existsSync(path.join(inside, 'here', 'package.json'))).toBe(false);
});

test('as a package it brings what compiles, tests and publishes it, and compiles against the published contract', async () => {
  const told = createPlugin('hire', outside, true);
  expect(told).toContain(`cd ${path.join(outside, 'hire')} && npm install`);
  const folder = path.join(outside, 'hire');
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(all.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name))).sort()).toEqual([
    '.github/workflows/ci.yml',
    '.gitignore',
    'README.md',
    'golden.csv',
    'index.ts',
    'package.json',
    'policy.test.ts',
    'tsconfig.build.json',
    'tsconfig.json',
  ]);
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({
    type: 'module',
    exports: './dist/index.js',
    peerDependencies: { tierline: expect.stringMatching(/^\^\d/) },
  });
  expect(readFileSync(path.join(folder, 'README.md'), 'utf8')).toContain('npx tierline policy test .');
});

test.each([
  { it: 'capitals', name: 'RepairShop', message: '"RepairShop" is no name for a policy' },
  { it: 'a path', name: '../core', message: '"../core" is no name for a policy' },
  { it: 'nothing', name: '', message: '"" is no name for a policy' },
  { it: 'a hyphen at the end', name: 'shop-', message: '"shop-" is no name for a policy' },
  { it: 'too long a name', name: 'a'.repeat(41), message: 'is too long for a policy: 40 characters at most' },
  { it: 'a word of the platform', name: 'always', message: 'always is a word of the platform' },
  { it: 'a folder that is there', name: 'taken', message: 'taken is there already; nothing was written.' },
])('refuses $it in a sentence', ({ name, message }) => {
  mkdirSync(path.join(outside, 'taken'), { recursive: true });
  const refused = () => createPlugin(name, outside);
  expect(refused).toThrow(NewPluginError);
  expect(refused).toThrow(message);
});
