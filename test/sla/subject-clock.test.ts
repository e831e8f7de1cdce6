import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Services } from '../../server/engine/services/services.ts';
import { endSubjectClocks } from '../../server/engine/sla/subject-clock.ts';
import { sweepSubjectClocks } from '../../server/engine/sla/sweep-subjects.ts';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { inTransaction } from '../../server/platform/storage/transaction.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { HeldClock } from '../../server/platform/values/wall-clock.ts';
import { createDatabase } from '../support/postgres.ts';

const START = new Date('2026-03-02T01:00:00Z');
const at = (minutes: number) => new Date(START.getTime() + minutes * 60_000);

let database: Database;
let branchId: string;
beforeAll(async () => {
  database = await openDatabase({ url: await createDatabase(), acceptDataLoss: true }, { onError: () => undefined });
  branchId = newId();
  await database.prisma.branch.create({
    data: { id: branchId, code: 'B', name: 'B', policyIds: ['p'], createdAt: START },
  });
});
afterAll(() => database.close());

function node(now: Date): Services {
  return { database, clock: new HeldClock(now), alerts: { wake: () => undefined } } as unknown as Services;
}

async function plant(keys: readonly string[]): Promise<void> {
  await database.prisma.subjectClock.createMany({
    data: keys.map((key) => ({
      id: newId(),
      key,
      subjectType: 'Approval',
      subjectId: newId(),
      policyId: 'p',
      branchId,
      alertKind: 'APPROVAL_WAITING' as const,
      label: { en: key, zh: key },
      state: 'RUNNING' as const,
      startedAt: START,
      dueAt: at(100),
      fireAt: [at(50), at(80), new Date(at(100).getTime() + 1)],
      firePercent: [50, 80, 100],
      nextFireAt: at(50),
      calendarKey: 'p/always@1',
      timeZone: 'Asia/Shanghai',
      audience: ['SUPERVISOR' as const],
      policyVersion: 'p@1',
    })),
  });
}

const told = async (prefix: string) => {
  const alerts = await database.prisma.alert.findMany({ orderBy: [{ id: 'asc' }] });
  return alerts.filter(({ message }) => (message as { en: string }).en.startsWith(prefix));
};

test('nodes that sweep together fire each moment once, at-risk points before the breach', async () => {
  const keys = Array.from({ length: 1_200 }, (_, n) => `many ${n}`);
  await plant(keys);
  expect(await sweepSubjectClocks(node(new Date(at(50).getTime() - 1)))).toBe(0);
  const first = await Promise.all([1, 2, 3, 4].map(() => sweepSubjectClocks(node(at(50)))));
  expect(first.reduce((sum, count) => sum + count, 0)).toBe(1_200);
  const late = await Promise.all([1, 2, 3, 4].map(() => sweepSubjectClocks(node(at(101)))));
  expect(late.reduce((sum, count) => sum + count, 0)).toBe(2_400);
  expect(await sweepSubjectClocks(node(at(200)))).toBe(0);
  const alerts = await told('many ');
  expect(alerts).toHaveLength(3_600);
  expect(new Set(alerts.map(({ dedupeKey }) => dedupeKey)).size).toBe(3_600);
  expect(alerts.filter(({ severity }) => severity === 'CRITICAL')).toHaveLength(1_200);
  const left = await database.prisma.subjectClock.count({
    where: { key: { in: keys }, OR: [{ state: { not: 'BREACHED' } }, { nextFireAt: { not: null } }] },
  });
  expect(left).toBe(0);
});

test.each([
  { it: 'before anything', ended: 49, state: 'FULFILLED', told: 0 },
  { it: 'at the due instant, which is in time', ended: 100, state: 'FULFILLED', told: 2 },
  { it: 'a minute late, and unswept: what fell due is told all the same', ended: 101, state: 'BREACHED', told: 3 },
])('a promise kept $it', async ({ it, ended, state, told: count }) => {
  await plant([it]);
  const end = () => inTransaction(database, (tx) => endSubjectClocks(tx, [it], 'FULFILLED', at(ended)));
  await end();
  await end();
  await sweepSubjectClocks(node(at(500)));
  const clock = await database.prisma.subjectClock.findUniqueOrThrow({ where: { key: it } });
  expect(clock).toMatchObject({ state, endedAt: at(ended), nextFireAt: null });
  expect(await told(it)).toHaveLength(count);
});

test('the sweep and what ends a clock at the same time tell each moment once', async () => {
  const keys = Array.from({ length: 300 }, (_, n) => `race ${n}`);
  await plant(keys);
  await Promise.all([
    sweepSubjectClocks(node(at(101))),
    ...keys.map((key) => inTransaction(database, (tx) => endSubjectClocks(tx, [key], 'FULFILLED', at(101)))),
    sweepSubjectClocks(node(at(101))),
  ]);
  expect(await told('race ')).toHaveLength(900);
});
