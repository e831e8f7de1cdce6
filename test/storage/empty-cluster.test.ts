import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { emptyCluster } from '../../server/platform/storage/embedded/empty-cluster.ts';

const cache = path.resolve(
  createRequire(import.meta.url).resolve('@electric-sql/pglite'),
  '../../../../.cache/tierline',
);
const written = new Map<string, Uint8Array>();

beforeEach(() => written.clear());
afterEach(() => vi.restoreAllMocks());

/** Lets the cache's file have other content, without touching the one that other test files use at this moment. */
function replace(change: (whole: Buffer) => Buffer): void {
  const read = fs.readFileSync;
  vi.spyOn(fs, 'readFileSync').mockImplementation(((name: string, ...rest: []) =>
    String(name).endsWith('.tar') ? change(read(name) as Buffer) : read(name, ...rest)) as typeof fs.readFileSync);
  vi.spyOn(fs, 'writeFileSync').mockImplementation((name, content) => {
    written.set(String(name), content as Uint8Array);
  });
  vi.spyOn(fs, 'renameSync').mockImplementation(() => {});
}

test.each([
  { it: 'cut short', change: (whole: Buffer) => whole.subarray(0, whole.length >> 1) },
  { it: 'empty', change: () => Buffer.alloc(0) },
  {
    it: 'changed in one bit',
    change: (whole: Buffer) => {
      const copy = Buffer.from(whole);
      copy[1_000_000] = (copy[1_000_000] as number) ^ 1;
      return copy;
    },
  },
])('a cached archive that is $it is made anew', async ({ change }) => {
  const good = await emptyCluster();
  expect(fs.readdirSync(cache).some((name) => name.endsWith('.tar'))).toBe(true);
  replace(change);
  const made = await emptyCluster();
  expect(made.length).toBe(good.length);
  expect([...written.keys()]).toEqual([expect.stringContaining(cache)]);
});

test('where nothing can be written, it is made each time', async () => {
  replace(() => {
    throw new Error('no such file');
  });
  vi.spyOn(fs, 'mkdirSync').mockImplementation(() => {
    throw new Error('read-only');
  });
  expect((await emptyCluster()).length).toBeGreaterThan(1_000_000);
});
