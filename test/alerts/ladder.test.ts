import { expect, test } from 'vitest';
import { sweepClimbs } from '../../server/domain/alerts/climb.ts';
import { applyLadders } from '../../server/domain/alerts/reladder.ts';
import { parseGlobalId } from '../../server/platform/values/ids.ts';
import type { HeldClock } from '../../server/platform/values/wall-clock.ts';
import { startLadder } from './ladder-app.ts';

const uuidOf = (id: string) => parseGlobalId(id)?.id ?? '';

test('an alert that nobody acknowledges climbs rung by rung, each once, and tells who was told when', async () => {
  await using line = await startLadder('2026-03-02T10:00:00+08:00');
  const { app, manager, opens, alertOf } = line;
  const ticket = await opens();
  await app.advance('2026-03-02T10:35:00+08:00');
  const begun = await alertOf(ticket.id);
  expect(begun).toMatchObject({
    assignee: { id: manager.id },
    climbsAt: '2026-03-02T02:40:00.001Z',
    climbs: [{ rung: 1, to: 'OWNER', staff: { id: manager.id }, nobodyThere: false, lateBySeconds: 0 }],
  });
  await app.advance('2026-03-02T10:45:00+08:00');
  const supervisor = app.as('CO-A/SUPERVISOR');
  const climbed = await alertOf(ticket.id);
  expect(climbed).toMatchObject({ assignee: { id: supervisor.id }, climbsAt: '2026-03-02T03:00:00.001Z' });
  // Who it is for stays: an alert about no customer would else be seen by supervisors of other branches.
  expect(climbed.audience).toEqual(['CUSTOMER_MANAGER']);
  await app.advance('2026-03-03T10:00:00+08:00');
  const top = await alertOf(ticket.id);
  expect(top.climbsAt).toBeNull();
  expect(top.climbs).toMatchObject([
    { rung: 1, toldAt: '2026-03-02T02:30:00.001Z' },
    { rung: 2, to: 'SUPERVISOR', staff: { id: supervisor.id }, toldAt: '2026-03-02T02:40:00.001Z' },
    { rung: 3, to: 'DIRECTOR', staff: { id: app.as('CO-A/DIRECTOR').id }, toldAt: '2026-03-02T03:00:00.001Z' },
  ]);
});

test('nights and weekends are no business minutes', async () => {
  await using line = await startLadder('2026-03-06T17:25:00+08:00');
  const ticket = await line.opens();
  // Breached on Friday at 17:55: of the ten minutes five are left for Monday.
  await line.app.advance('2026-03-09T09:04:59+08:00');
  expect((await line.alertOf(ticket.id)).climbs).toHaveLength(1);
  await line.app.advance('2026-03-09T09:05:01+08:00');
  expect((await line.alertOf(ticket.id)).climbs[1]).toMatchObject({ toldAt: '2026-03-09T01:05:00.001Z' });
});

test('an acknowledgement ends the climb, and what comes back begins at the first rung', async () => {
  await using line = await startLadder('2026-03-02T10:00:00+08:00');
  const { app, manager } = line;
  const ticket = await line.opens();
  await app.advance('2026-03-02T10:41:00+08:00');
  const alert = await line.alertOf(ticket.id);
  expect(alert.climbs).toHaveLength(2);
  expect(await app.as('CO-A/SUPERVISOR').does('AcknowledgeAlert', { id: alert.id })).toMatchObject({
    __typename: 'Alert',
  });
  await app.advance('2026-03-02T11:40:59+08:00');
  expect(await line.alertOf(ticket.id)).toMatchObject({ climbsAt: null, climbs: [{}, {}] });
  // After its hour it is back: with who has the matter, whoever had the alert before.
  await app.advance('2026-03-02T11:42:00+08:00');
  const { data } = await manager.ask(
    `query ($t: ID) { alerts(first: 9, filter: { ticketId: $t, kinds: [ACKNOWLEDGEMENT_EXPIRED] }) {
      nodes { assignee { id } climbs { rung staff { id } } } } }`,
    { t: ticket.id },
  );
  expect(data.alerts.nodes).toEqual([
    { assignee: { id: manager.id }, climbs: [{ rung: 1, staff: { id: manager.id } }] },
  ]);
});

test('whoever owns the matter and left is passed over, and the next rung is told at once', async () => {
  await using line = await startLadder('2026-03-02T10:00:00+08:00');
  const { app, manager } = line;
  const ticket = await line.opens();
  await app.app.services.database.prisma.staff.update({ where: { id: uuidOf(manager.id) }, data: { active: false } });
  await app.advance('2026-03-02T10:31:00+08:00');
  expect(await line.alertOf(ticket.id)).toMatchObject({
    assignee: { id: app.as('CO-A/SUPERVISOR').id },
    climbs: [
      { rung: 1, nobodyThere: true, staff: null },
      { rung: 2, nobodyThere: false },
    ],
  });
});

test('a climb that comes late says by how much, and leaves the next ones their time', async () => {
  await using line = await startLadder('2026-03-02T10:00:00+08:00');
  const { app } = line;
  const ticket = await line.opens();
  await app.advance('2026-03-02T10:31:00+08:00');
  // No node worked from then until noon.
  (app.app.services.clock as HeldClock).set(new Date('2026-03-02T12:00:00+08:00'));
  await sweepClimbs(app.app.services);
  expect(await line.alertOf(ticket.id)).toMatchObject({
    climbs: [
      {},
      { rung: 2, dueAt: '2026-03-02T02:40:00.001Z', toldAt: '2026-03-02T04:00:00.000Z', lateBySeconds: 4799 },
    ],
    climbsAt: '2026-03-02T04:20:00.000Z',
  });
});

test('an alert keeps the ladder that it began with until the policy is applied to what is open', async () => {
  await using line = await startLadder('2026-03-02T10:00:00+08:00');
  const { services } = line.app.app;
  const ticket = await line.opens();
  await line.app.advance('2026-03-02T10:31:00+08:00');
  // It began with a ladder that left its owner four hours.
  const rungs = [
    { to: 'OWNER', where: 'NEAREST', minutes: 240 },
    { to: 'DIRECTOR', where: 'NEAREST', minutes: null },
  ];
  await services.database.prisma.alert.updateMany({
    where: { kind: 'SLA_BREACHED' },
    data: { ladder: { calendar: 'always', rungs }, climbsAt: new Date('2026-03-02T14:30:00+08:00') },
  });
  await line.app.advance('2026-03-02T11:00:00+08:00');
  expect((await line.alertOf(ticket.id)).climbs).toHaveLength(1);
  await applyLadders(services, 'ladder');
  expect(await line.alertOf(ticket.id)).toMatchObject({ climbsAt: '2026-03-02T02:40:00.001Z' });
  await line.app.advance('2026-03-02T11:01:00+08:00');
  expect((await line.alertOf(ticket.id)).climbs).toMatchObject([{}, { rung: 2, to: 'SUPERVISOR' }]);
});

test('alerts from before there was a ladder climb none', async () => {
  await using line = await startLadder('2026-03-02T10:00:00+08:00');
  const { prisma } = line.app.app.services.database;
  const ticket = await line.opens();
  // As the migration leaves what was raised before.
  await prisma.$executeRawUnsafe('alter table alert alter column awaits_ladder set default false');
  await line.app.advance('2026-03-03T10:31:00+08:00');
  expect(await line.alertOf(ticket.id)).toMatchObject({ climbs: [], climbsAt: null });
});
