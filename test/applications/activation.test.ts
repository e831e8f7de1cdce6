import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

const ACTIVATE =
  'mutation ($input: ActivateServiceInput!) { activateService(input: $input) { __typename ... on Refused { reasons { code } } } }';

test('a service is activated after the leader has signed its application, and not before (A-136)', async () => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const policyId = 'broadband-key-account';
  const { id: customerId } = await givenCustomer(manager, { policyId, branchCode: 'BB-A' });
  const activate = async () =>
    (await manager.ask(ACTIVATE, { input: { customerId, service: 'Sports', consentEvidence: 'form' } })).data
      .activateService;
  const open = () =>
    manager.does('OpenTicket', {
      input: { customerId, type: 'PROVISIONING', case: 'DEVICE_PRESENT', subject: 'Sports', channel: 'PHONE' },
    });
  const unsigned = { __typename: 'Refused', reasons: [{ code: 'NO_APPLICATION' }] };
  expect(await activate()).toEqual(unsigned);
  const application = await manager.does('SubmitApplication', {
    input: {
      policyId,
      kind: 'SERVICE_APPLICATION',
      customerId,
      reason: 'Leader',
      fields: {
        type: 'NEW',
        deviceType: 'Set-top box',
        programmeTypes: ['Sports'],
        periodFrom: '2026-03-02',
        periodTo: '2027-03-01',
      },
    },
  });
  expect(await activate()).toEqual(unsigned);
  expect(await open()).toMatchObject(unsigned);
  const decision = { input: { id: application.approval.id, decision: 'APPROVE' } };
  expect(await app.as('BB-A/SUPERVISOR').does('DecideApproval', decision)).toMatchObject({ state: 'APPROVED' });
  expect(await activate()).toEqual({ __typename: 'Interaction' });
  expect(await open()).toMatchObject({ __typename: 'Ticket' });
});
