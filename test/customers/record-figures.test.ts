import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

test('a figure that comes twice is taken once, whatever the writing of its number, as a file of figures does', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A', number: 'F1' });
  const figure = { key: 'TOTAL_BALANCE', asOf: '2026-03-01' };
  const { data } = await app.as('SYS/SERVICE').ask(
    `mutation ($input: RecordMetricsInput!) { recordMetrics(input: $input) {
      ... on RecordMetricsResult { accepted rejected { index code } } } }`,
    {
      input: {
        policyId: 'bank-vip',
        source: 'core',
        metrics: [
          { ...figure, customerNumber: 'F1', value: '1' },
          { ...figure, customerNumber: 'ｆ1', value: '2' },
          { ...figure, customerNumber: 'f1', value: '2', asOf: '2026-02-28' },
        ],
      },
    },
  );
  expect(data.recordMetrics).toEqual({ accepted: 2, rejected: [{ index: 1, code: 'REPEATED' }] });
});
