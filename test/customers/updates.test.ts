import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// In every update null empties, what is left out stays, and an input that changes nothing is InvalidInput.

const ISSUES = '... on InvalidInput { issues { path message } } ... on Error { code message }';
const UPDATE_CUSTOMER = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename ${ISSUES}
  ... on Customer { version name stage phone { text } email { text } birthday manager { id } } } }`;
const SAVE_CONTACT = `mutation ($input: ContactInput!) { saveContact(input: $input) { __typename ${ISSUES}
  ... on Contact { id name influence remarks phone { text } } } }`;
const UPDATE_TICKET = `mutation ($input: UpdateTicketInput!) { updateTicket(input: $input) { __typename ${ISSUES}
  ... on Ticket { version subject assignee { id } } } }`;

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

const send = async (person: Person, document: string, input: object) => {
  const { data, errors } = await person.ask(document, { input });
  if (errors) throw new Error(JSON.stringify(errors));
  return Object.values(data)[0] as Record<string, never>;
};
const nothing = { __typename: 'InvalidInput', issues: [{ path: 'input', message: 'changes nothing' }] };

describe('updateCustomer', () => {
  const given = {
    name: 'Ann',
    phone: '13912341234',
    email: 'a@example.com',
    birthday: '1990-01-01',
    profile: { employer: 'Acme' },
  };
  const opened = async () => {
    const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A', ...given });
    return { id: customer.id, expectedVersion: customer.version };
  };

  test.each([
    { field: 'phone', after: { phone: null } },
    { field: 'email', after: { email: null } },
    { field: 'birthday', after: { birthday: null } },
    { field: 'managerId', after: { manager: null } },
  ])('null empties $field and nothing else, and the trail says so', async ({ field, after }) => {
    const file = await opened();
    const whole = await send(manager, UPDATE_CUSTOMER, { ...file, stage: 'FORMAL' });
    expect(whole).toMatchObject({ name: 'Ann', phone: { text: '139****1234' }, birthday: '1990-01-01' });
    const { version, ...kept } = whole as Record<string, unknown>;
    const emptied = await send(manager, UPDATE_CUSTOMER, { ...file, expectedVersion: version, [field]: null });
    const shown = field === 'phone' || field === 'email' ? { [field]: emptied[field] } : after;
    expect(emptied).toEqual({ ...kept, ...after, ...shown, version: 3 });
    const { rows } = await app.app.services.database.pool.query(
      "select changes from audit_entry where action = 'UPDATE_CUSTOMER' order by at desc, id desc limit 1",
    );
    expect(rows[0].changes).toMatchObject([{ field, after: null }]);
  });

  test('an emptied telephone number finds the file no more', async () => {
    const file = await opened();
    await send(manager, UPDATE_CUSTOMER, { ...file, phone: '13811112222' });
    await send(manager, UPDATE_CUSTOMER, { ...file, expectedVersion: 2, phone: null });
    const { data } = await manager.ask('{ customers(filter: { identifier: "13811112222" }) { nodes { id } } }');
    expect(data.customers.nodes).toEqual([]);
  });

  test.each([
    { it: 'nothing at all', input: {} },
    { it: 'what the file says already', input: { ...given, stage: 'POTENTIAL' } },
    { it: 'space around the name', input: { name: ' Ann ' } },
  ])('$it changes nothing', async ({ input }) => {
    expect(await send(manager, UPDATE_CUSTOMER, { ...(await opened()), ...input })).toMatchObject(nothing);
  });

  test.each(['name', 'stage'])('%s cannot be emptied', async (field) => {
    expect(await send(manager, UPDATE_CUSTOMER, { ...(await opened()), [field]: null })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: `input.${field}`, message: 'cannot be emptied' }],
    });
  });

  test('an empty text is no way to empty a field', async () => {
    expect(await send(manager, UPDATE_CUSTOMER, { ...(await opened()), email: '' })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: 'input.email', message: 'is empty' }],
    });
  });

  test('who comes late hears of the conflict, not that nothing changes', async () => {
    expect(await send(manager, UPDATE_CUSTOMER, { ...(await opened()), expectedVersion: 7 })).toMatchObject({
      __typename: 'Conflict',
    });
  });
});

describe('saveContact', () => {
  const saved = async () => {
    const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
    const contact = { customerId: customer.id, name: 'Bo', role: 'CEO', influence: 'high', phone: '13912341234' };
    const { id } = await send(manager, SAVE_CONTACT, contact);
    return { id, customerId: customer.id, name: 'Bo', role: 'CEO' };
  };

  test('it is a row as a whole, of which only the telephone number stays when it is left out', async () => {
    const contact = await saved();
    const changed = await send(manager, SAVE_CONTACT, { ...contact, remarks: 'likes tea' });
    expect(changed).toMatchObject({ influence: null, remarks: 'likes tea', phone: { text: '139****1234' } });
    const emptied = await send(manager, SAVE_CONTACT, { ...contact, remarks: 'likes tea', phone: null });
    expect(emptied.phone).not.toMatchObject({ text: '139****1234' });
  });

  test('the same again changes nothing', async () => {
    expect(await send(manager, SAVE_CONTACT, { ...(await saved()), influence: 'high' })).toMatchObject(nothing);
  });
});

describe('updateTicket', () => {
  const opened = async () => {
    const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
    const ticket = await givenTicket(manager, { customerId: customer.id, subject: 'S', type: 'INQUIRY' });
    return { id: ticket.id, expectedVersion: ticket.version };
  };

  test('null takes it from whoever has it', async () => {
    const ticket = await opened();
    expect(await send(manager, UPDATE_TICKET, { ...ticket, assigneeId: null })).toMatchObject({ assignee: null });
  });

  test.each([{ input: {} }, { input: { subject: ' S ' } }, { input: { comment: null } }])(
    '$input changes nothing',
    async ({ input }) => {
      expect(await send(manager, UPDATE_TICKET, { ...(await opened()), ...input })).toMatchObject(nothing);
    },
  );

  test.each(['subject', 'status'])('%s cannot be emptied', async (field) => {
    expect(await send(manager, UPDATE_TICKET, { ...(await opened()), [field]: null })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: `input.${field}` }],
    });
  });
});

describe('settings', () => {
  test('neither a parameter nor whether it is enabled changes nothing', async () => {
    const admin = app.as('SYS/ADMIN');
    const { data } = await admin.ask('{ policies { id version } }');
    const { version } = data.policies.find(({ id }: { id: string }) => id === 'bank-vip');
    const configure = `mutation ($input: ConfigurePolicyInput!) { configurePolicy(input: $input) { __typename ${ISSUES} } }`;
    const input = { policyId: 'bank-vip', parameters: [], reason: 'none', expectedVersion: version };
    expect(await send(admin, configure, input)).toMatchObject(nothing);
  });
});
