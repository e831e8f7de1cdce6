import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MaintenancePlan } from '../../prisma/generated/client/client.ts';
import { consumeBudget, releaseBudget, reserveBudget } from '../../server/domain/budget/ledger.ts';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { inTransaction } from '../../server/platform/storage/transaction.ts';
import { Refused } from '../../server/platform/values/errors.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase } from '../support/postgres.ts';

const AT = new Date('2026-03-02T01:00:00Z');
const ALLOCATED = 2_000;
const BUDGETS = [900, 700, 600, 50];

let database: Database;
let staffId: string;
let customerId: string;
let branchId: string;

beforeAll(async () => {
  database = await openDatabase({ url: await createDatabase(), acceptDataLoss: true }, { onError: () => undefined });
  const { prisma } = database;
  [branchId, staffId, customerId] = [newId(), newId(), newId()] as [string, string, string];
  await prisma.branch.create({ data: { id: branchId, code: 'B', name: 'B', policyIds: ['p'], createdAt: AT } });
  await prisma.staff.create({
    data: { id: staffId, number: 'S', name: 'S', roles: ['DIRECTOR'], branchId, createdAt: AT },
  });
  await prisma.customer.create({
    data: {
      id: customerId,
      policyId: 'p',
      number: '1',
      kind: 'INDIVIDUAL',
      stage: 'FORMAL',
      name: 'C',
      nameWords: ['c'],
      branchId,
      createdAt: AT,
      updatedAt: AT,
    },
  });
});
afterAll(() => database.close());

/** An account and plans of their own, so that each history begins with nothing. */
async function given(year: number): Promise<MaintenancePlan[]> {
  const { prisma } = database;
  await prisma.budgetAccount.create({
    data: { id: newId(), policyId: 'p', branchId, year, currency: 'CNY', allocated: ALLOCATED },
  });
  const plans = BUDGETS.map((budget) => ({
    id: newId(),
    customerId,
    policyId: 'p',
    branchId,
    status: 'APPROVED' as const,
    objective: 'x',
    startsOn: new Date(Date.UTC(year, 0, 1)),
    endsOn: new Date(Date.UTC(year, 11, 31)),
    budget,
    ownerId: staffId,
    createdAt: AT,
    updatedAt: AT,
  }));
  await prisma.maintenancePlan.createMany({ data: plans });
  return prisma.maintenancePlan.findMany({ where: { id: { in: plans.map(({ id }) => id) } }, orderBy: { id: 'asc' } });
}

interface Move {
  readonly plan: number;
  readonly kind: 'RESERVE' | 'CONSUME' | 'RELEASE';
  readonly cents: number;
}

/** Makes a movement; whether it was let through. Anything but a refusal by the ledger fails the test. */
async function make(plans: readonly MaintenancePlan[], { plan: index, kind, cents }: Move): Promise<boolean> {
  const plan = plans[index] as MaintenancePlan;
  const movement = { byId: staffId, at: AT };
  const amount = new Decimal(cents).div(100).toFixed();
  try {
    await inTransaction(database, (tx) => {
      if (kind === 'RESERVE') return reserveBudget(tx, plan, movement);
      return kind === 'CONSUME' ? consumeBudget(tx, plan, amount, movement) : releaseBudget(tx, plan, movement);
    });
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

const moves = fc.array(
  fc.record({
    plan: fc.nat(BUDGETS.length - 1),
    kind: fc.constantFrom('RESERVE' as const, 'CONSUME' as const, 'CONSUME' as const, 'RELEASE' as const),
    cents: fc.integer({ min: 1, max: 60_000 }),
  }),
  { minLength: 1, maxLength: 25 },
);

test('whatever is reserved, spent and released at the same time, no balance falls below zero and the entries add up to it', async () => {
  let year = 2000;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(moves, async (history) => {
      year += 1;
      const plans = await given(year);
      const done = await Promise.all(history.map((move) => make(plans, move)));
      refused += done.filter((one) => !one).length;

      const ids = plans.map(({ id }) => id);
      const account = await database.prisma.budgetAccount.findFirstOrThrow({ where: { year } });
      const after = await database.prisma.maintenancePlan.findMany({ where: { id: { in: ids } } });
      const entries = await database.prisma.budgetEntry.findMany({ where: { planId: { in: ids } } });
      const sum = (kind: string, planId?: string) =>
        entries
          .filter((entry) => entry.kind === kind && (planId === undefined || entry.planId === planId))
          .reduce((total, entry) => total.plus(entry.amount.toFixed()), new Decimal(0));
      for (const plan of after) {
        const reserved = sum('RESERVE', plan.id).minus(sum('CONSUME', plan.id)).minus(sum('RELEASE', plan.id));
        expect([plan.reserved.toFixed(), plan.spent.toFixed()]).toEqual([
          reserved.toFixed(),
          sum('CONSUME', plan.id).toFixed(),
        ]);
        expect(reserved.isNegative()).toBe(false);
      }
      expect(account.spent.toFixed()).toBe(sum('CONSUME').toFixed());
      expect(account.reserved.toFixed()).toBe(sum('RESERVE').minus(sum('CONSUME')).minus(sum('RELEASE')).toFixed());
      expect(account.allocated.minus(account.reserved).minus(account.spent).isNegative()).toBe(false);
    }),
    { numRuns: 40 },
  );
  // A run in which nothing was ever refused proves nothing about what is not there.
  expect(refused).toBeGreaterThan(50);
}, 120_000);

test('of two that spend the same money at once one is refused', async () => {
  const plans = await given(1999);
  await make(plans, { plan: 0, kind: 'RESERVE', cents: 0 });
  const spent = await Promise.all([1, 2, 3, 4].map(() => make(plans, { plan: 0, kind: 'CONSUME', cents: 40_000 })));
  expect(spent.filter(Boolean)).toHaveLength(2);
});

test('the ledger is append-only, and its balances are the database’s own rule', async () => {
  const plans = await given(1998);
  await make(plans, { plan: 0, kind: 'RESERVE', cents: 0 });
  const { prisma } = database;
  await expect(prisma.budgetEntry.updateMany({ data: { amount: 1 } })).rejects.toThrow(/append-only/);
  await expect(prisma.budgetEntry.deleteMany({})).rejects.toThrow(/append-only/);
  await expect(prisma.budgetAccount.updateMany({ where: { year: 1998 }, data: { spent: 5_000 } })).rejects.toThrow();
  await expect(prisma.maintenancePlan.updateMany({ data: { reserved: -1 } })).rejects.toThrow();
});
