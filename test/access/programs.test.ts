import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../server/app/compose.ts';
import { createLog } from '../../server/app/create-log.ts';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import type { ScopeName, TokenScope } from '../../server/platform/access/actor.ts';
import { createTokenIssuer } from '../../server/platform/access/identity.ts';
import { organisationOf } from '../../server/platform/access/organisation.ts';
import { type AccessRules, programScopeOf, rowScopeOf } from '../../server/platform/access/row-scope.ts';
import { HeldClock } from '../../server/platform/values/wall-clock.ts';
import { askAt } from '../support/ask.ts';

const bank = ['bank-vip'];
const ORGANISATION = organisationOf([
  { id: 'sys', code: 'SYS', parentId: null, policyIds: ['bank-vip', 'broadband'] },
  { id: 'hq', code: 'BK-HQ', parentId: 'sys', policyIds: bank },
  { id: 'a', code: 'BK-A', parentId: 'hq', policyIds: bank },
  { id: 'b', code: 'BK-B', parentId: 'hq', policyIds: bank },
  { id: 'bb', code: 'BB-A', parentId: 'sys', policyIds: ['broadband'] },
]);
const rules: AccessRules = {
  access: (policyId) => ({ 'bank-vip': 'BRANCH_AND_BELOW' as const, broadband: 'CENTRAL' as const })[policyId],
  needsAgreement: () => false,
};

const HQ = { branchId: 'hq', policyIds: bank };
const SYS = { branchId: 'sys', policyIds: ['bank-vip', 'broadband'] };

test.each<{
  it: string;
  place: { branchId: string; policyIds: string[] };
  scopes: TokenScope[];
  name?: ScopeName;
  sees: Record<string, string[] | 'ALL'>;
}>([
  { it: 'without a scope sees nothing', place: HQ, scopes: [], sees: {} },
  { it: 'with another scope sees nothing', place: HQ, scopes: ['metrics:write', 'alerts:read'], sees: {} },
  {
    it: 'sees the one line of its place',
    place: HQ,
    scopes: ['customers:read'],
    sees: { 'bank-vip': ['hq', 'a', 'b'] },
  },
  { it: 'at a place of several lines has to name one', place: SYS, scopes: ['customers:read'], sees: {} },
  {
    it: 'sees the line that it names',
    place: SYS,
    scopes: ['customers:read:bank-vip'],
    sees: { 'bank-vip': ['sys', 'hq', 'a', 'b', 'bb'] },
  },
  {
    it: 'sees all of a line that is shared',
    place: SYS,
    scopes: ['customers:read:broadband'],
    sees: { broadband: 'ALL' },
  },
  {
    it: 'sees the branch that it names',
    place: HQ,
    scopes: ['customers:read:bank-vip:BK-A'],
    sees: { 'bank-vip': ['a'] },
  },
  {
    it: 'sees a branch and what is below it',
    place: SYS,
    scopes: ['customers:read:bank-vip:BK-HQ'],
    sees: { 'bank-vip': ['hq', 'a', 'b'] },
  },
  {
    it: 'sees a branch of a line that is shared',
    place: SYS,
    scopes: ['customers:read:broadband:BB-A'],
    sees: { broadband: ['bb'] },
  },
  {
    it: 'sees no branch beside its own place',
    place: { branchId: 'a', policyIds: bank },
    scopes: ['customers:read:bank-vip:BK-B'],
    sees: { 'bank-vip': [] },
  },
  {
    it: 'sees no more of the branch above than its own place',
    place: { branchId: 'a', policyIds: bank },
    scopes: ['customers:read:bank-vip:BK-HQ'],
    sees: { 'bank-vip': ['a'] },
  },
  { it: 'sees no line that its place does not run', place: HQ, scopes: ['customers:read:broadband'], sees: {} },
  { it: 'sees no branch that there is not', place: HQ, scopes: ['customers:read:bank-vip:XX'], sees: {} },
  {
    it: 'writes figures where that scope says',
    place: SYS,
    name: 'metrics:write',
    scopes: ['metrics:write:bank-vip:BK-B', 'customers:read:broadband'],
    sees: { 'bank-vip': ['b'] },
  },
])('a program $it', ({ place, scopes, name = 'customers:read', sees }) => {
  const { lines } = programScopeOf({ ...place, tokenScopes: scopes }, name, ORGANISATION, rules);
  expect(
    Object.fromEntries(
      lines.map(({ policyId, branchIds }) => [policyId, branchIds === 'ALL' ? 'ALL' : [...branchIds]]),
    ),
  ).toEqual(sees);
});

test('the role SERVICE alone makes nobody a person, whatever the token says', () => {
  const program = { ...SYS, roles: ['SERVICE'] as const, tokenScopes: ['customers:read:bank-vip'] as const };
  expect(rowScopeOf(program, ORGANISATION, rules)).toEqual({ lines: [] });
});

const issuer = createTokenIssuer();
let app: Awaited<ReturnType<typeof createApp>>;
let url: string;
let staff: Record<string, string>;

beforeAll(async () => {
  app = await createApp({
    database: { memory: true },
    clock: new HeldClock(new Date('2026-03-02T00:00:00Z')),
    dataKeys: [{ id: 'k1', secret: Buffer.alloc(32, 7) }],
    identity: issuer.identity,
    isOpen: true,
    log: createLog('silent'),
  });
  staff = await createOrganisation(app.services.database.prisma, new Date('2026-03-02T00:00:00Z'));
  url = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}/graphql`;
  for (const [who, policyId] of [
    ['BK-A', 'bank-vip'],
    ['BK-B', 'bank-vip'],
    ['TL-A', 'telecom-vip'],
    ['BB-A', 'broadband-key-account'],
  ] as const) {
    const input = { policyId, branchCode: who, number: `${who}-1`, kind: 'INDIVIDUAL', name: 'Wang' };
    const { data } = await ask(await issuer.sign(staff[`${who}/CUSTOMER_MANAGER`] ?? ''), CREATE, { input });
    expect(data.createCustomer.__typename).toBe('Customer');
  }
});
afterAll(() => app.close());

const CREATE = 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename } }';
const RECORD = `mutation ($input: RecordMetricsInput!) {
  recordMetrics(input: $input) { ... on RecordMetricsResult { accepted rejected { code } } ... on Error { code } }
}`;

const ask = <Document extends string>(token: string, query: Document, variables: object = {}) =>
  askAt(url, token, query, variables);

test.each<{ scopes: TokenScope[]; who: string; sees: string[] }>([
  { who: 'SYS/SERVICE', scopes: [], sees: [] },
  { who: 'SYS/SERVICE', scopes: ['customers:read', 'alerts:read', 'metrics:write'], sees: [] },
  { who: 'SYS/SERVICE', scopes: ['metrics:write:bank-vip', 'alerts:read:bank-vip'], sees: [] },
  { who: 'SYS/SERVICE', scopes: ['customers:read:bank-vip'], sees: ['BK-A-1', 'BK-B-1'] },
  {
    who: 'SYS/SERVICE',
    scopes: ['customers:read:bank-vip:BK-B', 'customers:read:telecom-vip'],
    sees: ['BK-B-1', 'TL-A-1'],
  },
  { who: 'BK-A/SERVICE', scopes: ['customers:read'], sees: ['BK-A-1'] },
  { who: 'BK-A/SERVICE', scopes: ['customers:read:bank-vip:BK-B'], sees: [] },
])('$who with $scopes reads $sees', async ({ who, scopes, sees }) => {
  const token = await issuer.sign(staff[who] ?? '', { scopes });
  const { data } = await ask(token, '{ customers { totalCount nodes { number } } tickets { totalCount } }');
  expect(data.customers.nodes.map(({ number }: { number: string }) => number).sort()).toEqual(sees);
  expect(data.customers.totalCount).toBe(sees.length);
});

test('a program writes figures of the customers that its token names, and reads none of them', async () => {
  const token = await issuer.sign(staff['SYS/SERVICE'] ?? '', { scopes: ['metrics:write:bank-vip:BK-A'] });
  const metrics = ['BK-A-1', 'BK-B-1'].map((customerNumber) => ({
    customerNumber,
    key: 'TIME_DEPOSIT_REALTIME',
    value: '1',
    asOf: '2026-03-01',
  }));
  const { data } = await ask(token, RECORD, { input: { policyId: 'bank-vip', source: 'core', metrics } });
  expect(data.recordMetrics).toEqual({ accepted: 1, rejected: [{ code: 'UNKNOWN_CUSTOMER' }] });
  expect((await ask(token, '{ customers { totalCount } }')).data.customers.totalCount).toBe(0);
  const reader = await issuer.sign(staff['SYS/SERVICE'] ?? '', { scopes: ['customers:read:bank-vip'] });
  expect((await ask(reader, RECORD, { input: { policyId: 'bank-vip', source: 'core', metrics } })).data).toEqual({
    recordMetrics: { code: 'FORBIDDEN' },
  });
});

test('scopes that are none of ours are left out of a token', async () => {
  const token = await issuer.sign(staff['SYS/SERVICE'] ?? '', {
    scopes: [
      'customers:read:bank-vip',
      'customers:write' as never,
      'customers:read:bank-vip:BK-A:x',
      'customers:read:*' as never,
    ],
  });
  expect((await issuer.identity.verify(token))?.scopes).toEqual(['customers:read:bank-vip']);
});
