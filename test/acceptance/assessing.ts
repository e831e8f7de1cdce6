import { expect } from 'vitest';
import type { Person } from '../support/app.ts';

export const BANK = { policyId: 'bank-vip', branchCode: 'BK-A' };

/** Records figures of the day before and assesses by a scheme. */
export async function assess(
  person: Person,
  customer: { id: string; number: string },
  schemeId: string,
  figures: Record<string, string>,
  more: object = {},
) {
  const metrics = Object.entries(figures).map(([key, value]) => ({
    customerNumber: customer.number,
    key,
    value,
    asOf: '2026-03-01',
  }));
  const recorded = await person.does('RecordMetrics', { input: { policyId: 'bank-vip', source: 'core', metrics } });
  expect(recorded).toMatchObject({ rejected: [] });
  return person.does('AssessCustomer', { input: { customerId: customer.id, schemeId, ...more } });
}

export const codes = (assessment: { reasons: { code: string }[] }) => assessment.reasons.map(({ code }) => code);
