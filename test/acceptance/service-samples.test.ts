import { expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import type { RootOf, VariablesOf } from '../support/ask.ts';
import { givenCustomer } from '../support/given.ts';
import { does, ERRORS } from './contracts-bank.ts';

const DRAW = `mutation ($input: DrawServiceSampleInput!) {
  drawServiceSample(input: $input) { __typename ... on ServiceSample { quarter population records { id } } ${ERRORS} }
}`;

const sampleTasks = async (of: TestApp) => {
  const found: RootOf<'MyTasks'>['nodes'][number][] = [];
  let after: string | null = null;
  for (let isMore = true; isMore; ) {
    const variables: VariablesOf<'MyTasks'> = { filter: { origins: ['REVIEW'] }, first: 100, after };
    const { nodes, pageInfo }: RootOf<'MyTasks'> = await of.as('BK-HQ/AUDITOR').does('MyTasks', variables);
    found.push(...nodes);
    [after, isMore] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  return found.filter(({ title }: { title: string }) => title.startsWith('Draw a sample'));
};

test.each([
  { quarter: '2026-Q1', from: '2026-03-02T08:00:00+08:00', overdueAt: '2026-04-01T00:00:00+08:00' },
  { quarter: '2027-Q4', from: '2027-12-31T23:00:00+08:00', overdueAt: '2028-01-01T00:00:00+08:00' },
  { quarter: '2028-Q1', from: '2028-02-29T12:00:00+08:00', overdueAt: '2028-04-01T00:00:00+08:00' },
])(
  'A-081: $quarter without a sample of service records is overdue on the first day of the next quarter',
  async ({ quarter, from, overdueAt }) => {
    await using bank = await startTestApp({ now: from });
    const before = new Date(Date.parse(overdueAt) - 1_000).toISOString();
    await bank.advance(before);
    expect(await sampleTasks(bank)).toEqual([]);
    await bank.advance(overdueAt);
    const tasks = await sampleTasks(bank);
    expect(tasks).toHaveLength(1);
    expect(tasks).toContainEqual(
      expect.objectContaining({ status: 'OVERDUE', title: `Draw a sample of the service records of ${quarter}` }),
    );
    const { nodes } = await bank
      .as('BK-HQ/AUDITOR')
      .does('AlertHistory', { first: 10 })
      .then(({ edges }) => ({
        nodes: edges.map(({ node }: { node: object }) => node),
      }));
    expect(nodes).toContainEqual(
      expect.objectContaining({
        kind: 'TASK_OVERDUE',
        raisedAt: new Date(overdueAt).toISOString(),
        branch: { code: 'BK-HQ' },
      }),
    );
  },
);

test('A-081: a sample that was drawn is random, registered and in time', async () => {
  await using bank = await startTestApp({ now: '2026-02-10T08:00:00+08:00' });
  const person = bank.as('BK-A/CUSTOMER_MANAGER');
  const auditor = bank.as('BK-HQ/AUDITOR');
  expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip' } })).toMatchObject({
    reasons: [{ code: 'NOTHING_TO_SAMPLE' }],
  });
  const { id: customerId } = await givenCustomer(person, { policyId: 'bank-vip', branchCode: 'BK-A' });
  for (let index = 0; index < 30; index++) {
    const input = { customerId, channel: 'PHONE', purpose: 'CARE', summary: `call ${index}` };
    await person.does('RecordInteraction', { input });
  }
  await bank.advance('2026-03-31T23:59:59+08:00');
  expect(await does(bank.as('BK-HQ/DIRECTOR'), DRAW, { input: { policyId: 'bank-vip' } })).toMatchObject({
    code: 'FORBIDDEN',
  });
  expect(await does(auditor, DRAW, { input: { policyId: 'telecom-vip' } })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip', size: 0 } })).toMatchObject({
    code: 'INVALID_INPUT',
  });
  const samples = [];
  for (let drawn = 0; drawn < 3; drawn++)
    samples.push(await does(auditor, DRAW, { input: { policyId: 'bank-vip', size: 10 } }));
  for (const sample of samples) {
    expect(sample).toMatchObject({ quarter: '2026-Q1', population: 30 });
    expect(new Set((sample.records as unknown as { id: string }[]).map(({ id }) => id)).size).toBe(10);
  }
  // Of 30 million ways to draw 10 of 30, three times the same one is none.
  expect(new Set(samples.map(({ records }) => JSON.stringify(records))).size).toBeGreaterThan(1);
  await bank.advance('2026-04-02T00:00:00+08:00');
  expect(await sampleTasks(bank)).toEqual([]);
  // The next quarter has no records yet, and is missing on the first day after it; it is drawn late.
  expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip' } })).toMatchObject({
    reasons: [{ code: 'NOTHING_TO_SAMPLE' }],
  });
  await person.does('RecordInteraction', { input: { customerId, channel: 'PHONE', purpose: 'CARE', summary: 'call' } });
  await bank.advance('2026-07-03T00:00:00+08:00');
  const [late] = await sampleTasks(bank);
  expect(late).toMatchObject({ status: 'OVERDUE', dueAt: '2026-06-30T16:00:00.000Z' });
  const done = await bank
    .as('BK-HQ/SUPERVISOR')
    .does('CompleteTask', { input: { id: late?.id ?? '', outcome: 'done' } });
  expect(done).toMatchObject({ reasons: [{ code: 'DRAW_THE_SAMPLE' }] });
  for (const quarter of ['2026-Q5', '2026-Q4', 'Q2'])
    expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip', quarter } })).toMatchObject({
      issues: [{ path: 'input.quarter' }],
    });
  expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip', quarter: '2026-Q2' } })).toMatchObject({
    quarter: '2026-Q2',
    population: 1,
  });
  expect(await sampleTasks(bank)).toMatchObject([{ status: 'DONE' }]);
  // All of head office reads what was drawn, the newest first; of an outlet nobody does, nor draws there.
  const asked = { policyId: 'bank-vip' };
  const all = await bank.as('BK-HQ/DIRECTOR').does('ServiceSamples', asked);
  expect(all.map(({ quarter }: { quarter: string }) => quarter)).toEqual(['2026-Q2', '2026-Q1', '2026-Q1', '2026-Q1']);
  expect(await auditor.does('ServiceSamples', { ...asked, quarter: '2026-Q2' })).toMatchObject([{ id: all[0].id }]);
  const node = 'query ($id: ID!) { node(id: $id) { ... on ServiceSample { population } } }';
  expect((await auditor.ask(node, { id: all[0].id })).data.node).toEqual({ population: 1 });
  const outlet = bank.as('BK-A/AUDITOR');
  expect(await outlet.does('ServiceSamples', asked)).toEqual([]);
  expect((await outlet.ask(node, { id: all[0].id })).data.node).toBeNull();
  expect(await does(outlet, DRAW, { input: asked })).toMatchObject({ code: 'FORBIDDEN' });
  const { data } = await auditor.ask(
    '{ auditTrail(filter: { actions: ["DRAW_SERVICE_SAMPLE"] }) { nodes { actor { name } changes { after } } } }',
  );
  expect(data.auditTrail.nodes).toHaveLength(4);
});
