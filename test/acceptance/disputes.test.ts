import { expect, test } from 'vitest';
import { department, justAfter, later, overdue, refused } from './at-a-department.ts';

test.each([
  { opened: '2026-03-02T09:00', due: '2026-03-17T01:00:00.000Z' },
  { opened: '2028-02-20T09:00', due: '2028-03-06T01:00:00.000Z' },
])(
  'A-079: a dispute of $opened goes to mediation at $due, then to HR, and ends in writing',
  async ({ opened, due }) => {
    const { app, chief, manager } = await department(opened);
    await using _ = app;
    const input = { policyId: 'bank-vip', subject: 'Who owns the customer', parties: 'Sales, service' };
    const { id, dueAt } = await manager.does('OpenDispute', { input });
    expect(dueAt).toBe(due);
    expect(await chief.does('ArbitrateDispute', { id })).toMatchObject(refused('DISPUTE_STAGE'));
    const stage = async () =>
      (await chief.ask('query ($id: ID!) { node(id: $id) { ... on Dispute { stage } } }', { id })).data.node.stage;
    await app.advance(new Date(Date.parse(due) - 1).toISOString());
    expect(await stage()).toBe('OPEN');
    await app.advance(later(app, 24));
    expect(await stage()).toBe('MEDIATION');
    expect((await overdue(chief)).filter(({ message }) => message.includes('dispute'))).toMatchObject([
      { raisedAt: justAfter(due) },
    ]);
    expect(await chief.does('MediateDispute', { input: { id, mediator: 'HR', witness: ' ' } })).toMatchObject({
      __typename: 'InvalidInput',
    });
    await chief.does('MediateDispute', { input: { id, mediator: 'Ms Li', witness: 'Mr Wu' } });
    expect(await chief.does('ArbitrateDispute', { id })).toMatchObject({ stage: 'ARBITRATION' });
    expect(await chief.does('SettleDispute', { id, result: '' })).toMatchObject({ __typename: 'InvalidInput' });
    expect(await chief.does('SettleDispute', { id, result: 'Shared' })).toMatchObject({
      stage: 'SETTLED',
      result: 'Shared',
    });
    expect(await chief.does('ArbitrateDispute', { id })).toMatchObject(refused('DISPUTE_STAGE'));
  },
);
