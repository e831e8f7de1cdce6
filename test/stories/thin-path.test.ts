import { describe, expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';

const LINES = [
  {
    line: 'bank-vip',
    code: 'BK',
    kind: 'INDIVIDUAL',
    scheme: 'rural-credit',
    metric: 'TIME_DEPOSIT_REALTIME',
    value: '120000',
    tier: 'VIP',
    profile: undefined,
  },
  {
    line: 'telecom-vip',
    code: 'TL',
    kind: 'INDIVIDUAL',
    scheme: 'club',
    metric: 'MONTHLY_SPEND',
    value: '900',
    tier: null,
    profile: undefined,
  },
  {
    line: 'broadband-key-account',
    code: 'BB',
    kind: 'INSTITUTION',
    scheme: 'key-account',
    metric: null,
    value: '0',
    tier: 'KEY_ACCOUNT',
    profile: { keyAccountType: 'GROUP' },
  },
] as const;

describe.each(['MEMORY', 'POSTGRES'] as const)('on %s', (database) => {
  test.each(LINES)(
    '$line: from a customer to an alert that somebody acknowledges',
    async ({ line, code, kind, scheme, metric, value, tier, profile }) => {
      await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database });
      const manager = app.as(`${code}-A/CUSTOMER_MANAGER`);
      const supervisor = app.as(`${code}-A/SUPERVISOR`);
      const customer = await manager.does('CreateCustomer', {
        input: {
          policyId: line,
          number: 'C-1',
          kind,
          name: '张伟',
          phone: '13912341234',
          branchCode: `${code}-A`,
          consent: { vipService: true },
          profile,
        },
      });
      expect(customer).toMatchObject({ __typename: 'Customer', number: 'C-1', version: 1 });

      if (metric) {
        const metrics = [{ customerNumber: 'C-1', key: metric, value, asOf: '2026-02-28' }];
        expect(
          await manager.does('RecordMetrics', { input: { policyId: line, source: 'core', metrics } }),
        ).toMatchObject({ accepted: 1, rejected: [] });
      }
      const assessment = await manager.does('AssessCustomer', { input: { customerId: customer.id, schemeId: scheme } });
      if (tier)
        expect(assessment).toMatchObject({ __typename: 'Assessment', eligible: true, proposedTier: { code: tier } });
      else expect(assessment).toMatchObject({ __typename: 'NotConfigured' });
      if (tier) {
        expect(assessment.indicators.length).toBeGreaterThan(0);
        expect(assessment.reasons.length).toBeGreaterThan(0);
      }

      await using alerts = supervisor.follows('SlaAlerts', {});
      expect(await alerts.next()).toMatchObject({ __typename: 'Bookmark', caughtUp: true, prevCursor: null });
      const ticket = await manager.does('OpenTicket', {
        input: { customerId: customer.id, type: 'COMPLAINT', subject: 'No signal', channel: 'PHONE' },
      });
      expect(ticket).toMatchObject({ __typename: 'Ticket', status: 'NEW', slaState: 'ON_TRACK' });
      const clock = ticket.clocks.toSorted((a: { dueAt: string }, b: { dueAt: string }) =>
        a.dueAt.localeCompare(b.dueAt),
      )[0];
      expect(clock).toMatchObject({ state: 'RUNNING' });
      const passing = new Date(Date.parse(clock.dueAt) + 1000).toISOString();
      expect((await app.advance(passing)).alertsRaised).toBeGreaterThanOrEqual(2);

      const atRisk = await alerts.next();
      const breach = await alerts.next();
      expect(atRisk).toMatchObject({
        __typename: 'AlertRaised',
        replayed: false,
        alert: { kind: 'SLA_AT_RISK', ticket: { id: ticket.id } },
      });
      // What is done at the due instant is in time: a millisecond later it is late (decision 0032).
      const late = new Date(Date.parse(clock.dueAt) + 1).toISOString();
      expect(breach).toMatchObject({
        prevCursor: atRisk.cursor,
        alert: { kind: 'SLA_BREACHED', raisedAt: late, clock: { state: 'BREACHED' } },
      });
      const acknowledged = await supervisor.does('AcknowledgeAlert', { id: breach.alert.id, note: 'mine' });
      expect(acknowledged).toMatchObject({ __typename: 'Alert', acknowledgement: { note: 'mine' } });
      expect(await manager.does('AcknowledgeAlert', { id: breach.alert.id })).toMatchObject({ __typename: 'Conflict' });

      // A bank's supervisor writes the plan and its command centre approves; elsewhere a manager writes and a supervisor approves.
      const author = line === 'bank-vip' ? supervisor : manager;
      const plan = await author.does('DraftPlan', {
        input: {
          customerId: customer.id,
          objective: 'Win back trust',
          startsOn: '2026-03-09',
          endsOn: '2026-06-30',
          budget: { amount: '2000' },
          measures: [
            {
              way: 'VISIT',
              measure: 'Visit the customer',
              dueAt: '2026-03-20T10:00:00+08:00',
              assigneeId: manager.id,
              budget: { amount: '500' },
            },
          ],
        },
      });
      expect(plan).toMatchObject({
        __typename: 'MaintenancePlan',
        status: 'DRAFT',
        version: 1,
        budget: { amount: '2000' },
      });
      const submitted = await author.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
      const role = line === 'bank-vip' ? 'COMMAND_CENTER' : 'SUPERVISOR';
      expect(submitted).toMatchObject({
        status: 'SUBMITTED',
        approval: { state: 'PENDING', steps: [{ role, decision: null }] },
      });
      const decide = { input: { id: submitted.approval.id, decision: 'APPROVE' } };
      expect(await author.does('DecideApproval', decide)).toMatchObject({
        __typename: 'Refused',
        reasons: [{ code: 'OWN_REQUEST' }],
      });
      expect(await app.as(`${code}-A/${role}`).does('DecideApproval', decide)).toMatchObject({
        __typename: 'Approval',
        state: 'APPROVED',
      });
      const tasks = await manager.does('MyTasks', { filter: { mine: true, origins: ['PLAN'] } });
      expect(tasks).toMatchObject({ totalCount: 1, nodes: [{ title: 'Visit the customer', status: 'OPEN' }] });
    },
  );
});
