import { expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import type { DataOf } from '../support/ask.ts';

const BEFORE = { silverFrom: 300, goldFrom: 800, diamondFrom: 1_500 };
const AFTER = { silverFrom: 250, goldFrom: 1_000, diamondFrom: 1_400 };
const CUSTOMERS = 240;
const policyId = 'telecom-vip';

interface Change {
  readonly customer: { readonly number: string };
  readonly from: { readonly code: string } | null;
  readonly to: { readonly code: string } | null;
}

/** Changes as lines of text, so that two sets of them can be compared. */
function lines(changes: readonly Change[]): string[] {
  return changes.map(({ customer, from, to }) => `${customer.number}: ${from?.code} to ${to?.code}`).sort();
}

async function configure(app: TestApp, parameters: Record<string, number>): Promise<void> {
  const admin = app.as('SYS/ADMIN');
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === policyId);
  const input = {
    policyId,
    parameters: Object.entries(parameters).map(([key, value]) => ({ key, value })),
    reason: 'a new year',
    expectedVersion: version,
  };
  expect(await admin.does('ConfigurePolicy', { input })).toMatchObject({ __typename: 'Policy' });
}

async function run(director: Person): Promise<Record<string, unknown>> {
  const { id } = await director.does('StartGradingRun', { policyId, schemeId: 'club' });
  await using progress = director.follows('GradingRunProgress', { id });
  let last = await progress.next();
  while (last.state === 'RUNNING') last = await progress.next();
  return last;
}

/** Every customer's tier, by number. */
async function tiers(director: Person): Promise<Map<string, { code: string } | null>> {
  const found = new Map<string, { code: string } | null>();
  for (let after: string | null = null; ; ) {
    const page: DataOf<'CustomerList'>['customers'] = await director.does('CustomerList', {
      filter: { policyId },
      first: 100,
      after,
    });
    for (const { node } of page.edges) found.set(node.number, node.grade?.tier ?? null);
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage) return found;
    after = endCursor;
  }
}

test('what a preview says of whom is what happens to whom when it is applied', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  const director = app.as('TL-HQ/DIRECTOR');
  const spends = Array.from({ length: CUSTOMERS }, (_, n) => ({ number: `S-${n}`, spend: (n * 7_919) % 1_700 }));
  for (const { number } of spends) {
    const consent = { vipService: true };
    await hall.does('CreateCustomer', {
      input: { policyId, number, kind: 'INDIVIDUAL', name: '王芳', branchCode: 'TL-A', consent },
    });
  }
  const metrics = spends.map(({ number, spend }) => ({
    customerNumber: number,
    key: 'MONTHLY_SPEND',
    value: String(spend),
    asOf: '2026-03-01',
  }));
  await hall.does('RecordMetrics', { input: { policyId, source: 'core', metrics } });
  await configure(app, BEFORE);
  await run(director);
  const before = await tiers(director);

  const parameters = Object.entries(AFTER).map(([key, value]) => ({ key, value }));
  const impact = await director.does('PolicyImpact', { policyId, schemeId: 'club', parameters, sampleSize: 100 });
  expect(await tiers(director)).toEqual(before);
  const expected = spends.filter(
    ({ spend }) =>
      (spend >= 250 && spend < 300) || (spend >= 800 && spend < 1_000) || (spend >= 1_400 && spend < 1_500),
  );
  expect(expected.length).toBeGreaterThan(30);
  expect(impact.sample.map(({ customer }: Change) => customer.number).sort()).toEqual(
    expected.map(({ number }) => number).sort(),
  );

  await configure(app, AFTER);
  const done = await run(director);
  const { promoted, demoted, unchanged } = impact.grades;
  expect(done).toMatchObject({ state: 'COMPLETED', total: CUSTOMERS, promoted, demoted, unchanged, failed: 0 });
  const after = await tiers(director);
  const changes = [...after]
    .map(([number, to]) => ({ customer: { number }, from: before.get(number) ?? null, to }))
    .filter(({ from, to }) => from?.code !== to?.code);
  expect(lines(changes)).toEqual(lines(impact.sample));
});
