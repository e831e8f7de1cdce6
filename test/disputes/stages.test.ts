import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let director: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  director = app.as('BK-A/DIRECTOR');
});
afterAll(() => app[Symbol.asyncDispose]());

const ANSWER =
  '... on Dispute { id stage } ... on Refused { reasons { code message } } ... on InvalidInput { issues { path } } ... on Error { code }';
const OPEN = `mutation ($input: DisputeInput!) { openDispute(input: $input) { ${ANSWER} } }`;
const MEDIATE = `mutation ($input: MediationInput!) { mediateDispute(input: $input) { ${ANSWER} } }`;
const ARBITRATE = `mutation ($id: ID!) { arbitrateDispute(id: $id) { ${ANSWER} } }`;
const SETTLE = `mutation ($id: ID!, $result: String!) { settleDispute(id: $id, result: $result) { ${ANSWER} } }`;

const does = async (document: string, variables: Record<string, unknown>) => {
  const { data, errors } = await director.ask(document, variables);
  expect(errors).toBeUndefined();
  return Object.values(data)[0];
};
const open = () => does(OPEN, { input: { policyId: 'bank-vip', subject: 'rota', parties: 'A and B' } });

test('a dispute goes to mediation, to arbitration, and ends in writing', async () => {
  const { id, stage } = (await open()) as { id: string; stage: string };
  expect(stage).toBe('OPEN');
  expect(await does(MEDIATE, { input: { id, mediator: 'C', witness: 'D' } })).toMatchObject({ stage: 'MEDIATION' });
  expect(await does(ARBITRATE, { id })).toMatchObject({ stage: 'ARBITRATION' });
  expect(await does(SETTLE, { id, result: ' ' })).toMatchObject({ issues: [{ path: 'result' }] });
  expect(await does(SETTLE, { id, result: 'A takes Mondays.' })).toMatchObject({ stage: 'SETTLED' });
});

test('no stage is left out, and none comes again', async () => {
  const { id } = (await open()) as { id: string };
  expect(await does(ARBITRATE, { id })).toMatchObject({
    reasons: [{ code: 'DISPUTE_STAGE', message: 'A dispute goes from OPEN not to ARBITRATION.' }],
  });
  expect(await does(MEDIATE, { input: { id, mediator: '', witness: 'D' } })).toMatchObject({
    issues: [{ path: 'input.mediator' }],
  });
  await does(SETTLE, { id, result: 'Settled between them.' });
  expect(await does(MEDIATE, { input: { id, mediator: 'C', witness: 'D' } })).toMatchObject({
    reasons: [{ code: 'DISPUTE_STAGE' }],
  });
});
