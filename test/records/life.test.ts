import { afterAll, beforeAll, expect, test } from 'vitest';
import { advances, cancels, changes, type Kept, lists, reads, starts } from '../acceptance/keeping.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

const NOW = '2026-03-02T08:00:00+08:00';
let app: TestApp;
let manager: Person;
let supervisor: Person;
let customer: { id: string; version: number };

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('CO-A/CUSTOMER_MANAGER');
  supervisor = app.as('CO-A/SUPERVISOR');
  customer = await givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' });
});
afterAll(() => app[Symbol.asyncDispose]());

const VISIT = { coreVisitReception: { visitAt: '2026-03-20T10:00:00+08:00', purpose: 'Tour' } };
const NOTICE = { brings: { coreVisitReceptionNotified: { departments: ['Desk'] } } };
const visit = (key?: string) => starts(manager, customer.id, VISIT, '', key);

test('a repeated request begins one record, and takes one step', async () => {
  const first = await visit('v-1');
  expect((await visit('v-1')).id).toBe(first.id);
  const other = { coreVisitReception: { ...VISIT.coreVisitReception, purpose: 'Talk' } };
  expect(await starts(manager, customer.id, other, '', 'v-1')).toMatchObject({ __typename: 'Conflict' });
  const notified = await advances(manager, first, 'NOTIFIED', NOTICE, 'n-1');
  expect(await advances(manager, first, 'NOTIFIED', NOTICE, 'n-1')).toMatchObject({
    id: first.id,
    version: notified.version,
  });
  // Without the key the record is no longer as it was read.
  expect(await advances(manager, first, 'NOTIFIED', NOTICE)).toMatchObject({
    __typename: 'Conflict',
    presentVersion: notified.version,
  });
});

test('of two who take a step together one does', async () => {
  const begun = await visit();
  const both = await Promise.all([
    advances(manager, begun, 'NOTIFIED', NOTICE),
    advances(supervisor, begun, 'NOTIFIED', NOTICE),
  ]);
  expect(both.map(({ __typename }) => __typename).sort()).toEqual(['Conflict', 'CoreVisitReception']);
});

test('what it says is changed and kept as a version, and its due instants move with it', async () => {
  const begun = await visit();
  expect(begun.nextDueAt).toBe('2026-03-20T02:00:00.000Z');
  const later = await changes(manager, begun, {
    record: { coreVisitReception: { visitAt: '2026-03-22T10:00:00+08:00', visitors: 3 } },
  });
  expect(later).toMatchObject({ nextDueAt: '2026-03-22T02:00:00.000Z', version: 2 });
  const read = await reads(
    manager,
    later,
    'history { version fields by { name } } ... on CoreVisitReception { visitors purpose }',
  );
  expect(read).toMatchObject({
    visitors: 3,
    purpose: 'Tour',
    history: [{ version: 2, fields: { visitors: 3 } }, { version: 1 }],
  });
  const emptied = await changes(manager, later, { record: { coreVisitReception: { visitors: null } } });
  expect(await reads(manager, emptied, '... on CoreVisitReception { visitors }')).toMatchObject({ visitors: null });
  expect(await changes(manager, emptied, { record: { coreVisitReception: { purpose: 'Tour' } } })).toMatchObject({
    issues: [{ path: 'input', message: 'changes nothing' }],
  });
  // Of the clocks the last alone runs.
  const { rows } = await app.app.services.database.pool.query(
    "select state, count(*)::int from subject_clock where subject_type = 'Record' and key like '%NOTIFIED%' group by 1 order by 1",
  );
  expect(rows.find(({ state }: { state: string }) => state === 'CANCELLED')?.count).toBeGreaterThan(0);
});

test('what is wrong with an input is named, field by field and in the reader’s language', async () => {
  const wrong = { coreVisitReception: { visitors: 0 } };
  expect((await starts(manager, customer.id, wrong)).issues).toEqual([
    { path: 'input.record.coreVisitReception.visitAt', message: 'is missing' },
    { path: 'input.record.coreVisitReception.purpose', message: 'is missing' },
    { path: 'input.record.coreVisitReception.visitors', message: 'is below 1' },
  ]);
  expect(await starts(manager, null, VISIT)).toMatchObject({
    issues: [{ path: 'input.about', message: 'is missing' }],
  });
  expect(await starts(manager, manager.id, VISIT)).toMatchObject({
    issues: [{ path: 'input.about', message: 'is not the id of a Customer' }],
  });
  const begun = await visit();
  expect(await advances(manager, begun, 'ARCHIVED')).toMatchObject({ issues: [{ path: 'input.step' }] });
  const other = { brings: { coreReceptionPlanned: { plan: 'x' } } };
  expect((await advances(manager, begun, 'NOTIFIED', other)).issues?.[0]).toEqual({
    path: 'input.brings.coreReceptionPlanned',
    message: 'is not asked for',
  });
  const response = await fetch(app.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${manager.token}`, 'Accept-Language': 'zh' },
    body: JSON.stringify({
      query: `mutation ($input: AdvanceRecordInput!) { advanceRecord(input: $input) { ... on Refused { reasons { message } } } }`,
      variables: { input: { id: begun.id, expectedVersion: begun.version, step: 'SEEN_OFF' } },
    }),
  });
  const { data } = (await response.json()) as { data: { advanceRecord: { reasons: { message: string }[] } } };
  expect(data.advanceRecord.reasons[0]?.message).toMatch(
    /SEEN_OFF（送别并致谢） 之前须先完成 NOTIFIED（来访前通知各部门）/,
  );
});

test('a record that is cancelled says why, and nothing of it is owed any more', async () => {
  const begun = await visit();
  expect(await cancels(manager, begun, ' ')).toMatchObject({ __typename: 'InvalidInput' });
  expect(await cancels(manager, begun, 'The guest does not come')).toMatchObject({
    state: 'CANCELLED',
    nextDueAt: null,
  });
  const again = (await reads(manager, begun)) as Kept;
  expect(await advances(manager, again, 'NOTIFIED', NOTICE)).toMatchObject({ reasons: [{ code: 'RECORD_OVER' }] });
});

test('a record is seen by those who see what it is about, and followed', async () => {
  const begun = await visit();
  for (const who of ['CO-B/CUSTOMER_MANAGER', 'CO-B/DIRECTOR', 'BK-A/DIRECTOR', 'SYS/ADMIN']) {
    expect(await reads(app.as(who), begun), who).toBeNull();
    expect(await lists(app.as(who), {}), who).not.toContain(begun.id);
  }
  expect(
    await lists(app.as('CO-HQ/DIRECTOR'), { customerId: customer.id, kinds: ['VISIT_RECEPTION'], states: ['OPEN'] }),
  ).toContain(begun.id);
  const changed = supervisor.follows('RecordChanged', { id: begun.id });
  expect(await changed.next()).toMatchObject({ id: begun.id, version: 1 });
  await advances(manager, begun, 'NOTIFIED', NOTICE);
  expect(await changed.next()).toMatchObject({ version: 2, step: 'NOTIFIED' });
  await changed[Symbol.asyncDispose]();
});

test('a thing of a ledger is kept current, with its parts', async () => {
  const equipment = await starts(manager, null, { coreEquipment: { name: 'Till', code: 'T-1' } });
  expect(equipment).toMatchObject({ state: 'OPEN', status: 'IN_USE' });
  expect(await changes(manager, equipment, { status: 'LOST' })).toMatchObject({ issues: [{ path: 'input.status' }] });
  const repaired = await changes(manager, equipment, { status: 'IN_REPAIR' });
  await starts(manager, equipment.id, {
    coreEquipmentWork: { work: 'REPAIR', done: 'New drawer', doneOn: '2026-03-01' },
  });
  expect(await changes(manager, repaired, { status: 'REPLACED' })).toMatchObject({
    reasons: [{ code: 'REPLACEMENT_NOT_APPROVED' }],
  });
  const read = await reads(manager, equipment, 'parts { kind } history { status }');
  expect(read).toMatchObject({
    parts: [{ kind: 'EQUIPMENT_WORK' }],
    history: [{ status: 'IN_REPAIR' }, { status: 'IN_USE' }],
  });
  expect(await changes(manager, repaired, { status: 'SCRAPPED' })).toMatchObject({
    state: 'CLOSED',
    status: 'SCRAPPED',
  });
});

test('what is sensitive leaves masked for all but who began it', async () => {
  const more = '... on CoreReferral { recommended phone { text withheld } } history { fields }';
  const kept = await starts(
    manager,
    customer.id,
    { coreReferral: { recommended: 'Zhao', phone: '13900000000' } },
    more,
  );
  expect(kept).toMatchObject({ phone: { text: '13900000000', withheld: false } });
  const seen = await reads(supervisor, kept, more);
  expect(seen).toMatchObject({ recommended: 'Zhao', phone: { text: null, withheld: true } });
  expect(JSON.stringify(seen)).not.toContain('13900000000');
  const { data } = await supervisor.ask(
    'query ($id: ID!) { auditTrail(filter: { subjectId: $id }) { nodes { action changes { field after } } } }',
    { id: kept.id },
  );
  expect(JSON.stringify(data)).toContain('START_RECORD');
  expect(JSON.stringify(data)).not.toContain('13900000000');
});

test('with its customer a record forgets what it said; before, the customer is told all of it', async () => {
  const gone = await givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' });
  const kept = await starts(manager, gone.id, {
    coreVisitReception: { ...VISIT.coreVisitReception, purpose: 'A secret' },
  });
  await advances(manager, kept, 'NOTIFIED', {
    brings: { coreVisitReceptionNotified: { departments: ['Hidden desk'] } },
  });
  const told = await supervisor.ask(
    'mutation ($id: ID!) { exportCustomer(id: $id, reason: "asked for it") { ... on CustomerExport { document } } }',
    { id: gone.id },
  );
  const text = JSON.stringify(told.data);
  expect(text).toContain('A secret');
  expect(text).toContain('Hidden desk');
  const erased = await manager.ask(
    'mutation ($input: DeleteCustomerInput!) { deleteCustomer(input: $input) { __typename ... on Error { message } } }',
    { input: { id: gone.id, expectedVersion: gone.version, reason: 'left for good' } },
  );
  expect(erased.errors ?? erased.data.deleteCustomer.__typename).toBe('Customer');
  const { rows } = await app.app.services.database.pool.query(
    `select (select json_agg(r) from policy_record r)::text || (select json_agg(s) from policy_record_step s)::text
      || (select json_agg(v) from policy_record_version v)::text as all_of_it`,
  );
  expect(rows[0].all_of_it).not.toMatch(/A secret|Hidden desk/);
  expect(await reads(manager, kept)).toMatchObject({ state: 'CANCELLED' });
});

test('forms are drawn from what the policy declares', async () => {
  const { data } =
    await manager.ask(`{ policies { id posts { code role } records { code typeName label(locale: ZH) about
    fields { path label(locale: EN) type isList required options { value } min max } steps { code by isApproved brings { path } } } } }`);
  const core = data.policies.find(({ id }: { id: string }) => id === 'core');
  const reception = core.records.find(({ code }: { code: string }) => code === 'RECEPTION');
  expect(reception).toMatchObject({ typeName: 'CoreReception', label: '酒店贵宾接待', about: 'CUSTOMER' });
  expect(reception.fields[0]).toEqual({
    path: 'level',
    label: 'Level',
    type: 'CHOICE',
    isList: false,
    required: true,
    options: ['VA', 'VB', 'VC', 'VD'].map((value) => ({ value })),
    min: null,
    max: null,
  });
  expect(reception.fields.find(({ path }: { path: string }) => path === 'companions')).toMatchObject({
    type: 'WHOLE',
    required: false,
    min: 0,
    max: 1000,
  });
  expect(reception.steps[2]).toMatchObject({ code: 'APPROVED', isApproved: true, brings: [] });
  expect(core.posts).toEqual([{ code: 'HR', role: 'SUPERVISOR' }]);
});
