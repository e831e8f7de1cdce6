import { expect, test } from 'vitest';
import { parseGlobalId } from '../../server/platform/values/ids.ts';
import { startTestApp } from '../support/app.ts';
import { live } from './year.ts';

test('four months of people who do their work: nothing is late, missed, doubled or beyond a quota', async () => {
  await using app = await startTestApp({ now: '2026-01-05T00:30:00+08:00' });
  const manager = (code: string) => ({
    staffId: parseGlobalId(app.as(`${code}/CUSTOMER_MANAGER`).id)?.id ?? '',
    branchCode: code,
  });
  const told = await live(app.app.services, {
    customers: 12,
    from: '2026-01-05',
    days: 117,
    managers: { 'bank-vip': manager('BK-A'), 'telecom-vip': manager('TL-A'), 'broadband-key-account': manager('BB-A') },
  });
  expect(told).toMatchObject({
    overdue: 0,
    doubled: 0,
    monthsWithoutContact: 0,
    quartersWithoutContact: 0,
    monthsWithoutService: 0,
    monthsAboveQuota: 0,
  });
  // Those who did nothing would not be late either, if nothing were due.
  expect(told.due.CADENCE).toBeGreaterThan(12 * 10);
  expect(told.due.REVIEW).toBeGreaterThanOrEqual(12 * 16);
  for (const origin of ['CALLBACK', 'RENEWAL', 'BIRTHDAY', 'HOLIDAY'])
    expect(told.due[origin], origin).toBeGreaterThan(0);
  expect(told.refusedMessages).toBeGreaterThan(0);
}, 600_000);
