import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { DiskGuard } from '../../server/storage/disk.ts';
import { openEmbedded } from '../../server/storage/embedded.ts';

const MEGABYTE = 1_048_576;

afterEach(() => vi.restoreAllMocks());

function leaveFree(megabytes: number): void {
  vi.spyOn(fs, 'statfsSync').mockReturnValue({ bavail: megabytes, bsize: MEGABYTE } as ReturnType<
    typeof fs.statfsSync
  >);
}

test.each([
  { it: 'has room at 256 MB', free: 256, wal: 0, isFull: false },
  { it: 'is full below 256 MB', free: 255, wal: 0, isFull: true },
  { it: 'has room for twice its log', free: 400, wal: 200, isFull: false },
  { it: 'is full with less than twice its log', free: 399, wal: 200, isFull: true },
])('$it', ({ free, wal, isFull }) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-disk-'));
  fs.mkdirSync(path.join(folder, 'pg_wal'));
  fs.writeFileSync(path.join(folder, 'pg_wal/000000010000000000000001'), '');
  fs.truncateSync(path.join(folder, 'pg_wal/000000010000000000000001'), wal * MEGABYTE);
  leaveFree(free);
  expect(new DiskGuard(folder).isFull()).toBe(isFull);
  fs.rmSync(folder, { recursive: true });
});

test('a start on a full disk says so', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-disk-'));
  leaveFree(10);
  await expect(openEmbedded({ folder: path.join(root, 'data') })).rejects.toMatchObject({
    code: 'STORAGE_FULL',
    message: expect.stringContaining('10 MB free'),
  });
  fs.rmSync(root, { recursive: true });
});
