import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

let app: TestApp;
let manager: Person;
let customerId: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  ({ id: customerId } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' }));
});
afterAll(() => app[Symbol.asyncDispose]());

const SUBMIT = `mutation ($input: SurveyResponseInput!) { submitSurveyResponse(input: $input) {
  ... on SurveyResponse { score } ... on InvalidInput { issues { path } } ... on Error { code } } }`;
const submit = async (input: object) => {
  const { data, errors } = await manager.ask(SUBMIT, {
    input: { customerId, topic: 'SERVICE', channel: 'PHONE', ...input },
  });
  expect(errors).toBeUndefined();
  return data.submitSurveyResponse;
};

test.each([1, 5])('a score of %i is one', async (score) => {
  expect(await submit({ score })).toEqual({ score });
});

test.each([0, 6, -1])('a score of %i is none', async (score) => {
  expect(await submit({ score })).toMatchObject({ issues: [{ path: 'input.score' }] });
});

test('it is about something', async () => {
  expect(await submit({ score: 3, topic: '  ' })).toMatchObject({ issues: [{ path: 'input.topic' }] });
});
