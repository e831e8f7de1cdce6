import { expect, test } from 'vitest';
import type { Person } from '../../support/app.ts';
import { givenCustomer, givenTicket } from '../../support/given.ts';
import { branchCode, type Contract, policyId } from './contract.ts';

const branchOf = async (person: Person): Promise<string> =>
  (await person.ask('{ viewer { branch { id } } }')).data.viewer.branch.id;

/** Tickets with their clocks, alerts, and who is on duty. */
export function addTicketsAndAlerts(on: () => Contract): void {
  test('OpenTicket to ReopenTicket, TicketDetail, TicketList, ClockExplanation, SlaSummary, TicketChanged', async () => {
    const { manager } = on();
    const customer = await givenCustomer(manager, { policyId, branchCode });
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await using changes = manager.follows('TicketChanged', { id: ticket.id });
    expect(await changes.next()).toMatchObject({ status: 'NEW' });
    expect(await manager.does('AcknowledgeTicket', { id: ticket.id, message: 'We look into it' })).toMatchObject({
      status: 'ACKNOWLEDGED',
    });
    expect(await changes.next()).toMatchObject({ status: 'ACKNOWLEDGED' });
    const started = await manager.does('UpdateTicket', {
      input: { id: ticket.id, expectedVersion: 2, status: 'IN_PROGRESS', comment: 'on it' },
    });
    expect(started).toMatchObject({ status: 'IN_PROGRESS', version: 4 });
    expect(await manager.does('WaitOnCustomer', { id: ticket.id, reason: 'needs the invoice' })).toMatchObject({
      status: 'WAITING_ON_CUSTOMER',
    });
    expect(await manager.does('ResumeTicket', { id: ticket.id })).toMatchObject({ status: 'IN_PROGRESS' });
    const waitsFor = { id: ticket.id, waitsFor: 'ANOTHER_PARTY', reason: 'the maker of the card' };
    expect(await manager.does('HoldTicket', { input: waitsFor })).toMatchObject({ status: 'ON_HOLD' });
    expect(await manager.does('ResumeTicket', { id: ticket.id })).toMatchObject({ status: 'IN_PROGRESS' });
    expect(
      await manager.does('EscalateTicket', { id: ticket.id, level: 2, reason: 'needs engineering' }),
    ).toMatchObject({
      level: 2,
    });
    expect(
      await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Card replaced', rootCause: 'Defect' }),
    ).toMatchObject({ status: 'RESOLVED' });
    expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      __typename: 'Refused',
    });
    const interaction = await manager.does('RecordInteraction', {
      input: {
        customerId: customer.id,
        channel: 'PHONE',
        purpose: 'FOLLOW_UP',
        summary: 'Customer content',
        ticketId: ticket.id,
      },
    });
    expect(interaction).toMatchObject({ __typename: 'Interaction', channel: 'PHONE' });
    expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      status: 'CLOSED',
    });
    expect(await manager.does('ReopenTicket', { id: ticket.id, reason: 'Again' })).toMatchObject({
      status: 'IN_PROGRESS',
    });
    const detail = await manager.does('TicketDetail', { id: ticket.id });
    expect(detail.timeline.nodes.map(({ kind }: { kind: string }) => kind)).toEqual([
      'OPENED',
      'ACKNOWLEDGED',
      'UPDATED',
      'COMMENTED',
      'WAITING',
      'RESUMED',
      'WAITING',
      'RESUMED',
      'ESCALATED',
      'RESOLVED',
      'CALLED_BACK',
      'CLOSED',
      'REOPENED',
    ]);
    const list = await manager.does('TicketList', {
      filter: { open: true, customerId: customer.id },
      orderBy: { field: 'NEXT_DUE_AT' },
      first: 10,
    });
    expect(list).toMatchObject({ totalCount: 1, edges: [{ node: { id: ticket.id } }] });
    const [clock] = detail.clocks;
    const explained = await manager.does('ClockExplanation', { clockId: clock.id });
    expect(explained).toMatchObject({ clock: { id: clock.id } });
    const summary = await manager.does('SlaSummary', { filter: { policyId } });
    expect(summary.openTickets).toBeGreaterThan(0);
  });

  test('RehearseOpenTicket', async () => {
    const { manager } = on();
    const { id: customerId } = await givenCustomer(manager, { policyId, branchCode });
    const input = { customerId, type: 'COMPLAINT', subject: 'No signal', channel: 'PHONE' };
    const { openTicket } = await manager.does('RehearseOpenTicket', { input });
    const ticket = await givenTicket(manager, { customerId });
    expect(openTicket).toMatchObject({ __typename: 'Rehearsal', tasks: [], money: [] });
    const dues = ({ clocks }: { clocks: { metric: string; dueAt: string }[] }) =>
      clocks.map(({ metric, dueAt }) => `${metric} ${dueAt}`).sort();
    expect(dues(openTicket)).toEqual(dues(ticket));
  });

  test('AddTicketNote, LinkTickets, UnlinkTickets', async () => {
    const { manager } = on();
    const customer = await givenCustomer(manager, { policyId, branchCode });
    const ticket = await givenTicket(manager, { customerId: customer.id });
    const noted = await manager.does('AddTicketNote', { input: { id: ticket.id, text: 'asked the maker' } });
    expect(noted).toMatchObject({ __typename: 'Ticket' });
    const other = await givenTicket(manager, { customerId: customer.id });
    const link = { id: ticket.id, otherId: other.id, kind: 'SAME_CAUSE', reason: 'one exchange' };
    expect(await manager.does('LinkTickets', { input: link })).toMatchObject({
      links: [{ kind: 'SAME_CAUSE', isOutgoing: true, ticket: { id: other.id } }],
    });
    expect(await manager.does('UnlinkTickets', { input: link })).toMatchObject({ links: [] });
  });

  test('SlaAlerts, AlertHistory, AcknowledgeAlert', async () => {
    const { app, manager, supervisor } = on();
    const customer = await givenCustomer(manager, { policyId, branchCode });
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await using alerts = supervisor.follows('SlaAlerts', { filter: { ticketId: ticket.id } });
    await alerts.next();
    await app.advance(new Date(Date.parse(ticket.clocks[0].dueAt) + 1).toISOString());
    const [atRisk, breach] = [await alerts.next(), await alerts.next()];
    expect([atRisk.alert.kind, breach.alert.kind]).toEqual(['SLA_AT_RISK', 'SLA_BREACHED']);
    const history = await supervisor.does('AlertHistory', {
      filter: { ticketId: ticket.id, unacknowledged: true },
      first: 10,
    });
    expect(history.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([
      breach.alert.id,
      atRisk.alert.id,
    ]);
    expect(history.edges[0].node.cursor).toBe(breach.cursor);
    expect(await supervisor.does('AcknowledgeAlert', { id: breach.alert.id, note: 'mine' })).toMatchObject({
      acknowledgement: { by: { name: 'BB-A SUPERVISOR' } },
    });
  });

  test('AlertsAndUpdates, OpenAlerts, SnoozeAlert, Rota, SetShift, EndShift, SwapShift', async () => {
    const { app, manager, supervisor } = on();
    const customer = await givenCustomer(manager, { policyId, branchCode });
    const ticket = await givenTicket(manager, { customerId: customer.id });
    const filter = { ticketId: ticket.id, kinds: ['SLA_BREACHED'] };
    await using alerts = supervisor.follows('AlertsAndUpdates', { filter });
    await alerts.next();
    const due = Date.parse(ticket.clocks[0].dueAt);
    await app.advance(new Date(due + 1).toISOString());
    const { alert } = await alerts.next();
    const until = new Date(due + 60_000).toISOString();
    expect(
      await supervisor.does('SnoozeAlert', { input: { id: alert.id, until, reason: 'on the line' } }),
    ).toMatchObject({
      snooze: { until, reason: 'on the line' },
    });
    expect(await alerts.next()).toMatchObject({
      __typename: 'AlertUpdated',
      change: 'SNOOZED',
      alert: { snooze: { until } },
    });
    const { nodes } = await supervisor.does('OpenAlerts', { filter: { ...filter, open: true }, first: 1 });
    expect(nodes).toMatchObject([{ id: alert.id, climbs: [{ rung: 1 }] }]);
    const shift = { policyId, branchId: nodes.length > 0 ? await branchOf(supervisor) : '', post: 'SUPERVISOR' };
    const times = { from: new Date(due + 86_400_000).toISOString(), until: new Date(due + 90_000_000).toISOString() };
    const set = await supervisor.does('SetShift', { input: { ...shift, ...times, staffId: supervisor.id } });
    expect(set).toMatchObject({ __typename: 'RotaShift', ...times });
    expect(await supervisor.does('Rota', { filter: { from: times.from } })).toMatchObject({ nodes: [{ id: set.id }] });
    expect(
      await supervisor.does('SwapShift', { input: { id: set.id, otherId: set.id, reason: 'a wedding' } }),
    ).toMatchObject({ __typename: 'InvalidInput' });
    expect(
      await supervisor.does('EndShift', { input: { id: set.id, reason: 'not needed', expectedVersion: 1 } }),
    ).toMatchObject({ __typename: 'RotaShift', version: 2 });
  });

  test('AcknowledgeAlerts, ReassignTasks', async () => {
    const { app, manager, supervisor } = on();
    const customer = await givenCustomer(manager, { policyId, branchCode });
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await app.advance(new Date(Date.parse(ticket.clocks[0].dueAt) + 1).toISOString());
    const { nodes } = await supervisor.does('OpenAlerts', { filter: { ticketId: ticket.id, unacknowledged: true } });
    const [first, others] = [nodes[0].id, nodes.slice(1).map(({ id }) => id)];
    await manager.does('AcknowledgeAlert', { id: first });
    const taken = await supervisor.does('AcknowledgeAlerts', {
      input: { ids: [first, ...others], note: 'all of them' },
    });
    // One that somebody has by now leaves the others.
    expect(others.length).toBeGreaterThan(0);
    expect(taken.acknowledged.map(({ id }: { id: string }) => id).toSorted()).toEqual(others.toSorted());
    expect(taken.failed).toMatchObject([{ objectId: first, code: 'CONFLICT' }]);
    const task = async () =>
      manager.does('CreateTask', {
        input: { customerId: customer.id, title: 'Call', purpose: 'CARE', dueAt: '2026-06-01T10:00:00+08:00' },
      });
    const cancelled = (await task()).id;
    const ids = [cancelled, (await task()).id];
    await manager.does('CancelTask', { input: { id: cancelled, reason: 'not needed' } });
    const given = await supervisor.does('ReassignTasks', {
      input: { ids, assigneeId: supervisor.id, reason: 'a holiday' },
    });
    expect(given).toMatchObject({
      reassigned: [{ id: ids[1], assignee: { id: supervisor.id } }],
      failed: [{ objectId: ids[0] }],
    });
  });
}
