import { afterAll, expect, test } from 'vitest';
import { BANK_FAULTS } from './bank-faults.ts';
import { findingsAfter } from './support.ts';
import { TELECOM_FAULTS } from './telecom-faults.ts';

const FAULTS = [...BANK_FAULTS, ...TELECOM_FAULTS];

const missed: string[] = [];

test('there are enough faults, in each of our lines', () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(30);
  expect(new Set(FAULTS.map(({ plugin }) => plugin)).size).toBe(3);
});

test.each(FAULTS)('$plugin: $it', async ({ it, plugin, file, from, to, place }) => {
  const findings = await findingsAfter(plugin, file, from, to);
  if (findings.length === 0) missed.push(it);
  // A fault that nothing finds is counted below; one that is found is found where it is.
  else expect(findings).toContainEqual(expect.stringMatching(place));
});

afterAll(() => {
  expect(missed.length / FAULTS.length, `not caught: ${missed.join('; ')}`).toBeLessThanOrEqual(0.1);
});
