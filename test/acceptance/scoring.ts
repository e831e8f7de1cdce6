import type { Person } from '../support/app.ts';

export const TELECOM = { policyId: 'telecom-vip', branchCode: 'TL-A' };

export interface Target {
  readonly key: string;
  readonly target: string;
  readonly actual: string | null;
  readonly met: boolean | null;
}

/** The target of a key in a period. */
export async function target(person: Person, policyId: string, from: string, to: string, key: string) {
  const { targets } = await person.does('Scorecard', { policyId, period: { from, to } });
  const { actual, met } = (targets as Target[]).find((one) => one.key === key) ?? {};
  return { actual, met };
}
