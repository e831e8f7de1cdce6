import { expect, test } from 'vitest';
import { type Person, startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

const DUTIES = `query ($codes: [String!]) { duties(policyId: "bank-vip", codes: $codes, first: 10) {
  nodes { state period { from to } } } }`;

async function listDuties(person: Person) {
  const { data } = await person.ask(DUTIES, { codes: ['CORPORATE_LIST'] });
  return data.duties.nodes.map(({ state, period }: { state: string; period: { from: string } }) => [
    period.from,
    state,
  ]);
}

const setList = (person: Person, year: number, customerNumber: string) =>
  person.ask(
    `mutation ($i: AnnualListInput!) { setAnnualList(input: $i) { __typename ... on AnnualListResult { entries } } }`,
    { i: { policyId: 'bank-vip', schemeId: 'corporate', year, entries: [{ customerNumber, tierCode: 'GOLD' }] } },
  );

test('head office owes the corporate list of a year before the year begins (S03-bank-corporate-vip)', async () => {
  await using app = await startTestApp({ now: '2026-12-20T09:00:00+08:00', database: 'POSTGRES' });
  const chief = app.as('BK-HQ/DIRECTOR');
  const { number } = await givenCustomer(chief, {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    kind: 'INSTITUTION',
  });
  await app.advance('2026-12-21T09:00:00+08:00');
  expect(await listDuties(chief)).toEqual([['2026-01-01', 'OPEN']]);
  // The list of the running year is not the one that is owed, nor is it owed a year back.
  await setList(chief, 2026, number);
  expect(await listDuties(chief)).toEqual([['2026-01-01', 'OPEN']]);
  // Nobody did it: it is told when the year is over, and done late.
  await app.advance('2027-01-01T00:00:01+08:00');
  const alerts = await chief.does('AlertHistory', { filter: { kinds: ['TASK_OVERDUE'] } });
  expect(
    alerts.edges.filter(({ node }: { node: { message: string } }) => node.message.includes('corporate VIP list')),
  ).toHaveLength(1);
  await setList(chief, 2027, number);
  const after = await listDuties(chief);
  expect(after).toContainEqual(['2026-01-01', 'LATE']);
  await setList(chief, 2028, number);
  await app.advance('2027-01-02T09:00:00+08:00');
  expect(await listDuties(chief)).toContainEqual(['2027-01-01', 'FULFILLED']);
});
