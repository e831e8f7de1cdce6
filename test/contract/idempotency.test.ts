import { afterAll, beforeAll, expect, test } from 'vitest';
import { toGlobalId } from '../../server/platform/values/ids.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { givenApprovedPlan } from '../support/plans.ts';

const BANK = { policyId: 'bank-vip', branchCode: 'BK-A' };
const ERRORS = '... on Error { code message }';

const ofRecord = (name: string) =>
  `($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!, $key: String) { r: ${name}(input: $input, idempotencyKey: $key) { ... on RecordPayload { record { id version } } ${ERRORS} } }`;

/** Every mutation that takes a key: its document, and an input that is good the first time. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  advanceRecord: ofRecord('advanceRecord'),
  cancelRecord: ofRecord('cancelRecord'),
  changeRecord: ofRecord('changeRecord'),
  startRecord: ofRecord('startRecord'),
  allocateBudget: `($input: AllocateBudgetInput!, $key: String) { r: allocateBudget(input: $input, idempotencyKey: $key) { ... on BudgetAccount { id } ${ERRORS} } }`,
  createCustomer: `($input: CreateCustomerInput!, $key: String) { r: createCustomer(input: $input, idempotencyKey: $key) { ... on Customer { id } ${ERRORS} } }`,
  createTask: `($input: CreateTaskInput!, $key: String) { r: createTask(input: $input, idempotencyKey: $key) { ... on Task { id } ${ERRORS} } }`,
  createBranch: `($input: CreateBranchInput!, $key: String) { r: createBranch(input: $input, idempotencyKey: $key) { ... on Branch { id } ${ERRORS} } }`,
  createStaff: `($input: CreateStaffInput!, $key: String) { r: createStaff(input: $input, idempotencyKey: $key) { ... on Staff { id } ${ERRORS} } }`,
  draftPlan: `($input: DraftPlanInput!, $key: String) { r: draftPlan(input: $input, idempotencyKey: $key) { ... on MaintenancePlan { id } ${ERRORS} } }`,
  fileContract: `($input: FileContractInput!, $key: String) { r: fileContract(input: $input, idempotencyKey: $key) { ... on Contract { id } ${ERRORS} } }`,
  openTicket: `($input: OpenTicketInput!, $key: String) { r: openTicket(input: $input, idempotencyKey: $key) { ... on Ticket { id } ${ERRORS} } }`,
  recordMetrics: `($input: RecordMetricsInput!, $key: String) { r: recordMetrics(input: $input, idempotencyKey: $key) { ... on RecordMetricsResult { accepted rejected { index } } ${ERRORS} } }`,
  reportDataLeak: `($input: ReportDataLeakInput!, $key: String) { r: reportDataLeak(input: $input, idempotencyKey: $key) { ... on DataLeakReport { id } ${ERRORS} } }`,
  selectForCallback: `($input: SelectForCallbackInput!, $key: String) { r: selectForCallback(input: $input, idempotencyKey: $key) { ... on CallbackSelection { tasks { id } } ${ERRORS} } }`,
  sendMessage: `($input: SendMessageInput!, $key: String) { r: sendMessage(input: $input, idempotencyKey: $key) { ... on Message { id } ${ERRORS} } }`,
  setShift: `($input: SetShiftInput!, $key: String) { r: setShift(input: $input, idempotencyKey: $key) { ... on RotaShift { id } ${ERRORS} } }`,
  spendPlanBudget: `($input: SpendingInput!, $key: String) { r: spendPlanBudget(input: $input, idempotencyKey: $key) { ... on MaintenancePlan { id } ${ERRORS} } }`,
  swapShift: `($input: SwapShiftInput!, $key: String) { r: swapShift(input: $input, idempotencyKey: $key) { ... on Approval { id } ${ERRORS} } }`,
};

const CREATED_ONCE = [
  'activateService',
  'addImprovementMeasure',
  'addPlanTask',
  'addTicketNote',
  'adviseProduct',
  'assessCustomer',
  'attachFile',
  'delegateAuthority',
  'drawServiceSample',
  'holdMeeting',
  'linkTickets',
  'openDispute',
  'recordInteraction',
  'requestArchiveAccess',
  'requestGradeException',
  'requestVipCard',
  'submitApplication',
  'submitSurveyResponse',
];

let app: TestApp;
let manager: Person;
let supervisor: Person;
let director: Person;
let admin: Person;
let inputs: Record<string, Record<string, unknown>>;

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  [manager, supervisor, director] = ['CUSTOMER_MANAGER', 'SUPERVISOR', 'DIRECTOR'].map((role) =>
    app.as(`BK-A/${role}`),
  ) as [Person, Person, Person];
  admin = app.as('SYS/ADMIN');
  const { id: customerId, number } = await givenCustomer(manager, { ...BANK, phone: '13912341234' });
  const plan = await givenApprovedPlan(supervisor, [app.as('BK-A/COMMAND_CENTER')], { customerId });
  const branches = await app.app.services.database.prisma.branch.findMany({ select: { id: true, code: true } });
  const idOfBranch = (code: string) => toGlobalId('Branch', branches.find((branch) => branch.code === code)?.id ?? '');
  const credit = { bankVipCreditRequest: { amount: '500000', purpose: 'Plant' } };
  const begun = async () =>
    (await manager.does('StartRecord', { input: { about: customerId, record: credit } })).record as { id: string };
  const at = async () => ({ id: (await begun()).id, expectedVersion: 1 });
  const shift = (staffId: string, day: string) => ({
    policyId: BANK.policyId,
    branchId: idOfBranch(BANK.branchCode),
    post: staffId === supervisor.id ? 'SUPERVISOR' : 'CUSTOMER_MANAGER',
    staffId,
    from: `2026-03-${day}T08:00:00+08:00`,
    until: `2026-03-${day}T20:00:00+08:00`,
  });
  const second = await admin.does('CreateStaff', {
    input: { number: 'K-8', name: 'Lin', branchId: idOfBranch('BK-A'), roles: ['CUSTOMER_MANAGER'] },
  });
  const shiftOf = async (staffId: string) =>
    (await supervisor.does('SetShift', { input: shift(staffId, '09') })).id as string;
  const money = (amount: string) => ({ amount: { amount } });
  inputs = {
    startRecord: { about: customerId, record: credit },
    advanceRecord: { ...(await at()), step: 'CHECKED', brings: { bankVipCreditRequestChecked: { findings: 'Sound' } } },
    changeRecord: { ...(await at()), record: { bankVipCreditRequest: { purpose: 'Store' } } },
    cancelRecord: { ...(await at()), reason: 'withdrawn' },
    allocateBudget: { ...BANK, year: 2026, ...money('100000'), purpose: 'Plans' },
    createBranch: { code: 'BK-K', name: 'Outlet K', parentId: idOfBranch('BK-HQ'), policyIds: ['bank-vip'] },
    createStaff: { number: 'K-7', name: 'Han Mei', branchId: idOfBranch('BK-A'), roles: ['SUPERVISOR'] },
    createCustomer: { ...BANK, number: 'K-1', kind: 'INDIVIDUAL', name: '李雷' },
    createTask: { customerId, title: 'Call', purpose: 'CARE', dueAt: '2026-03-05T10:00:00+08:00' },
    draftPlan: {
      customerId,
      objective: 'Keep',
      startsOn: '2026-03-02',
      endsOn: '2026-06-30',
      budget: { amount: '5' },
      measures: [{ way: 'PHONE', measure: 'Call', dueAt: '2026-04-01T10:00:00+08:00' }],
    },
    fileContract: { customerId, name: '2026-0001-LOAN', content: 'Clauses' },
    openTicket: { customerId, type: 'COMPLAINT', subject: 'Fees', channel: 'PHONE' },
    recordMetrics: {
      policyId: 'bank-vip',
      source: 'core',
      metrics: [{ customerNumber: number, key: 'TIME_DEPOSIT_REALTIME', value: '5', asOf: '2026-03-01' }],
    },
    reportDataLeak: { policyId: 'bank-vip', summary: 'A list lay open' },
    selectForCallback: {
      policyId: 'bank-vip',
      method: 'RANDOM',
      count: 1,
      dueAt: '2026-03-05T10:00:00+08:00',
      reason: 'A check',
    },
    setShift: shift(supervisor.id, '10'),
    swapShift: { id: await shiftOf(manager.id), otherId: await shiftOf(second.id), reason: 'A wedding' },
    sendMessage: { customerId, purpose: 'CARE', body: 'Rain from Thursday on' },
    spendPlanBudget: { planId: plan.id, ...money('30'), purpose: 'Flowers' },
  };
});
afterAll(() => app[Symbol.asyncDispose]());

async function sends(mutation: string, key: string | null) {
  const others: Record<string, Person> = {
    allocateBudget: director,
    createBranch: admin,
    createStaff: admin,
    setShift: supervisor,
  };
  const person = others[mutation] ?? manager;
  const { data, errors } = await person.ask<{ r: { id?: string } }>(`mutation ${DOCUMENTS[mutation]}`, {
    input: inputs[mutation],
    key,
  });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.r;
}

test('every mutation that takes a key is tried here', () => {
  const fields = Object.values(app.app.schema.getMutationType()?.getFields() ?? {});
  const keyed = fields.filter(({ args }) => args.some(({ name }) => name === 'idempotencyKey'));
  const others = keyed.map(({ name }) => name).filter((name) => !(name in DOCUMENTS));
  // These are tried in created-once.test.ts.
  expect(others.sort()).toEqual(CREATED_ONCE);
});

test('a repetition gets the first answer and asks nobody, whatever was decided since', async () => {
  const first = new Map<string, unknown>();
  for (const mutation of Object.keys(DOCUMENTS)) {
    const answer = await sends(mutation, `key of ${mutation}`);
    expect(answer, mutation).not.toHaveProperty('code');
    first.set(mutation, answer);
  }
  // The day of the callback is over, and the policy would say no to all of it.
  await app.advance('2026-03-06T10:00:00+08:00');
  const { policies } = app.app.services;
  const ask = policies.ask;
  const asked: string[] = [];
  Object.assign(policies, {
    ask: async (policyId: string, question: string) => {
      asked.push(question);
      return Promise.reject(new Error(`${policyId} is asked again`));
    },
  });
  try {
    for (const [mutation, answer] of first)
      expect(await sends(mutation, `key of ${mutation}`), mutation).toEqual(answer);
  } finally {
    Object.assign(policies, { ask });
  }
  expect(asked).toEqual([]);
  // Another request with the key is no repetition.
  inputs.openTicket = { ...inputs.openTicket, subject: 'Other fees' };
  expect(await sends('openTicket', 'key of openTicket')).toMatchObject({ code: 'CONFLICT' });
});

test('what was spent once within the authority is not refused when it is sent again (A-069)', async () => {
  const { id: customerId } = await givenCustomer(manager, BANK);
  const plan = await givenApprovedPlan(supervisor, [app.as('BK-A/COMMAND_CENTER')], {
    customerId,
    budget: { amount: '30000' },
  });
  inputs.spendPlanBudget = { planId: plan.id, amount: { amount: '6000' }, purpose: 'Dinner' };
  const { id = '' } = await sends('spendPlanBudget', 'dinner');
  expect(id).toBe(plan.id);
  // With what is spent, another 6,000 would be above the 10,000 of a specialist.
  expect(await sends('spendPlanBudget', null)).toMatchObject({ code: 'REFUSED' });
  expect(await sends('spendPlanBudget', 'dinner')).toEqual({ id });
  const { ledger } = await supervisor.does('PlanHistory', { id });
  expect(ledger.map(({ kind }: { kind: string }) => kind)).toEqual(['RESERVE', 'CONSUME']);
});
