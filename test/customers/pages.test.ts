import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../server/platform/values/ids.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

// However a list is ordered, its pages forward and backward are one order, in which each row stands once.

const DAY = 86_400_000;

let app: TestApp;
const rows: {
  id: string;
  number: string;
  name: string;
  tierRank: number | null;
  createdAt: Date;
  reviewDueOn: Date | null;
}[] = [];
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00Z' });
  const { prisma } = app.app.services.database;
  await prisma.staff.updateMany({ where: { number: 'SYS-AUDITOR' }, data: { roles: ['DIRECTOR'] } });
  const places = { 'BK-A': 'bank-vip', 'BK-B': 'bank-vip', 'TL-A': 'telecom-vip', 'BB-A': 'broadband-key-account' };
  const codes = Object.keys(places) as (keyof typeof places)[];
  const branches = new Map((await prisma.branch.findMany()).map(({ code, id }) => [code, id]));
  for (let n = 0; n < 48; n += 1) {
    const code = codes[n % 4] ?? 'BK-A';
    const row = {
      id: newId(),
      number: `N${(n * 29) % 48}`,
      name: `Client ${n % 5}`,
      tierRank: n % 3 === 0 ? null : n % 4,
      createdAt: new Date(Date.UTC(2026, 0, 1) + (n % 6) * DAY),
      reviewDueOn: n % 4 < 2 ? null : new Date(Date.UTC(2026, 5, 1) + (n % 7) * DAY),
    };
    rows.push(row);
    const data = {
      ...row,
      policyId: places[code],
      branchId: branches.get(code) ?? '',
      kind: 'INDIVIDUAL',
      stage: 'FORMAL',
    } as const;
    await prisma.customer.create({ data: { ...data, updatedAt: row.createdAt, nameWords: [] } });
  }
});
afterAll(() => app[Symbol.asyncDispose]());

const FIELDS = {
  NUMBER: 'number',
  NAME: 'name',
  TIER_RANK: 'tierRank',
  CREATED_AT: 'createdAt',
  REVIEW_DUE_ON: 'reviewDueOn',
} as const;

/** The rows in the order that the schema describes: what has no value comes last, and equals by their ids. */
function inOrder(field: keyof typeof FIELDS, direction: string): string[] {
  const sign = direction === 'ASC' ? 1 : -1;
  const compare = (a: unknown, b: unknown) =>
    (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
  return [...rows]
    .sort((a, b) => {
      const [x, y] = [a[FIELDS[field]], b[FIELDS[field]]];
      if ((x === null) !== (y === null)) return x === null ? 1 : -1;
      return sign * (compare(x?.valueOf(), y?.valueOf()) || compare(a.id, b.id));
    })
    .map(({ number }) => number);
}

async function walk(order: object, backward: boolean): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: object = backward ? { last: 7, before: cursor } : { first: 7, after: cursor };
    const { data, errors } = await app.as('SYS/AUDITOR').ask(
      `query ($order: CustomerOrder, $first: Int, $after: String, $last: Int, $before: String) {
        customers(orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
          totalCount nodes { number } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }`,
      { order, ...page },
    );
    expect(errors).toBeUndefined();
    const { totalCount, nodes, pageInfo } = data.customers;
    expect(totalCount).toBe(rows.length);
    const numbers = nodes.map(({ number }: { number: string }) => number);
    if (backward) found.unshift(...numbers);
    else found.push(...numbers);
    expect(backward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage).toBe(cursor !== null);
    const hasMore = backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage;
    cursor = hasMore ? (backward ? pageInfo.startCursor : pageInfo.endCursor) : null;
  } while (cursor !== null);
  return found;
}

const orders = (Object.keys(FIELDS) as (keyof typeof FIELDS)[]).flatMap((field) =>
  ['ASC', 'DESC'].map((direction) => ({ field, direction })),
);

test.each(orders)('customers of several lines by $field $direction, both ways', async ({ field, direction }) => {
  const expected = inOrder(field, direction);
  expect(await walk({ field, direction }, false)).toEqual(expected);
  expect(await walk({ field, direction }, true)).toEqual(expected);
});

test('a cursor of another order is refused, and the argument is named', async () => {
  const auditor = app.as('SYS/AUDITOR');
  const { data } = await auditor.ask('{ customers(first: 1) { pageInfo { endCursor } } }');
  const { endCursor } = data.customers.pageInfo;
  for (const [argument, size] of [
    ['after', 'first'],
    ['before', 'last'],
  ]) {
    const { errors } = await auditor.ask(
      `query ($cursor: String) { customers(${size}: 1, ${argument}: $cursor, orderBy: { field: NAME }) { nodes { id } } }`,
      { cursor: endCursor },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: argument }] });
  }
});
