import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (name: string) => JSON.parse(readFileSync(resolve(ROOT, name), 'utf8'));

test('every direct dependency has one exact version, and it is the locked one', () => {
  const { dependencies, devDependencies } = read('package.json') as Record<string, Record<string, string>>;
  const locked = read('package-lock.json').packages as Record<string, { version: string }>;
  const direct = Object.entries({ ...dependencies, ...devDependencies });
  expect(direct.length).toBeGreaterThan(30);
  expect(direct.filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version))).toEqual([]);
  expect(direct.filter(([name, version]) => locked[`node_modules/${name}`]?.version !== version)).toEqual([]);
});

test('everything that is installed has its checksum in the lock', () => {
  const packages = read('package-lock.json').packages as Record<string, { integrity?: string; link?: true }>;
  // Folders of the workspace are our own.
  const unknown = Object.entries(packages).filter(
    ([name, { integrity, link }]) => name.startsWith('node_modules/') && !link && !integrity,
  );
  expect(unknown.map(([name]) => name)).toEqual([]);
});
