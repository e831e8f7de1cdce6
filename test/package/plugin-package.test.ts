import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installed, install, ROOT } from './installed.ts';

// A policy as its author has it: a package of its own, which knows the platform as a package alone.

let installed: Installed;
beforeAll(() => {
  installed = install();
  installed.run('tierline', ['policy', 'new', 'repair-shop', '--package']);
  // What `npm install` of the package would bring.
  symlinkSync(path.join(installed.folder, 'node_modules'), path.join(installed.folder, 'repair-shop', 'node_modules'));
});
afterAll(() => installed?.[Symbol.dispose]());

const compile = (...args: string[]) =>
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', ...args], {
    cwd: path.join(installed.folder, 'repair-shop'),
    encoding: 'utf8',
  });

test('it compiles against the contract alone: nothing of the server, of Prisma or of Pothos is read', () => {
  const files = compile('tsconfig.build.json', '--noEmit', '--listFiles', '--types', '').split('\n');
  const read = files.filter(
    (file) => file.includes('node_modules') && !/typescript[\\/]|\/lib\.[^/]*\.d\.ts$/.test(file),
  );
  expect(
    read.filter((file) => /prisma|pothos|graphql|\/schema\/|server\/(app|transport|domain)\//i.test(file)),
  ).toEqual([]);
  expect(read.filter((file) => file.includes('/tierline/')).length).toBeLessThan(25);
});

test('it passes its kit as TypeScript and as it is published, and runs in a process of its own', () => {
  expect(installed.run('tierline', ['policy', 'test', 'repair-shop', '--no-mutants'])).toContain('No findings.');
  compile('tsconfig.build.json');
  const load = `import { loadPlugins } from './node_modules/tierline/dist/server/engine/policy/registry.js';
    for (const where of ['THREAD', 'PROCESS']) {
      const plugins = await loadPlugins(['./repair-shop/dist/index.js'], where);
      console.log(where, plugins.map(({ policy, runsIn }) => policy.id + ' ' + runsIn).join(', '));
    }`;
  installed.write('load.mjs', load);
  const said = execFileSync(process.execPath, ['load.mjs'], { cwd: installed.folder, encoding: 'utf8' });
  expect(said).toMatch(/THREAD .*repair-shop THREAD[\s\S]*PROCESS .*repair-shop PROCESS/);
});
