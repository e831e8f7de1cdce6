import { expect, test } from 'vitest';
import type { Following } from '../support/app.ts';
import type { List } from '../support/read.ts';
import { startLadder } from './ladder-app.ts';

const at = (time: string) => `2026-03-02T${time}:00+08:00`;

/** So many events, whatever Bookmarks lie between. */
async function eventsOf<Event>(stream: Following<Event>, count: number): Promise<List<Event>> {
  const events: Event[] = [];
  while (events.length < count) events.push(await stream.next());
  return events as List<Event>;
}

test('what becomes of an alert is told in one order and chain with the alerts, and replayed as it was', async () => {
  await using line = await startLadder(at('10:00'));
  const { app, manager } = line;
  const supervisor = app.as('CO-A/SUPERVISOR');
  await using live = supervisor.follows('AlertsAndUpdates', { filter: { kinds: ['SLA_BREACHED'] } });
  const first = await live.next();
  const [ticket, other] = [await line.opens(), await line.opens()];
  await app.advance(at('10:31'));
  const raised = await eventsOf(live, 2);
  const idOf = (of: { id: string }) => raised.find(({ alert }) => alert.ticket.id === of.id).alert.id;
  await manager.does('SnoozeAlert', {
    input: { id: idOf(ticket), until: at('10:35'), reason: 'waits for the courier' },
  });
  await app.advance(at('10:41'));
  await supervisor.does('AcknowledgeAlert', { id: idOf(ticket) });
  await manager.does('ResolveTicket', { id: other.id, resolution: 'Done', rootCause: 'Work' });
  await app.advance(at('10:42'));
  const updates = await eventsOf(live, 6);
  const told = updates.map(({ change, by, alert }) => [
    alert.id === idOf(ticket) ? 'ticket' : 'other',
    change,
    by?.id ?? null,
  ]);
  expect(told.filter(([whose]) => whose === 'ticket')).toEqual([
    ['ticket', 'SNOOZED', manager.id],
    ['ticket', 'SNOOZE_ENDED', null],
    ['ticket', 'CLIMBED', null],
    ['ticket', 'ACKNOWLEDGED', supervisor.id],
  ]);
  expect(told.filter(([whose]) => whose === 'other')).toEqual([
    ['other', 'CLIMBED', null],
    ['other', 'ENDED', null],
  ]);
  const chain = [first, ...raised, ...updates];
  expect(chain.slice(1).map(({ prevCursor }) => prevCursor)).toEqual(chain.slice(0, -1).map(({ cursor }) => cursor));
  // Whoever comes back is told the same, in the same order.
  await using again = supervisor.follows('AlertsAndUpdates', {
    filter: { kinds: ['SLA_BREACHED'] },
    after: first.cursor,
  });
  const replayed = await eventsOf(again, 8);
  expect(replayed.map(({ cursor, __typename }) => [cursor, __typename])).toEqual(
    chain.slice(1).map(({ cursor, __typename }) => [cursor, __typename]),
  );
});

test('a document without a place for updates gets the alerts alone, and its chain holds', async () => {
  await using line = await startLadder(at('10:00'));
  const supervisor = line.app.as('CO-A/SUPERVISOR');
  await using old = supervisor.follows('SlaAlerts', { filter: { kinds: ['SLA_BREACHED'] } });
  const first = await old.next();
  await line.opens();
  await line.app.advance(at('11:05'));
  await line.opens();
  await line.app.advance(at('11:36'));
  const [one, two] = await eventsOf(old, 2);
  expect([one.__typename, two.__typename]).toEqual(['AlertRaised', 'AlertRaised']);
  expect([one.prevCursor, two.prevCursor]).toEqual([first.cursor, one.cursor]);
  expect(old.waiting).toEqual([]);
});

test('whoever follows what is unacknowledged hears that it was taken, and lists leave out what is over', async () => {
  await using line = await startLadder(at('10:00'));
  const { app, manager } = line;
  const supervisor = app.as('CO-A/SUPERVISOR');
  const filter = { kinds: ['SLA_BREACHED'], unacknowledged: true };
  await using live = supervisor.follows('AlertsAndUpdates', { filter });
  await live.next();
  const [taken, over] = [await line.opens(), await line.opens()];
  await app.advance(at('10:31'));
  const raised = await eventsOf(live, 2);
  const idOf = (of: { id: string }) => raised.find(({ alert }) => alert.ticket.id === of.id).alert.id;
  await supervisor.does('AcknowledgeAlert', { id: idOf(taken) });
  await manager.does('ResolveTicket', { id: over.id, resolution: 'Done', rootCause: 'Work' });
  const updates = await eventsOf(live, 2);
  expect(updates.map(({ change, alert }) => [change, alert.id]).toSorted()).toEqual([
    ['ACKNOWLEDGED', idOf(taken)],
    ['ENDED', idOf(over)],
  ]);
  const listed = async (asked: object) =>
    (await supervisor.does('OpenAlerts', { filter: { kinds: ['SLA_BREACHED'], ...asked }, first: 9 })).nodes.map(
      ({ id }) => id,
    );
  expect(await listed({ unacknowledged: true })).toEqual([]);
  expect(await listed({ open: true })).toEqual([idOf(taken)]);
  expect(await listed({ open: false })).toEqual([idOf(over)]);
});

test('a snooze ends where the alert climbs at latest, needs a reason, and is for nobody once it is taken', async () => {
  await using line = await startLadder(at('10:00'));
  const { app, manager } = line;
  const ticket = await line.opens();
  await app.advance(at('10:31'));
  const { id, climbsAt } = await line.alertOf(ticket.id);
  const snooze = (until: string, reason = 'a call') => manager.does('SnoozeAlert', { input: { id, until, reason } });
  expect(await snooze(at('10:41'))).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: 'input.until', message: expect.stringContaining(climbsAt) }],
  });
  expect(await snooze(at('10:39'), ' ')).toMatchObject({ issues: [{ path: 'input.reason' }] });
  expect(await snooze(at('10:30'))).toMatchObject({ issues: [{ path: 'input.until' }] });
  expect(await snooze(climbsAt)).toMatchObject({ __typename: 'Alert', snooze: { until: climbsAt } });
  await app.advance(at('10:41'));
  // It climbed all the same, and is put off no more.
  expect(await line.alertOf(ticket.id)).toMatchObject({ snooze: null, climbs: [{}, { rung: 2 }] });
  await app.advance(at('11:02'));
  // At the top the policy's hour is the limit.
  expect(await snooze(at('12:03'))).toMatchObject({ __typename: 'InvalidInput' });
  expect(await snooze(at('12:01'))).toMatchObject({ __typename: 'Alert' });
  await manager.does('AcknowledgeAlert', { id });
  expect(await snooze(at('11:30'))).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'ALERT_TAKEN' }] });
});
