import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DemoPeople } from '../../server/app/demo/demo-people.ts';
import { DemoPulse } from '../../server/app/demo/pulse.ts';
import { startSandbox } from '../../server/app/sandbox/sandbox.ts';

const NOW = new Date('2026-11-30T10:00:00+08:00');
const LINES = ['bank-vip', 'broadband-key-account', 'telecom-vip'];

let app: Awaited<ReturnType<typeof startSandbox>>['app'];
const left: string[] = [];
beforeAll(async () => {
  const log = pino({ level: 'warn' }, { write: (line: string) => void left.push(line) });
  ({ app } = await startSandbox({ at: NOW, port: 0, demo: true, plugins: [], log }));
});
afterAll(() => app.close());

const prisma = () => app.services.database.prisma;

test('every scene is played', () => expect(left.filter((line) => line.includes('left out'))).toEqual([]));

test('every clock that is breached or at risk has its alert, raised at its instant', async () => {
  const clocks = await prisma().slaClock.findMany({
    where: {
      fulfilledAt: null,
      cancelledAt: null,
      OR: [{ atRisk: true }, { state: 'BREACHED' }],
      ticket: { closedAt: null },
    },
    select: {
      id: true,
      state: true,
      breachedAt: true,
      dueAt: true,
      alerts: { select: { kind: true, raisedAt: true } },
    },
  });
  expect(clocks.length).toBeGreaterThan(20);
  expect(clocks.filter(({ state }) => state === 'BREACHED').length).toBeGreaterThan(8);
  for (const { state, alerts } of clocks)
    expect(alerts.map(({ kind }) => kind)).toContain(state === 'BREACHED' ? 'SLA_BREACHED' : 'SLA_AT_RISK');
  // A breach of the last days is told a millisecond after it was due, not when the demo was loaded.
  const raised = clocks.flatMap(({ alerts }) => alerts.map(({ raisedAt }) => raisedAt.getTime()));
  expect(new Set(raised).size).toBeGreaterThan(20);
  expect(Math.max(...raised)).toBeLessThanOrEqual(NOW.getTime());
});

test('alerts of many kinds are there, some of them in hand', async () => {
  const kinds = await prisma().alert.groupBy({ by: ['kind'] });
  expect(kinds.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining([
      'APPROVAL_WAITING',
      'DATA_LEAK',
      'GRADE_CHANGED',
      'SLA_AT_RISK',
      'SLA_BREACHED',
      'SLA_FULFILLED_LATE',
      'TASK_OVERDUE',
    ]),
  );
  expect(await prisma().alert.count({ where: { acknowledgedAt: { not: null } } })).toBeGreaterThanOrEqual(2);
});

test('in every line approvals wait, plans are under way and tasks are due', async () => {
  const linesOf = (rows: { policyId: string }[]) => [...new Set(rows.map(({ policyId }) => policyId))].toSorted();
  const select = { policyId: true } as const;
  expect(linesOf(await prisma().approval.findMany({ where: { state: 'PENDING' }, select }))).toEqual(LINES);
  const underWay = { status: { in: ['APPROVED' as const, 'IN_PROGRESS' as const] } };
  expect(linesOf(await prisma().maintenancePlan.findMany({ where: underWay, select }))).toEqual(LINES);
  const today = { status: 'OPEN' as const, dueAt: { gt: NOW, lte: new Date(NOW.getTime() + 86_400_000) } };
  expect(linesOf(await prisma().task.findMany({ where: today, select }))).toEqual(LINES);
});

test('once it runs, an alert of every line comes within half a minute, and then one now and again', async () => {
  const { services } = app;
  const pulse = new DemoPulse(services, new DemoPeople(services), { firstMs: 15_000, everyMs: 50, slowMs: 50 });
  const raisedSince = async (from: Date) =>
    prisma().alert.findMany({ where: { kind: 'SLA_AT_RISK', raisedAt: { gt: from } }, select: { policyId: true } });
  pulse.start();
  try {
    await expect.poll(() => prisma().careRun.count(), { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
    const handedOver = () => prisma().ticket.count({ where: { externalNumber: { startsWith: 'PULSE-' } } });
    await expect.poll(handedOver, { timeout: 60_000 }).toBeGreaterThan(10);
  } finally {
    await pulse.stop();
  }
  await services.advance?.(new Date(NOW.getTime() + 30_000));
  const alerts = await raisedSince(NOW);
  expect([...new Set(alerts.map(({ policyId }) => policyId))].toSorted()).toEqual(LINES);
  // Colleagues solve the oldest, so that a demo of days stays readable.
  const open = { externalNumber: { startsWith: 'PULSE-' }, resolvedAt: null };
  expect(await prisma().ticket.count({ where: open })).toBeLessThanOrEqual(10);
});
