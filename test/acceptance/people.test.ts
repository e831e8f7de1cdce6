import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { advances, type Kept, lists, reads, starts } from './keeping.ts';

const NOW = '2026-03-02T09:00:00+08:00';
let app: TestApp;
let manager: Person;
let supervisor: Person;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('CO-A/CUSTOMER_MANAGER');
  supervisor = app.as('CO-A/SUPERVISOR');
});
afterAll(() => app[Symbol.asyncDispose]());

const KEY_ACCOUNT = { sales: 40, satisfaction: 55, attitude: 60 };
const assessed = (result: string, person = manager): Promise<Kept> =>
  starts(supervisor, person.id, { coreKeyAccountAssessment: { ...KEY_ACCOUNT, result } });

test('A-186: who enters on 2 March is on probation until 2 June, and is evaluated before being confirmed', async () => {
  const probation = await starts(supervisor, manager.id, { coreProbation: { enteredOn: '2026-03-02' } });
  expect(probation).toMatchObject({
    nextDueAt: '2026-06-02T15:59:59.000Z',
    steps: [{ code: 'EVALUATED', dueAt: '2026-06-02T15:59:59.000Z' }, { code: 'CONFIRMED' }, { code: 'NOT_CONFIRMED' }],
  });
  expect(await advances(supervisor, probation, 'CONFIRMED')).toMatchObject({ reasons: [{ code: 'STEP_SKIPPED' }] });
  const said = (passed: boolean) => ({
    brings: { coreProbationEvaluated: { passed, evaluation: 'Three months of good work' } },
  });
  // Nobody evaluates themselves.
  expect(await advances(manager, probation, 'EVALUATED', said(true))).toMatchObject({
    reasons: [{ code: 'NOT_FOR_YOU' }],
  });
  const evaluated = await advances(supervisor, probation, 'EVALUATED', said(true));
  expect(await advances(supervisor, evaluated, 'CONFIRMED')).toMatchObject({ state: 'CLOSED' });
  const other = app.as('CO-B/CUSTOMER_MANAGER');
  const chief = app.as('CO-B/SUPERVISOR');
  const second = await starts(chief, other.id, { coreProbation: { enteredOn: '2025-11-30' } });
  // Three months after 30 November end with February.
  expect(second.steps[0]?.dueAt).toBe('2026-02-28T15:59:59.000Z');
  const failed = await advances(chief, second, 'EVALUATED', said(false));
  expect(await advances(chief, failed, 'CONFIRMED')).toMatchObject({ reasons: [{ code: 'PROBATION_NOT_PASSED' }] });
  const reason = { brings: { coreProbationNotConfirmed: { reason: 'Too few visits' } } };
  expect(await advances(chief, failed, 'NOT_CONFIRMED', reason)).toMatchObject({ state: 'CLOSED' });
});

describe('a person is assessed in all that there is to assess', () => {
  const four = { satisfaction: 80, completion: 90, expansion: 70, teamwork: 85 };
  const yearly = { performance: 80, work: 75, tests: 90, customerRating: 88 };
  test.each(Object.keys(four))('A-204: an assessment without %s is incomplete', async (dimension) => {
    const { [dimension as keyof typeof four]: _left, ...rest } = four;
    expect(
      await starts(supervisor, manager.id, { coreDailyAssessment: { period: '2026-02-01', ...rest } }),
    ).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: `input.record.coreDailyAssessment.${dimension}`, message: 'is missing' }],
    });
  });
  test('A-204: with all four it is taken', async () => {
    expect(
      await starts(supervisor, manager.id, { coreDailyAssessment: { period: '2026-02-01', ...four } }),
    ).toMatchObject({
      __typename: 'CoreDailyAssessment',
      state: 'CLOSED',
    });
  });
  test.each(Object.keys(yearly))('A-206: a yearly assessment without %s is incomplete', async (way) => {
    const { [way as keyof typeof yearly]: _left, ...rest } = yearly;
    expect(await starts(supervisor, manager.id, { coreYearlyAssessment: { year: 2025, ...rest } })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: `input.record.coreYearlyAssessment.${way}`, message: 'is missing' }],
    });
  });
  test('A-206: a score is between 0 and 100', async () => {
    expect(
      await starts(supervisor, manager.id, { coreYearlyAssessment: { year: 2025, ...yearly, tests: 101 } }),
    ).toMatchObject({
      issues: [{ path: 'input.record.coreYearlyAssessment.tests', message: 'is above 100' }],
    });
  });
});

test('A-197: after a poor assessment come guidance and training, and a penalty only afterwards', async () => {
  const penalty = { corePenalty: { form: 'BONUS_CUT', reason: 'Sales' } };
  const first = { __typename: 'Refused', reasons: [{ code: 'GUIDANCE_FIRST' }] };
  expect(await starts(supervisor, manager.id, penalty)).toMatchObject(first);
  await assessed('GOOD');
  expect(await starts(supervisor, manager.id, penalty)).toMatchObject(first);
  await app.advance('2026-03-03T09:00:00+08:00');
  await assessed('POOR');
  expect(await starts(supervisor, manager.id, penalty)).toMatchObject(first);
  // The guidance is opened with the assessment.
  const [guidance] = await lists(supervisor, { personId: manager.id, kinds: ['GUIDANCE'], states: ['OPEN'] });
  const open = await reads(supervisor, { id: guidance ?? '' });
  if (!open) throw new Error('no guidance was opened');
  await app.advance('2026-03-04T09:00:00+08:00');
  await advances(supervisor, open, 'GIVEN', { brings: { coreGuidanceGiven: { content: 'Two days of coaching' } } });
  expect(await starts(supervisor, manager.id, penalty)).toMatchObject({ __typename: 'CorePenalty', state: 'CLOSED' });
});

test('a file is open to the person, to superiors and to HR, and to nobody else', async () => {
  const kept = await assessed('FAIR');
  const sees = async (who: string) => (await reads(app.as(who), kept)) !== null;
  const all = [
    'CUSTOMER_MANAGER',
    'SUPERVISOR',
    'COMMAND_CENTER',
    'DIRECTOR',
    'FINANCE',
    'EXECUTIVE',
    'AUDITOR',
    'ADMIN',
  ];
  const open = async (branch: string) => {
    const found: string[] = [];
    for (const role of all) if (await sees(`${branch}/${role}`)) found.push(role);
    return found;
  };
  expect(await open('CO-A')).toEqual(['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE']);
  expect(await open('CO-HQ')).toEqual(['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE']);
  expect(await open('CO-B')).toEqual([]);
  expect(await open('BK-HQ')).toEqual([]);
  // Lists, nodes and the search for one tell the same.
  for (const who of ['CO-A/CUSTOMER_MANAGER', 'CO-HQ/DIRECTOR', 'CO-A/FINANCE', 'CO-B/DIRECTOR']) {
    const person = app.as(who);
    expect((await lists(person, { personId: manager.id })).includes(kept.id), who).toBe(await sees(who));
    const { data } = await person.ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id: kept.id });
    expect(data.node !== null, who).toBe(await sees(who));
  }
  // Peers do not see each other's, nor does anybody their superior's.
  const own = await starts(app.as('CO-A/DIRECTOR'), supervisor.id, {
    coreKeyAccountAssessment: { ...KEY_ACCOUNT, result: 'GOOD' },
  });
  expect(await reads(manager, own)).toBeNull();
  expect(
    await starts(manager, supervisor.id, { coreKeyAccountAssessment: { ...KEY_ACCOUNT, result: 'POOR' } }),
  ).toMatchObject({ __typename: 'NotFound' });
  // What a file says does not stand in the audit trail.
  const { data } = await app
    .as('CO-A/DIRECTOR')
    .ask('query ($id: ID!) { auditTrail(filter: { subjectId: $id }) { nodes { changes { field after } } } }', {
      id: kept.id,
    });
  expect(JSON.stringify(data)).not.toMatch(/POOR|FAIR|"40"/);
});

test('HR keeps the files of all below, and what moves with a person is seen from there', async () => {
  const kept = await assessed('FAIR');
  const admin = app.as('SYS/ADMIN');
  const UPDATE = `mutation ($input: UpdateStaffInput!) { updateStaff(input: $input) {
    __typename ... on Staff { id posts { code label role } } ... on InvalidInput { issues { path message } } } }`;
  const set = async (input: object) => (await admin.ask(UPDATE, { input })).data.updateStaff;
  const post = { policyId: 'core', code: 'HR' };
  const clerk = app.as('CO-HQ/FINANCE');
  expect(await set({ id: clerk.id, posts: [post] })).toMatchObject({ issues: [{ path: 'input.posts[0]' }] });
  expect(await set({ id: clerk.id, roles: ['FINANCE', 'SUPERVISOR'], posts: [post] })).toMatchObject({
    posts: [{ code: 'HR', role: 'SUPERVISOR' }],
  });
  // HR sees a director's file too, whom no supervisor leads.
  const director = app.as('CO-A/DIRECTOR');
  const chief = await starts(app.as('CO-HQ/EXECUTIVE'), director.id, {
    coreKeyAccountAssessment: { ...KEY_ACCOUNT, result: 'GOOD' },
  });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await reads(clerk, chief)).not.toBeNull();
  expect(await reads(app.as('CO-HQ/SUPERVISOR'), chief)).toBeNull();
  const branches = (await admin.ask('{ branches(first: 50) { nodes { id code } } }')).data.branches.nodes;
  const b = branches.find(({ code }: { code: string }) => code === 'CO-B');
  await set({ id: manager.id, branchId: b.id, reason: 'moves' });
  expect(await reads(supervisor, kept)).toBeNull();
  expect(await reads(app.as('CO-B/SUPERVISOR'), kept)).not.toBeNull();
});
