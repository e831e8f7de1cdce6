import { expect, test } from 'vitest';
import { moneyIssues } from '../../server/platform/values/money.ts';
import { startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

const SUBMIT = `mutation ($input: SurveyResponseInput!) { submitSurveyResponse(input: $input) {
  ... on SurveyResponse { score } ... on InvalidInput { issues { path } } ... on Error { code } } }`;

test('who is dissatisfied in a survey gets another strategy, as on the telephone (A-192)', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const adjusted = async (score: number) => {
    const { id: customerId } = await givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' });
    const input = { customerId, topic: 'SERVICE_QUALITY', channel: 'WEB', score };
    expect((await manager.ask(SUBMIT, { input })).data.submitSurveyResponse).toEqual({ score });
    const customer = customerId.slice();
    const { data } = await manager.ask(
      'query($id: ID!) { customer(id: $id) { tasks(first: 9) { nodes { title dueAt } } } }',
      {
        id: customer,
      },
    );
    return data.customer.tasks.nodes.filter(({ title }: { title: string }) => title.includes('strategy'));
  };
  expect(await adjusted(1)).toMatchObject([{ dueAt: '2026-03-05T00:00:00.000Z' }]);
  expect(await adjusted(2)).toHaveLength(1);
  expect(await adjusted(3)).toEqual([]);
});

test('a line that declares topics is asked about those (A-180)', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const { id: customerId } = await givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' });
  const input = { customerId, topic: 'WEATHER', channel: 'WEB', score: 4 };
  expect((await manager.ask(SUBMIT, { input })).data.submitSurveyResponse).toMatchObject({
    issues: [{ path: 'input.topic' }],
  });
});

test.each([
  { amount: '1.50', currency: 'JPY', wrong: 1 },
  { amount: '1', currency: 'JPY', wrong: 0 },
  { amount: '1.50', currency: 'KRW', wrong: 1 },
  { amount: '1.50', currency: 'CNY', wrong: 0 },
  { amount: '1.505', currency: null, wrong: 1 },
])('$amount $currency has so many places as its currency', ({ amount, currency, wrong }) => {
  expect(moneyIssues({ amount, currency }, 'input.budget', 'POSITIVE')).toHaveLength(wrong);
});
