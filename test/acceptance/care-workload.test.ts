import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

test('the work of a quarter is spread over a manager’s working days, and too much of it is told of once', async () => {
  await using app = await startTestApp({ now: '2026-09-28T08:00:00+08:00' });
  const [manager, supervisor, admin] = [
    app.as('BK-A/CUSTOMER_MANAGER'),
    app.as('BK-A/SUPERVISOR'),
    app.as('SYS/ADMIN'),
  ];
  for (let index = 0; index < 5; index += 1) await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'standard');
  const set = {
    parameters: [{ key: 'contactsPerDay', value: 2 }],
    reason: 'Two visits a day',
    expectedVersion: version,
  };
  expect(await admin.does('ConfigurePolicy', { input: { policyId: 'standard', ...set } })).toMatchObject({
    __typename: 'Policy',
  });
  // Two working days are left of the quarter: Tuesday and Wednesday, before the holidays.
  await app.advance('2026-09-29T08:00:00+08:00');
  const { data } = await manager.ask('{ tasks(filter: { origins: [CADENCE] }, first: 20) { nodes { plannedOn } } }');
  const days = data.tasks.nodes.map(({ plannedOn }: { plannedOn: string }) => plannedOn).sort();
  expect(days).toEqual(['2026-09-29', '2026-09-29', '2026-09-29', '2026-09-30', '2026-09-30']);
  await app.advance('2026-09-30T08:00:00+08:00');
  const { edges } = await supervisor.does('AlertHistory', { filter: { kinds: ['TARGET_MISSED'] }, first: 10 });
  expect(edges).toMatchObject([
    {
      node: {
        message: 'BK-A CUSTOMER_MANAGER has 5 contacts due by 2026-09-30 and room for 4.',
        branch: { code: 'BK-A' },
      },
    },
  ]);
});
