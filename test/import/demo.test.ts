import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDemo } from '../../server/domain/import/demo.ts';
import { createDatabase } from '../support/postgres.ts';
import { openServices } from './support.ts';

const NOW = '2027-03-31T09:30:00+08:00';

describe.each([
  { kind: 'EMBEDDED', settings: async () => ({ memory: true }) as const },
  { kind: 'POSTGRES', settings: async () => ({ url: await createDatabase(), acceptDataLoss: true }) },
])('on $kind, the demo', ({ settings }) => {
  let services: Awaited<ReturnType<typeof openServices>>;
  let demo: Awaited<ReturnType<typeof loadDemo>>;
  beforeAll(async () => {
    services = await openServices(await settings(), NOW);
    demo = await loadDemo(services, new Date(NOW));
  });
  afterAll(() => services[Symbol.asyncDispose]());

  test('has three lines with customers, figures over 13 months, open and closed tickets', async () => {
    const { prisma } = services.database;
    expect(demo.customers).toBeGreaterThanOrEqual(600);
    expect(demo.tickets).toBeGreaterThanOrEqual(150);
    expect(demo.staff).toMatchObject({
      'BK-A-CM1': expect.any(String),
      'BB-A-SUP1': expect.any(String),
      'SYS-ADMIN': expect.any(String),
      'TL-B-SERVICE': expect.any(String),
    });
    const lines = await prisma.customer.groupBy({ by: ['policyId'], _count: true });
    expect(lines.map(({ _count }) => _count)).toEqual([220, 220, 220]);
    const months = await prisma.figure.findMany({
      distinct: ['asOf'],
      select: { asOf: true },
      orderBy: { asOf: 'asc' },
    });
    expect(months).toHaveLength(13);
    expect(months.at(-1)?.asOf).toEqual(new Date('2027-02-28'));
    expect(await prisma.ticket.count({ where: { status: 'CLOSED' } })).toBeGreaterThan(80);
    expect(await prisma.ticket.count({ where: { status: { not: 'CLOSED' } } })).toBeGreaterThan(40);
    expect(await prisma.ticket.count({ where: { fallback: true } })).toBe(0);
    expect(await prisma.customer.count({ where: { tierCode: { not: null } } })).toBeGreaterThan(200);
  });

  test('leaves what its open clocks passed to the sweep, and within ten minutes has clocks of every line fire', async () => {
    const { prisma } = services.database;
    expect(await prisma.alert.count()).toBe(0);
    const clocks = await prisma.slaClock.findMany({ where: { nextFireAt: { not: null } } });
    const moments = clocks.flatMap(({ policyId, fireAt, firePercent }) =>
      fireAt.map((at, index) => ({ policyId, inMs: at.getTime() - Date.parse(NOW), percent: firePercent[index] ?? 0 })),
    );
    const past = moments.filter(({ inMs }) => inMs <= 0);
    const soon = moments.filter(({ inMs }) => inMs > 0 && inMs <= 600_000);
    for (const some of [past, soon]) {
      expect(new Set(some.map(({ policyId }) => policyId)).size).toBe(3);
      expect(new Set(some.map(({ percent }) => percent >= 100)).size).toBe(2);
    }
    expect(Math.min(...soon.map(({ inMs }) => inMs))).toBeGreaterThan(60_000);
  });

  test('is loaded once', async () => {
    expect(await loadDemo(services, new Date(NOW))).toEqual({ ...demo, isNew: false });
  });
});
