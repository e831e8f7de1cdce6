import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, createApp } from '../../server/app/compose.ts';
import { createLog } from '../../server/app/create-log.ts';
import { rotateKeys } from '../../server/app/operations/rotate-keys.ts';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import { indexesOf, indexOf } from '../../server/domain/customers/identifiers.ts';
import { CursorKey } from '../../server/engine/alert-log/cursor.ts';
import type { DataKey } from '../../server/platform/access/data-keys.ts';
import { createFieldCipher } from '../../server/platform/access/encryption.ts';
import { createTokenIssuer } from '../../server/platform/access/identity.ts';
import { newId, toGlobalId } from '../../server/platform/values/ids.ts';
import { HeldClock } from '../../server/platform/values/wall-clock.ts';
import { reached } from '../bars/reached.ts';
import { askAt } from '../support/ask.ts';
import { get, pdf, send } from '../support/files.ts';
import { createDatabase } from '../support/postgres.ts';

const NOW = new Date('2026-03-02T00:00:00Z');
const ROWS = 600;
const K1: DataKey = { id: 'k1', secret: randomBytes(32) };
const K2: DataKey = { id: 'k2', secret: randomBytes(32) };
const issuer = createTokenIssuer();

let url: string;
let token: string;
let path: string;
let staff: Record<string, string>;
const ids: string[] = [];
const phoneOf = (index: number) => `139${String(index).padStart(8, '0')}`;

const start = (dataKeys: readonly DataKey[], runsJobs = false): Promise<App> =>
  createApp({
    database: { url, acceptDataLoss: true },
    clock: new HeldClock(NOW),
    dataKeys,
    identity: issuer.identity,
    isOpen: true,
    log: createLog('silent'),
    runsJobs,
  });

const ask = <Document extends string>(at: string, query: Document, variables: object = {}) =>
  askAt(at, token, query, variables);

const BY_PHONE =
  'query ($phone: String!) { customers(filter: { identifier: $phone }) { nodes { id number phone { text } } } }';
const UPDATE = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename } }`;

async function keysInUse({ services }: App): Promise<Record<string, number>> {
  const { rows } = await services.database.pool.query<{ key: string; count: number }>(`
    select split_part(value, '.', 2) as key, count(*)::int as count from (
      select phone_sealed as value from customer union all select id_number_sealed from customer
      union all select profile #>> '{address,sealed}' from customer
      union all select content_sealed from contract union all select phone_sealed from contact
    ) t where value is not null group by 1`);
  return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
}

beforeAll(async () => {
  url = await createDatabase();
  const app = await start([K1]);
  const { prisma } = app.services.database;
  staff = await createOrganisation(prisma, NOW);
  token = await issuer.sign(staff['BK-A/CUSTOMER_MANAGER'] ?? '');
  const branch = await prisma.branch.findUniqueOrThrow({ where: { code: 'BK-A' } });
  const sealer = createFieldCipher([K1]);
  for (let index = 0; index < ROWS; index++) {
    const id = newId();
    ids.push(id);
    await prisma.customer.create({
      data: {
        id,
        policyId: 'bank-vip',
        number: `R-${index}`,
        kind: 'INDIVIDUAL',
        stage: 'FORMAL',
        name: `R ${index}`,
        nameWords: [],
        branchId: branch.id,
        managerId: staff['BK-A/CUSTOMER_MANAGER'] ?? null,
        phoneSealed: sealer.seal(phoneOf(index), `customer|phone|${id}`),
        phoneMask: '139****0000',
        phoneIndex: indexOf(sealer, 'phone', phoneOf(index)),
        idNumberSealed: sealer.seal(`id${index}`, `customer|idNumber|${id}`),
        profile: { address: { sealed: sealer.seal(`"Lane ${index}"`, `customer|profile.address|${id}`) } },
        createdAt: NOW,
        updatedAt: NOW,
      },
    });
  }
  const at = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}/graphql`;
  const filed = await ask(
    at,
    'mutation ($id: ID!) { fileContract(input: { customerId: $id, name: "2026-0001-LOAN", content: "Terms" }) { __typename ... on Contract { id } } }',
    { id: toGlobalId('Customer', ids[0] ?? '') },
  );
  expect(filed.data.fileContract.__typename).toBe('Contract');
  const content = new Uint8Array(pdf('a', 20 * 128 * 1024));
  const { answer } = await send({ url: at }, token, content);
  const attached = await ask(
    at,
    'mutation ($to: ID!, $id: ID!) { attachFile(input: { to: $to, uploadId: $id, name: "a.pdf" }) { ... on Attachment { path } } }',
    { to: filed.data.fileContract.id, id: answer.id },
  );
  path = attached.data.attachFile.path;
  await app.close();
}, 120_000);
afterAll(() => undefined);

test('all is sealed anew while it is read, searched and written, and a run that was broken off goes on', async () => {
  const app = await start([K2, K1]);
  const at = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}/graphql`;
  const { database, sealer } = app.services;
  expect(await keysInUse(app)).toEqual({ k1: 3 * ROWS + 1 });

  const stop = new AbortController();
  let seen = 0;
  const broken = await rotateKeys({
    database,
    sealer,
    batch: 50,
    signal: stop.signal,
    onProgress: (rows) => {
      seen += rows;
      if (seen >= 150) stop.abort();
    },
  });
  expect(broken).toMatchObject({ customer: 150, isComplete: false });
  expect(await keysInUse(app)).toEqual({ k1: 3 * (ROWS - 150) + 1, k2: 450 });

  let [reads, failed, writes] = [0, 0, 0];
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      const index = Math.floor(Math.random() * (ROWS - 100)) + 100;
      const person = await issuer.sign(staff[`BK-A/${['SUPERVISOR', 'DIRECTOR', 'COMMAND_CENTER'][reads % 3]}`] ?? '');
      token = reads % 20 === 0 ? person : token;
      const found = await app.services.database.prisma.customer.findFirst({
        where: { phoneIndex: { in: indexesOf(sealer, 'phone', phoneOf(index)) } },
      });
      const clear = found?.phoneSealed && sealer.open(found.phoneSealed, `customer|phone|${found.id}`);
      if (clear !== phoneOf(index)) failed += 1;
      reads += 1;
    }
  })();
  const writing = (async () => {
    token = await issuer.sign(staff['BK-A/CUSTOMER_MANAGER'] ?? '');
    for (let index = 0; index < 60; index++) {
      const input = {
        id: toGlobalId('Customer', ids[index] ?? ''),
        expectedVersion: 1,
        phone: `138${phoneOf(index).slice(3)}`,
      };
      const { data } = await ask(at, UPDATE, { input });
      if (data?.updateCustomer.__typename === 'Customer') writes += 1;
    }
  })();
  const done = await rotateKeys({ database, sealer, batch: 20, pauseMs: 2 });
  await writing;
  isOver = true;
  await reading;
  reached(46, `${reads} reads and ${writes} writes during the rotation, ${failed} reads failed`);
  expect(done.isComplete).toBe(true);
  expect(done.customer + 150).toBeGreaterThanOrEqual(ROWS - 60);
  expect([failed, writes]).toEqual([0, 60]);
  expect(reads).toBeGreaterThan(10);
  expect(await keysInUse(app)).toEqual({ k2: 3 * ROWS + 1 });
  expect(await rotateKeys({ database, sealer })).toEqual({
    customer: 0,
    contact: 0,
    contract: 0,
    stored_file_piece: 0,
    isComplete: true,
  });
  await app.close();
}, 120_000);

test('without the old key everything opens and is found; without the new one nothing does', async () => {
  const app = await start([K2]);
  const at = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}/graphql`;
  token = await issuer.sign(staff['BK-A/CUSTOMER_MANAGER'] ?? '');
  for (const [index, phone] of [
    [3, `138${phoneOf(3).slice(3)}`],
    [599, phoneOf(599)],
  ] as const) {
    const { data } = await ask(at, BY_PHONE, { phone });
    expect(data.customers.nodes).toMatchObject([{ number: `R-${index}` }]);
    const revealed = await ask(
      at,
      'mutation ($id: ID!) { revealCustomer(id: $id, reason: "calls") { ... on RevealedCustomer { phone idNumber address } } }',
      { id: data.customers.nodes[0].id },
    );
    expect(revealed.data.revealCustomer).toEqual({ phone, idNumber: `id${index}`, address: `Lane ${index}` });
  }
  const file = await get({ url: at }, token, path);
  expect(Buffer.from(await file.arrayBuffer()).equals(pdf('a', 20 * 128 * 1024))).toBe(true);
  const { rows } = await app.services.database.pool.query('select id, phone_sealed from customer limit 1');
  await app.close();
  await expect(start([K1])).rejects.toThrow('the key k2 has sealed some of these data');
  expect(() => createFieldCipher([K1]).open(rows[0].phone_sealed, `customer|phone|${rows[0].id}`)).toThrow('k2');
}, 120_000);

test('a server that is started with a second key rotates by itself', async () => {
  const K3: DataKey = { id: 'k3', secret: randomBytes(32) };
  const app = await start([K3, K2], true);
  for (let tries = 0; tries < 400 && (await keysInUse(app)).k2; tries++) await wait(50);
  expect(await keysInUse(app)).toEqual({ k3: 3 * ROWS + 1 });
  await app.close();
}, 120_000);

test('a cursor that was signed with the key before is still read', () => {
  const before = new CursorKey(K1.secret);
  const now = new CursorKey(K2.secret, [K1.secret]);
  const place = { epoch: 'e', pos: 42 };
  expect(now.read(before.write(place))).toEqual(place);
  expect(now.read(now.write(place))).toEqual(place);
  expect(before.read(now.write(place))).toBeUndefined();
  expect(new CursorKey(K2.secret).read(before.write(place))).toBeUndefined();
});
