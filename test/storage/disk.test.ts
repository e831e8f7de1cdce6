import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createApp } from '../../server/app/compose.ts';
import { createLog } from '../../server/app/create-log.ts';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import { createTokenIssuer } from '../../server/platform/access/identity.ts';
import { DiskGuard } from '../../server/platform/storage/embedded/disk.ts';
import { openEmbedded } from '../../server/platform/storage/embedded/embedded.ts';
import { HeldClock } from '../../server/platform/values/wall-clock.ts';

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

test('on a disk that is full mutations are refused, reads go on, and with room again all goes on', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-disk-'));
  const issuer = createTokenIssuer();
  const now = new Date('2026-03-02T00:00:00Z');
  const app = await createApp({
    database: { folder: path.join(root, 'data') },
    clock: new HeldClock(now),
    dataKeys: [{ id: 'k1', secret: Buffer.alloc(32, 1) }],
    identity: issuer.identity,
    isOpen: false,
    log: createLog('silent'),
    runsJobs: false,
  });
  try {
    const staff = await createOrganisation(app.services.database.prisma, now);
    const token = await issuer.sign(staff['BK-A/CUSTOMER_MANAGER'] ?? '');
    const url = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}/graphql`;
    const ask = async (query: string) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query }),
      });
      return { status: response.status, answer: await response.json() };
    };
    const create = (number: string) =>
      ask(
        `mutation { createCustomer(input: { policyId: "bank-vip", branchCode: "BK-A", number: "${number}", kind: INDIVIDUAL, name: "Wang" }) { __typename } }`,
      );
    const looked = () => new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await create('D-1')).toMatchObject({ answer: { data: { createCustomer: { __typename: 'Customer' } } } });
    leaveFree(100);
    await looked();
    expect(await create('D-2')).toMatchObject({
      status: 200,
      answer: { errors: [{ extensions: { code: 'STORAGE_FULL' } }] },
    });
    expect(await ask('{ customers { totalCount } }')).toMatchObject({
      answer: { data: { customers: { totalCount: 1 } } },
    });
    leaveFree(10_000);
    await looked();
    expect(await create('D-2')).toMatchObject({ answer: { data: { createCustomer: { __typename: 'Customer' } } } });
  } finally {
    await app.close();
    fs.rmSync(root, { recursive: true });
  }
});
