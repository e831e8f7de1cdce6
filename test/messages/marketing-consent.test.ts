import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
});
afterAll(() => app[Symbol.asyncDispose]());

const LINES = [
  { policyId: 'bank-vip', branchCode: 'BK-A' },
  { policyId: 'broadband-key-account', branchCode: 'BB-A' },
  { policyId: 'core', branchCode: 'CO-A' },
  { policyId: 'telecom-vip', branchCode: 'TL-A' },
];
const SEND =
  'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename ... on Refused { reasons { code } } } }';

const cases = LINES.flatMap((line) => [
  { ...line, marketing: undefined, purpose: 'PUBLICISE', isSent: false },
  { ...line, marketing: false, purpose: 'PUBLICISE', isSent: false },
  { ...line, marketing: true, purpose: 'PUBLICISE', isSent: true },
  { ...line, marketing: false, purpose: 'FOLLOW_UP', isSent: true },
]);

test.each(cases)(
  '$policyId: $purpose to somebody whose consent to marketing is $marketing is sent: $isSent',
  async (one) => {
    const { policyId, branchCode, marketing, purpose, isSent } = one;
    const manager = app.as(`${branchCode}/CUSTOMER_MANAGER`);
    const { id: customerId } = await givenCustomer(manager, {
      policyId,
      branchCode,
      phone: '13912341234',
      profile: policyId === 'telecom-vip' ? { hall: 'Central Road hall' } : undefined,
      consent: { vipService: true, ...(marketing !== undefined && { marketing }) },
    });
    const input = { customerId, channel: 'SMS', purpose, body: 'News. Central Road hall' };
    const { data } = await manager.ask(SEND, { input });
    if (isSent) expect(data.sendMessage.__typename).toBe('Message');
    else expect(data.sendMessage).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'NO_MARKETING_CONSENT' }] });
  },
);
