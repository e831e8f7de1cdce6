import { describe, expect, test } from 'vitest';
import { idOf, newId } from '../../server/platform/values/ids.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { plantVips } from './plant.ts';
import { TELECOM, target } from './scoring.ts';

describe('churn of the year, of those who were VIPs when it began', () => {
  const since = '2025-06-01T00:00:00+08:00';
  const vips = (app: TestApp, given: { mark: string; count: number; tier: string; lost: number; lostAt: string }) =>
    plantVips(app, TELECOM, { scheme: 'club', since, ...given });
  const year = async (app: TestApp, key: string, of = 2026) =>
    target(app.as('TL-A/DIRECTOR'), 'telecom-vip', `${of}-01-01`, `${of}-12-31`, key);

  test.each([
    { lost: 349, actual: '3.49', met: true },
    { lost: 350, actual: '3.5', met: false },
  ])('A-092: $lost of 10,000 lost is $actual %', async ({ lost, actual, met }) => {
    await using app = await startTestApp({ now: '2027-02-01T09:00:00+08:00', database: 'POSTGRES' });
    await vips(app, { mark: 's', count: 10_000, tier: 'SILVER', lost, lostAt: '2026-12-31T23:59:59+08:00' });
    // Who came during the year, or had lost the tier before, is not of the base, gone or not.
    await plantVips(app, TELECOM, {
      mark: 'new',
      count: 50,
      scheme: 'club',
      tier: 'SILVER',
      since: '2026-01-02T00:00:00+08:00',
      lost: 50,
      lostAt: '2026-06-01T00:00:00+08:00',
    });
    await plantVips(app, TELECOM, {
      mark: 'was',
      count: 50,
      scheme: 'club',
      tier: 'GOLD',
      since,
      endedAt: '2025-12-31T23:59:59+08:00',
      lost: 50,
      lostAt: '2026-06-01T00:00:00+08:00',
    });
    expect(await year(app, 'CHURN')).toEqual({ actual, met });
    // The year after begins without those who left.
    expect(await year(app, 'CHURN', 2027)).toMatchObject({ actual: '0', met: true });
  });

  test.each([
    { lost: 39, actual: '1.95', met: true },
    { lost: 40, actual: '2', met: false },
  ])('A-093: $lost of 2,000 diamond and gold lost is $actual %', async ({ lost, actual, met }) => {
    await using app = await startTestApp({ now: '2027-02-01T09:00:00+08:00', database: 'POSTGRES' });
    await vips(app, { mark: 'd', count: 500, tier: 'DIAMOND', lost: lost - 30, lostAt: '2026-01-01T00:00:00+08:00' });
    // They were gold when the year began, whatever they were when they left.
    await plantVips(app, TELECOM, {
      mark: 'g',
      count: 1500,
      scheme: 'club',
      tier: 'GOLD',
      since,
      endedAt: '2026-02-01T00:00:00+08:00',
      lost: 30,
      lostAt: '2026-06-30T00:00:00+08:00',
    });
    await vips(app, { mark: 's', count: 5000, tier: 'SILVER', lost: 0, lostAt: since });
    expect(await year(app, 'CHURN_TOP_TIERS')).toEqual({ actual, met });
  });

  test('A-094: 3.0 % of all and 2.5 % of diamond and gold: met overall, missed at the top, and told once when the year ends', async () => {
    await using app = await startTestApp({ now: '2026-12-01T09:00:00+08:00', database: 'POSTGRES' });
    await vips(app, { mark: 'd', count: 40, tier: 'DIAMOND', lost: 1, lostAt: '2026-03-01T00:00:00+08:00' });
    await vips(app, { mark: 's', count: 60, tier: 'SILVER', lost: 2, lostAt: '2026-03-01T00:00:00+08:00' });
    expect(await year(app, 'CHURN')).toEqual({ actual: '3', met: true });
    expect(await year(app, 'CHURN_TOP_TIERS')).toEqual({ actual: '2.5', met: false });

    const missed = async () => {
      const history = await app.as('TL-HQ/DIRECTOR').does('AlertHistory', { filter: { kinds: ['TARGET_MISSED'] } });
      return history.edges.map(({ node }: { node: { message: string; raisedAt: string } }) => node);
    };
    await app.advance('2026-12-31T23:59:59+08:00');
    expect(await missed()).toEqual([]);
    await app.advance('2027-01-01T09:00:00+08:00');
    expect(await missed()).toMatchObject([
      { raisedAt: '2026-12-31T16:00:00.000Z', message: expect.stringContaining('diamond and gold') },
    ]);
    await app.advance('2027-03-01T09:00:00+08:00');
    expect(await missed()).toHaveLength(1);
  });

  test('a customer who lapses through the API is lost', async () => {
    await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00', database: 'POSTGRES' });
    const manager = app.as('TL-A/CUSTOMER_MANAGER');
    const customers = [];
    for (let n = 0; n < 4; n++) customers.push(await givenCustomer(manager, TELECOM));
    const { prisma } = app.app.services.database;
    await prisma.grade.createMany({
      data: customers.map(({ id: customerId }) => ({
        id: newId(),
        customerId: idOf('Customer', customerId),
        policyId: 'telecom-vip',
        schemeId: 'club',
        tierCode: 'DIAMOND',
        tierRank: 3,
        state: 'ACTIVE' as const,
        reason: 'MANUAL' as const,
        since: new Date(since),
        policyVersion: 'x',
      })),
    });
    const [{ id, version } = { id: '', version: 0 }] = customers;
    await manager.does('UpdateCustomer', { input: { id, expectedVersion: version, stage: 'LAPSED' } });
    expect(await year(app, 'CHURN')).toEqual({ actual: '25', met: false });
    await manager.does('UpdateCustomer', { input: { id, expectedVersion: version + 1, stage: 'FORMAL' } });
    expect(await year(app, 'CHURN')).toEqual({ actual: '0', met: true });
  });
});
