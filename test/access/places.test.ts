import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Permission, PLACES } from '../../server/platform/access/permissions.ts';
import { newId, toGlobalId } from '../../server/platform/values/ids.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

// Whoever has the role does not have it everywhere: what holds for a whole line is changed at its head office or above, what a
// branch or a person is given comes from the place itself or from above. Inputs are such as nobody carries out twice: a stale
// version, an empty list. Who may gets another answer than Forbidden.

let app: TestApp;
/** Global ids by code. */
let branches: Map<string, string>;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const rows = await app.app.services.database.prisma.branch.findMany({ select: { id: true, code: true } });
  branches = new Map(rows.map(({ id, code }) => [code, toGlobalId('Branch', id)]));
});
afterAll(() => app[Symbol.asyncDispose]());

const STALE = { expectedVersion: 'stale', reason: 'a look' };
/** The broadband line shows its customers to all outlets, the bank does not: neither says who disposes of a branch. */
const BANK = { policyId: 'bank-vip', branch: 'BK' };
const BROADBAND = { policyId: 'broadband-key-account', branch: 'BB' };

interface Command {
  readonly permission: Permission;
  readonly mutation: string;
  readonly line: typeof BANK;
  readonly roles: readonly string[];
  readonly input: () => object;
}

const COMMANDS: readonly Command[] = [
  {
    permission: 'setAnnualList',
    mutation: 'setAnnualList',
    line: BANK,
    roles: ['COMMAND_CENTER', 'DIRECTOR'],
    input: () => ({ policyId: 'bank-vip', schemeId: 'corporate', year: 2026, entries: [] }),
  },
  ...[BANK, BROADBAND].flatMap((line): Command[] => [
    {
      permission: 'applyPolicy',
      mutation: 'applyPolicy',
      line,
      roles: ['ADMIN', 'COMMAND_CENTER', 'DIRECTOR'],
      input: () => ({ policyId: line.policyId, ...STALE }),
    },
    {
      permission: 'configurePolicy',
      mutation: 'configurePolicy',
      line,
      roles: ['ADMIN'],
      input: () => ({ policyId: line.policyId, parameters: [], ...STALE }),
    },
    {
      permission: 'configurePolicy',
      mutation: 'reviseCalendar',
      line,
      roles: ['ADMIN'],
      input: () => ({ policyId: line.policyId, calendarId: 'none', expectedVersion: 1, reason: 'a look' }),
    },
  ]),
  {
    permission: 'drawServiceSample',
    mutation: 'drawServiceSample',
    line: BANK,
    roles: ['AUDITOR'],
    input: () => ({ policyId: 'bank-vip', size: 0 }),
  },
];

/** Where each permission holds, of an outlet, its head office, the place above all and another line's head office. */
const PLACE_OF = ['A', 'B', 'HQ', 'SYS', 'OTHER'] as const;

async function answerTo(who: string, { mutation, input }: Pick<Command, 'mutation' | 'input'>) {
  const type = app.app.schema
    .getMutationType()
    ?.getFields()
    [mutation]?.args.find(({ name }) => name === 'input')?.type;
  const { data, errors } = await app
    .as(who)
    .ask<Record<string, { __typename: string }>>(
      `mutation ($input: ${type}) { ${mutation}(input: $input) { __typename } }`,
      { input: input() },
    );
  expect(errors).toBeUndefined();
  return data[mutation]?.__typename ?? '';
}

/** People of the role at the place, where there is one: the place above has administrators and auditors. */
function at(place: (typeof PLACE_OF)[number], prefix: string, role: string): string | null {
  if (place === 'OTHER') return `TL-HQ/${role}`;
  if (place !== 'SYS') return `${prefix}-${place}/${role}`;
  return role === 'ADMIN' || role === 'AUDITOR' ? `SYS/${role}` : null;
}

const cases = COMMANDS.flatMap((command) =>
  command.roles.flatMap((role) =>
    PLACE_OF.flatMap((place) => {
      const who = at(place, command.line.branch, role);
      return who ? [{ ...command, who, isAllowed: place === 'HQ' || place === 'SYS' }] : [];
    }),
  ),
);

describe('what holds for a whole line', () => {
  test.each(cases)('$mutation of $line.policyId by $who: $isAllowed', async ({ who, isAllowed, ...command }) => {
    // Of another line one may be told that there is none.
    const refusals = who.startsWith('TL-') ? ['Forbidden', 'NotFound'] : ['Forbidden'];
    expect(!refusals.includes(await answerTo(who, command))).toBe(isAllowed);
  });

  test.each([
    { who: 'BK-HQ/ADMIN', isAllowed: false },
    { who: 'SYS/ADMIN', isAllowed: true },
  ])('the standard policy, which answers in every line, by $who: $isAllowed', async ({ who, isAllowed }) => {
    const input = () => ({ policyId: 'standard', parameters: [], ...STALE });
    expect((await answerTo(who, { mutation: 'configurePolicy', input })) !== 'Forbidden').toBe(isAllowed);
  });
});

/** What is read by place: each by its query. */
const READ = { readDecisions: '{ policyShadows(policyId: "bank-vip") { id } }' } as const satisfies Partial<
  Record<Permission, string>
>;

describe('what is read of a whole line', () => {
  const reads = Object.entries(READ).flatMap(([permission, query]) =>
    [
      { who: 'BK-A/DIRECTOR', isAllowed: false },
      { who: 'BK-B/AUDITOR', isAllowed: false },
      { who: 'TL-HQ/DIRECTOR', isAllowed: false },
      { who: 'BK-HQ/DIRECTOR', isAllowed: true },
      { who: 'BK-HQ/AUDITOR', isAllowed: true },
      { who: 'SYS/ADMIN', isAllowed: true },
      { who: 'BK-HQ/SUPERVISOR', isAllowed: false },
    ].map((one) => ({ permission, query, ...one })),
  );
  test.each(reads)('$permission by $who: $isAllowed', async ({ who, query, isAllowed }) => {
    const { errors } = await app.as(who).ask(query);
    expect(errors?.map(({ extensions }) => extensions?.code) ?? []).toEqual(isAllowed ? [] : ['FORBIDDEN']);
  });
});

describe('what a branch or a person is given', () => {
  let shifts = 0;
  const GIVEN = [
    {
      mutation: 'allocateBudget',
      permission: 'allocateBudget',
      input: ({ policyId, branch }: typeof BANK) => ({
        policyId,
        branchCode: `${branch}-A`,
        year: 2026,
        amount: { amount: '10' },
        purpose: 'the year',
      }),
    },
    {
      mutation: 'setStaffTarget',
      permission: 'setStaffTarget',
      input: ({ policyId, branch }: typeof BANK) => ({
        policyId,
        staffId: app.as(`${branch}-A/CUSTOMER_MANAGER`).id,
        key: 'RESOLUTION_RATE',
        year: 2026,
        value: '90',
      }),
    },
    {
      mutation: 'updateStaff',
      permission: 'manageStaff',
      role: 'ADMIN',
      input: ({ branch }: typeof BANK) => ({ id: app.as(`${branch}-A/AUDITOR`).id, name: `Auditor ${newId()}` }),
    },
    {
      mutation: 'renameBranch',
      permission: 'manageBranches',
      role: 'ADMIN',
      input: ({ branch }: typeof BANK) => ({ id: branches.get(`${branch}-A`), name: `Outlet ${newId()}` }),
    },
    {
      mutation: 'setShift',
      permission: 'keepRota',
      input: ({ policyId, branch }: typeof BANK) => {
        shifts += 1;
        return {
          policyId,
          branchId: branches.get(`${branch}-A`),
          post: 'SUPERVISOR',
          staffId: app.as(`${branch}-A/SUPERVISOR`).id,
          from: new Date(Date.UTC(2026, 4, shifts)),
          until: new Date(Date.UTC(2026, 4, shifts, 8)),
        };
      },
    },
  ] as const;
  const rows = GIVEN.flatMap((one) =>
    [BANK, BROADBAND].flatMap((line) =>
      [
        { place: `${line.branch}-A`, isAllowed: true },
        { place: `${line.branch}-B`, isAllowed: false },
        { place: `${line.branch}-HQ`, isAllowed: true },
        { place: 'TL-HQ', isAllowed: false },
      ].map((where) => ({ role: 'DIRECTOR', ...one, line, ...where })),
    ),
  );
  test.each(rows)(
    '$mutation in $line.policyId at A by $place: $isAllowed',
    async ({ mutation, line, place, role, isAllowed, input }) => {
      const answer = await answerTo(`${place}/${role}`, { mutation, input: () => input(line) });
      expect(!['Forbidden', 'InvalidInput', 'NotFound'].includes(answer)).toBe(isAllowed);
    },
  );

  test('every permission that has a place is tried', () => {
    const tried = new Set<string>([...COMMANDS, ...GIVEN].map(({ permission }) => permission));
    expect([...tried, ...Object.keys(READ)].sort()).toEqual(Object.keys(PLACES).sort());
  });
});
