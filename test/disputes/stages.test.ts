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
  expect(await does(SETTLE, { id, result: 'Settled between them.' })).toMatchObject({
    reasons: [{ code: 'DISPUTE_STAGE' }],
  });
  expect(await does(MEDIATE, { input: { id, mediator: 'Ms  C', witness: 'ms c' } })).toMatchObject({
    issues: [{ path: 'input.witness' }],
  });
  await does(MEDIATE, { input: { id, mediator: 'C', witness: 'D' } });
  expect(await does(SETTLE, { id, result: 'A takes Mondays.' })).toMatchObject({ stage: 'SETTLED' });
  expect(await does(MEDIATE, { input: { id, mediator: 'C', witness: 'D' } })).toMatchObject({
    reasons: [{ code: 'DISPUTE_STAGE' }],
  });
});

test('a dispute that came to mediation by itself is neither settled nor arbitrated before somebody mediated it', async () => {
  await using later = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const chief = later.as('BK-A/DIRECTOR');
  const ask = async (document: string, variables: Record<string, unknown>) =>
    Object.values((await chief.ask(document, variables)).data)[0];
  const { id } = (await ask(OPEN, { input: { policyId: 'bank-vip', subject: 'rota', parties: 'A and B' } })) as {
    id: string;
  };
  // Fifteen days, which is ours.
  await later.advance('2026-03-18T08:00:00+08:00');
  const stage = { reasons: [{ code: 'DISPUTE_STAGE' }] };
  expect(await ask(SETTLE, { id, result: 'Done.' })).toMatchObject(stage);
  expect(await ask(ARBITRATE, { id })).toMatchObject(stage);
  await ask(MEDIATE, { input: { id, mediator: 'C', witness: 'D' } });
  expect(await ask(SETTLE, { id, result: 'Done.' })).toMatchObject({ stage: 'SETTLED' });
});
