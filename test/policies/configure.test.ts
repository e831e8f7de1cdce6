import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ConfigurePolicyInput, configurePolicy } from '../../server/domain/policies/configure.ts';
import { openPolicies } from '../../server/engine/policy/open-policies.ts';
import type { Policies } from '../../server/engine/policy/policies.ts';
import type { Services } from '../../server/engine/services/services.ts';
import type { Actor } from '../../server/platform/access/actor.ts';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../../server/platform/values/errors.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { HeldClock } from '../../server/platform/values/wall-clock.ts';
import faulty from '../policy/plugins/faulty.ts';
import { NOW } from '../policy/support.ts';

const quiet = { debug() {}, warn() {}, error() {} } as never;
const clock = new HeldClock(new Date(NOW));
const branchId = newId();
const actor: Actor = {
  id: newId(),
  name: 'Ada',
  roles: ['ADMIN'],
  branchId,
  policyIds: ['faulty'],
  tokenScopes: [],
  expiresAt: Number.MAX_SAFE_INTEGER,
  rows: { lines: [] },
  place: { below: new Set(), covers: () => true, isOfficeOf: () => true },
};
let database: Database;
let policies: Policies;

beforeAll(async () => {
  database = await openDatabase({ memory: true });
  await migrate(database.pool, new URL('../../prisma/migrations/', import.meta.url));
  const createdAt = clock.now();
  await database.prisma.branch.create({
    data: { id: branchId, code: 'HQ', name: 'HQ', policyIds: ['faulty'], createdAt },
  });
  await database.prisma.staff.create({
    data: { id: actor.id, number: '1', name: 'Ada', roles: ['ADMIN'], branchId, createdAt },
  });
  policies = await openPolicies({
    plugins: [{ policy: faulty, url: new URL('../policy/plugins/faulty.ts', import.meta.url).href }],
    prisma: database.prisma,
    log: quiet,
    clock,
    limits: { refreshMs: 3_600_000 },
  });
});
afterAll(async () => {
  await policies.close();
  await database.close();
});
beforeEach(async () => {
  await database.prisma.policySetting.deleteMany();
  await policies.refresh();
});

const configure = (input: Partial<ConfigurePolicyInput>, who = actor) =>
  configurePolicy(
    { database, policies, clock } as Partial<Services> as Services,
    { actor: who, requestId: 'r1' },
    {
      policyId: 'faulty',
      parameters: [],
      reason: 'asked for by the board',
      expectedVersion: policies.get('faulty')?.version ?? '',
      ...input,
    },
  );

test('a parameter that is set is in force at once, kept as a version, and audited with before and after', async () => {
  const before = policies.get('faulty')?.version;
  const configured = await configure({ parameters: [{ key: 'limit', value: 7 }] });
  expect(configured).toMatchObject({ parameters: { limit: 7 }, enabled: true });
  expect(configured.version).not.toBe(before);
  expect(policies.get('faulty')?.version).toBe(configured.version);
  const versions = await database.prisma.policyVersion.findMany({ where: { version: configured.version } });
  expect(versions).toMatchObject([
    { policyId: 'faulty', parameters: { limit: 7 }, reason: 'asked for by the board', byId: actor.id },
  ]);
  const [entry] = await database.prisma.auditEntry.findMany({
    where: { action: 'CONFIGURE_POLICY' },
    orderBy: { id: 'desc' },
    take: 1,
  });
  expect(entry).toMatchObject({
    subjectId: 'faulty',
    reason: 'asked for by the board',
    changes: [{ field: 'limit', before: null, after: '7' }],
  });
});

test('null takes a value back, and what is not named stays', async () => {
  await configure({ parameters: [{ key: 'limit', value: 7 }] });
  expect((await configure({ enabled: false })).parameters).toEqual({ limit: 7 });
  const configured = await configure({ parameters: [{ key: 'limit', value: null }] });
  expect(configured).toMatchObject({ parameters: {}, enabled: false });
});

test('what is so already makes no version and no entry', async () => {
  await configure({ parameters: [{ key: 'limit', value: 7 }] });
  const counts = () => Promise.all([database.prisma.policyVersion.count(), database.prisma.auditEntry.count()]);
  const before = await counts();
  expect(await configure({ parameters: [{ key: 'limit', value: 7 }] })).toMatchObject({ parameters: { limit: 7 } });
  expect(await configure({ enabled: true })).toMatchObject({ enabled: true });
  expect(await counts()).toEqual(before);
});

test('a change that nobody had read yet is a conflict that names the version in force', async () => {
  const stale = policies.get('faulty')?.version ?? '';
  const { version } = await configure({ parameters: [{ key: 'limit', value: 7 }] });
  const late = configure({ parameters: [{ key: 'limit', value: 8 }], expectedVersion: stale });
  await expect(late).rejects.toThrow(Conflict);
  await expect(late).rejects.toMatchObject({ currentVersion: version });
  expect(policies.get('faulty')?.parameters).toEqual({ limit: 7 });
});

test('of two at once, one wins', async () => {
  const expectedVersion = policies.get('faulty')?.version ?? '';
  const settled = await Promise.allSettled(
    [1, 2].map((value) => configure({ parameters: [{ key: 'limit', value }], expectedVersion })),
  );
  expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test.each([
  { it: 'no reason', input: { reason: '  ' }, error: InvalidInput },
  { it: 'an unknown parameter', input: { parameters: [{ key: 'limmit', value: 1 }] }, error: InvalidInput },
  { it: 'a value of another type', input: { parameters: [{ key: 'limit', value: 'x' }] }, error: InvalidInput },
  {
    it: 'a parameter given twice',
    input: {
      parameters: [
        { key: 'limit', value: 1 },
        { key: 'limit', value: 2 },
      ],
    },
    error: InvalidInput,
  },
  { it: 'a policy that is not installed', input: { policyId: 'gone' }, error: NotFound },
  { it: 'the standard policy disabled', input: { policyId: 'standard', enabled: false }, error: InvalidInput },
])('$it is refused', async ({ input, error }) => {
  await expect(configure(input)).rejects.toThrow(error);
  expect(await database.prisma.policySetting.count()).toBe(0);
});

test.each([
  { it: 'another role', who: { ...actor, roles: ['DIRECTOR'] } satisfies Actor },
  { it: 'an administrator of another line', who: { ...actor, policyIds: ['other'] } satisfies Actor },
])('$it may not', async ({ who }) => {
  await expect(configure({ parameters: [{ key: 'limit', value: 7 }] }, who)).rejects.toThrow(Forbidden);
});
