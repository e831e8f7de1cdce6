import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const plugin = resolve(import.meta.dirname, 'plugins/fragile.ts');
const APPLY = `mutation($input: ApplyPolicyInput!) { applyPolicy(input: $input) { ... on AppliedPolicy { open deadlinesMoved } } }`;
const IS_FALLBACK = 'query($id: ID!) { ticket(id: $id) { isFallback } }';

test('a policy that breaks later leaves its promises as they are; only what has none gets the standard ones', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', plugins: [plugin] });
  const manager = app.as('FRAGILE-A/CUSTOMER_MANAGER');
  const admin = app.as('SYS/ADMIN');
  const customer = await givenCustomer(manager, { policyId: 'fragile', branchCode: 'FRAGILE-A' });
  const { id } = await givenTicket(manager, { customerId: customer.id });
  const promised = { level: 1, clocks: [{ metric: 'RESOLUTION', target: 'PT5H', dueAt: '2026-03-02T05:00:00.000Z' }] };

  expect(await manager.does('EscalateTicket', { id, level: 2, reason: 'needs others' })).toMatchObject({
    __typename: 'PolicyFailure',
  });
  expect(await manager.does('TicketDetail', { id })).toMatchObject(promised);

  expect((await admin.does('PolicyImpact', { policyId: 'fragile' })).tickets).toMatchObject({ deadlinesMoved: 0 });
  const { version } = (await admin.does('Policies')).find((policy: { id: string }) => policy.id === 'fragile');
  const applied = await admin.ask(APPLY, { input: { policyId: 'fragile', expectedVersion: version, reason: 'try' } });
  expect(applied.data.applyPolicy).toEqual({ open: 1, deadlinesMoved: 0 });
  expect(await manager.does('TicketDetail', { id })).toMatchObject(promised);

  await manager.does('ResolveTicket', { id, resolution: 'Card replaced' });
  const reopened = await manager.does('ReopenTicket', { id, reason: 'again' });
  expect(reopened.clocks.filter(({ cycle }: { cycle: number }) => cycle === 2)).toMatchObject([{ target: 'PT72H' }]);
  expect((await manager.ask(IS_FALLBACK, { id })).data).toEqual({ ticket: { isFallback: true } });
  // It has its number a moment after its ticket.
  await app.app.services.alerts.numberAll();
  const alerts = await app.as('FRAGILE-A/SUPERVISOR').does('AlertHistory', {});
  expect(alerts.edges.map(({ node }: { node: { kind: string } }) => node.kind)).toContain('POLICY_FAILED');
});
