import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PrismaClient } from '../../prisma/generated/client/client.ts';
import { withReadLane } from '../../server/platform/storage/reads/read-lane.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

// What is read here in one statement is what Prisma reads, in type and value; what is not spelt is left to Prisma.

let app: TestApp;
let prisma: PrismaClient;
let here: PrismaClient;
let pool: pg.Pool;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00Z', demo: true });
  prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: app.databaseUrl ?? '' }) });
  pool = new pg.Pool({ connectionString: app.databaseUrl ?? '' });
  here = withReadLane(new PrismaClient({ adapter: new PrismaPg(pool) }), pool);
});
afterAll(async () => {
  await prisma?.$disconnect();
  await pool?.end();
  await app?.[Symbol.asyncDispose]();
});

/** The statements that the client sends while it reads. */
async function statementsOf(run: () => Promise<void>): Promise<string[]> {
  const ours = vi.spyOn(pool, 'query');
  try {
    await run();
    return ours.mock.calls.map(([query]) => (query as { text?: string }).text ?? String(query));
  } finally {
    ours.mockRestore();
  }
}

type Read = (client: PrismaClient) => Promise<unknown>;

const BY_ID = [{ id: 'asc' }] as const;

const SPELT: Readonly<Record<string, Read>> = {
  'whole rows': (client) => client.customer.findMany({ orderBy: [...BY_ID], take: 5 }),
  'columns and relations': (client) =>
    client.ticket.findMany({
      orderBy: [{ nextDueAt: { sort: 'asc', nulls: 'last' } }, { id: 'desc' }],
      take: 20,
      select: {
        id: true,
        serial: true,
        openedAt: true,
        customer: { select: { name: true, birthday: true, branch: { select: { code: true, policyIds: true } } } },
        assignee: true,
        clocks: { orderBy: [...BY_ID], select: { targetMs: true, fireAt: true, firePercent: true, label: true } },
      },
    }),
  'exact decimals and days': (client) =>
    client.currentFigure.findMany({ orderBy: [{ key: 'asc' }, { customerId: 'asc' }], take: 50 }),
  'counts of what hangs on a row': (client) =>
    client.customer.findMany({
      orderBy: [...BY_ID],
      take: 10,
      select: { id: true, _count: { select: { tickets: { where: { isOpen: true } }, tasks: true } } },
    }),
  'an include': (client) =>
    client.branch.findMany({ orderBy: [...BY_ID], include: { parent: true, children: { orderBy: [...BY_ID] } } }),
  'the first one': (client) =>
    client.staff.findFirst({ where: { number: { startsWith: 'BK-' } }, orderBy: { number: 'desc' } }),
  nobody: (client) => client.staff.findFirst({ where: { number: 'nobody' } }),
  'a count with a bound': (client) => client.customer.count({ where: { NOT: { stage: 'LAPSED' } }, take: 7 }),
  'nothing, of no value': (client) => client.ticket.findMany({ where: { id: { in: [] } } }),
  'all but some': (client) =>
    client.staff.findMany({
      where: { roles: { hasSome: ['DIRECTOR', 'AUDITOR'] }, number: { notIn: ['SYS-ADMIN'] } },
      orderBy: [...BY_ID],
    }),
  'a text within another': (client) =>
    client.customer.findMany({
      where: { name: { contains: 'a', mode: 'insensitive' } },
      orderBy: [...BY_ID],
      select: { name: true },
    }),
  'those with some, and those with none': (client) =>
    client.customer.findMany({
      where: { OR: [{ tickets: { some: { slaState: 'BREACHED' } } }, { tickets: { none: {} } }] },
      orderBy: [...BY_ID],
      select: { number: true },
    }),
  'times between': (client) =>
    client.ticket.findMany({
      where: { openedAt: { gte: new Date('2026-02-01T00:00:00Z'), lt: new Date('2026-03-01T00:00:00Z') } },
      orderBy: [...BY_ID],
      select: { id: true, openedAt: true, resolvedAt: true },
    }),
  days: (client) =>
    client.customer.findMany({
      where: { birthday: { gte: new Date('1980-01-01') } },
      orderBy: [...BY_ID],
      select: { birthday: true },
    }),
  'rows whose relation is not there': (client) =>
    client.branch.findMany({ where: { parent: null }, select: { code: true } }),
};

describe('what is spelt', () => {
  test.each(Object.keys(SPELT))('%s: one statement, the same answer', async (name) => {
    const read = SPELT[name] as Read;
    let found: unknown;
    const sent = await statementsOf(async () => {
      found = await read(here);
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain('/* reads.');
    expect(found).toEqual(await read(prisma));
  });
});

const UNSPELT: Readonly<Record<string, Read>> = {
  'a cursor of Prisma': async (client) => {
    const first = await prisma.customer.findFirstOrThrow({ orderBy: [...BY_ID] });
    return client.customer.findMany({
      cursor: { id: first.id },
      skip: 1,
      take: 3,
      orderBy: [...BY_ID],
      select: { id: true },
    });
  },
  'a negated relation': (client) =>
    client.ticket.findMany({
      where: { NOT: { assignee: { number: 'BK-A-CM1' } } },
      orderBy: [...BY_ID],
      select: { id: true },
    }),
  'an order by a relation': (client) =>
    client.ticket.findMany({
      orderBy: [{ customer: { number: 'asc' } }, { id: 'asc' }],
      take: 5,
      select: { id: true },
    }),
  'distinct rows': (client) =>
    client.ticket.findMany({ distinct: ['type'], orderBy: [...BY_ID], select: { type: true } }),
};

describe('what is not spelt', () => {
  test.each(Object.keys(UNSPELT))('%s is left to Prisma', async (name) => {
    const read = UNSPELT[name] as Read;
    const sent = await statementsOf(async () => {
      expect(await read(here)).toEqual(await read(prisma));
    });
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.filter((text) => text.includes('/* reads.'))).toEqual([]);
  });
});

test('every relation leads to an id, and is known from both of its ends', async () => {
  const { dataModelOf } = await import('../../server/platform/storage/reads/data-model.ts');
  const { readFileSync } = await import('node:fs');
  const schema = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');
  const models = dataModelOf(prisma);
  const relations = [...models.values()].flatMap(({ fields }) =>
    [...fields.values()].filter(({ is }) => is === 'RELATION'),
  );
  const declared = [...schema.matchAll(/@relation\([^)]*fields: \[\w+\], references: \[(\w+)\]/g)].map(([, to]) => to);
  expect(new Set(declared)).toEqual(new Set(['id']));
  expect(relations).toHaveLength(declared.length * 2);
});
