import { afterAll, beforeAll, expect, test } from 'vitest';
import { dateOf, instantOf } from '../../server/domain/import/reading/cells.ts';
import { shiftDate, shiftInstant } from '../../server/domain/import/shift.ts';
import { foldOf } from '../../server/domain/tickets/clock-fold.ts';
import type { Services } from '../../server/engine/services/services.ts';
import { sweepClocks } from '../../server/engine/sla/sweep-clocks.ts';
import { Files, importText, ORGANISATION, openServices } from './support.ts';

const HEADER =
  'externalNumber,customerNumber,type,level,case,subject,channel,openedAt,acknowledgedAt,resolvedAt,calledBackAt,closedAt,appointmentAt,assigneeNumber';

let services: Awaited<ReturnType<typeof openServices>>;
const files = new Files();
beforeAll(async () => {
  services = await openServices({ memory: true }, '2026-03-02T11:00:00+08:00');
  await importText(services, files, 'organisation', ORGANISATION);
  const customers =
    'number,kind,name,branchCode,managerNumber\nC1,INSTITUTION,远大集团,BB-A,BB-A-CM1\nC2,INDIVIDUAL,No Manager,BB-A,\n';
  await importText(services, files, 'customers', customers, { policyId: 'broadband-key-account' });
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

const tickets = (rows: readonly string[], options = {}) =>
  importText(services, files, 'tickets', [HEADER, ...rows].join('\n'), {
    policyId: 'broadband-key-account',
    ...options,
  });
const stored = (externalNumber: string) =>
  services.database.prisma.ticket.findFirstOrThrow({
    where: { externalNumber },
    include: { clocks: true, events: { orderBy: { position: 'asc' } } },
  });
const at = (local: string) => new Date(`2026-03-${local}+08:00`);

test('A-124: a level-1 complaint of 08:00 is due at 13:00, and its moments to come fire as usual', async () => {
  expect(await tickets(['X-124,C1,COMPLAINT,1,,Picture freezes,PHONE,2026-03-02 08:00,,,,,,'])).toMatchObject({
    imported: 1,
  });
  const ticket = await stored('X-124');
  expect(ticket).toMatchObject({
    status: 'NEW',
    slaState: 'ON_TRACK',
    nextDueAt: at('02T13:00'),
    openedAt: at('02T08:00'),
    version: 1,
    fallback: false,
  });
  expect(ticket.clocks).toMatchObject([
    {
      metric: 'RESOLUTION',
      state: 'RUNNING',
      dueAt: at('02T13:00'),
      nextFireAt: at('02T12:00'),
      fireAt: [at('02T12:00'), new Date(at('02T13:00').getTime() + 1)],
      atRisk: false,
    },
  ]);
  expect(ticket.assigneeId).toBe(ticket.ownerId);
  expect(ticket.firstReceiverId).toBe(ticket.ownerId);
  services.clock.set(at('02T12:00'));
  expect(await sweepClocks({ ...services, changes: { announce: () => {} } } as unknown as Services)).toBe(1);
});

test('what had passed before the file came is told to nobody', async () => {
  await services.database.prisma.alert.deleteMany();
  const rows = [
    'X-1,C1,COMPLAINT,1,,Open and long breached,PHONE,2026-03-01T08:00:00+08:00,,,,,,',
    'X-2,C1,COMPLAINT,1,,At risk,PHONE,2026/3/2 7:30,2026/3/2 7:40,,,,,',
    'X-3,C1,COMPLAINT,2,,Solved late,HOTLINE,2026-03-01T00:00Z,,2026-03-01T09:00Z,2026-03-01T10:00Z,2026-03-01T11:00Z,,BB-A-CM1',
    'X-4,C1,投诉,1,,Solved in time,电话,2026-03-01 08:00,,2026-03-01 13:00,,,,',
    'X-5,C1,PROVISIONING,,NOT_TWO_WAY_COMMUNITY,Connect us,HALL,2026-02-27 10:00,,,,,2026-03-02 09:00,',
  ];
  expect(await tickets(rows)).toMatchObject({ imported: 5, rejected: 0 });
  expect(await stored('X-1')).toMatchObject({
    slaState: 'BREACHED',
    clocks: [{ state: 'BREACHED', breachedAt: at('01T13:00'), nextFireAt: null, fireAt: [] }],
  });
  expect(await stored('X-2')).toMatchObject({
    status: 'ACKNOWLEDGED',
    slaState: 'AT_RISK',
    clocks: [
      { state: 'RUNNING', atRisk: true, nextFireAt: new Date(at('02T12:30').getTime() + 1), firePercent: [100] },
    ],
  });
  expect(await stored('X-3')).toMatchObject({
    status: 'CLOSED',
    slaState: 'NONE',
    version: 4,
    clocks: [{ state: 'BREACHED', breachedAt: at('01T16:00'), fulfilledAt: at('01T17:00') }],
  });
  expect(await stored('X-4')).toMatchObject({
    status: 'RESOLVED',
    type: 'COMPLAINT',
    channel: 'PHONE',
    clocks: [{ state: 'FULFILLED', breachedAt: null }],
  });
  expect(await stored('X-5')).toMatchObject({
    clocks: [{ metric: 'FULFILMENT', startedAt: at('02T09:00'), dueAt: at('05T23:59:59') }],
  });
  expect(await services.database.prisma.alert.count()).toBe(0);
  expect(await sweepClocks({ ...services, changes: { announce: () => {} } } as unknown as Services)).toBe(0);
});

test('the clocks are what the stored events give', async () => {
  const { prisma } = services.database;
  for (const { events, clocks } of await prisma.ticket.findMany({
    include: { clocks: true, events: { orderBy: { position: 'asc' } } },
  })) {
    const folded = foldOf(events, services.calendars.get).clocks;
    expect(clocks.map(({ metric, dueAt }) => [metric, dueAt.getTime()])).toEqual(
      folded.map(({ metric, dueAt }) => [metric, dueAt]),
    );
    expect(events.map(({ position }) => position)).toEqual(events.map((_event, index) => index + 1));
  }
});

test('a ticket that is stored is left as it is', async () => {
  const before = await stored('X-1');
  expect(
    await tickets(['X-1,C1,COMPLAINT,1,,Other subject,PHONE,2026-03-01T08:00:00+08:00,,2026-03-01T09:00:00+08:00,,,,']),
  ).toMatchObject({ imported: 0, unchanged: 1 });
  expect(await stored('X-1')).toEqual(before);
});

test.each([
  { it: 'out of order', row: 'C1,COMPLAINT,1,,S,PHONE,2026-03-02 08:00,,2026-03-02 07:00,,,,', column: 'resolvedAt' },
  { it: 'of tomorrow', row: 'C1,COMPLAINT,1,,S,PHONE,2026-03-03 08:00,,,,,,', column: 'openedAt' },
  {
    it: 'closed without a solution',
    row: 'C1,COMPLAINT,1,,S,PHONE,2026-03-02 08:00,,,,2026-03-02 09:00,,',
    column: 'resolvedAt',
  },
  { it: 'of no instant', row: 'C1,COMPLAINT,1,,S,PHONE,yesterday,,,,,,', column: 'openedAt' },
  { it: 'of a day that is none', row: 'C1,COMPLAINT,1,,S,PHONE,2026-02-30 08:00,,,,,,', column: 'openedAt' },
  { it: 'of no declared type', row: 'C1,PRAISE,1,,S,PHONE,2026-03-02 08:00,,,,,,', column: 'type' },
  { it: 'of no declared level', row: 'C1,COMPLAINT,4,,S,PHONE,2026-03-02 08:00,,,,,,', column: 'level' },
  { it: 'of no declared case', row: 'C1,PROVISIONING,,MOON,S,PHONE,2026-03-02 08:00,,,,,,', column: 'case' },
  { it: 'of nobody', row: 'C9,COMPLAINT,1,,S,PHONE,2026-03-02 08:00,,,,,,', column: 'customerNumber' },
  { it: 'that nobody received', row: 'C2,COMPLAINT,1,,S,PHONE,2026-03-02 08:00,,,,,,', column: 'assigneeNumber' },
])('refuses a ticket $it', async ({ row, column }) => {
  const { issues } = await tickets([`E-1,${row}`]);
  expect(issues.map((issue) => issue.column)).toEqual([column]);
});

test.each([
  { text: '2026-03-02T08:00:00+08:00', is: '2026-03-02T00:00:00.000Z' },
  { text: '2026-03-02T00:00:00Z', is: '2026-03-02T00:00:00.000Z' },
  { text: '2026-03-02 08:00', is: '2026-03-02T00:00:00.000Z' },
  { text: '2026/3/2 8:00:30.5', is: '2026-03-02T00:00:30.500Z' },
  { text: '2026-03-02', is: undefined },
  { text: '2026-13-02 08:00', is: undefined },
])('the instant $text', ({ text, is }) => expect(instantOf(text, 'Asia/Shanghai')?.toISOString()).toBe(is));

test.each([
  { text: '2026-03-02', is: '2026-03-02' },
  { text: '2026/3/2', is: '2026-03-02' },
  { text: '20260302', is: '2026-03-02' },
  { text: '2026年3月2日', is: '2026-03-02' },
  { text: '2026-02-29', is: undefined },
  { text: '02.03.2026', is: undefined },
])('the date $text', ({ text, is }) => expect(dateOf(text)?.toISOString().slice(0, 10)).toBe(is));

test('dates move by months or days, and an end of month stays one', () => {
  const moved = (date: string, shift: Parameters<typeof shiftDate>[1]) =>
    shiftDate(new Date(date), shift).toISOString().slice(0, 10);
  expect(moved('2026-10-31', { months: 1 })).toBe('2026-11-30');
  expect(moved('2026-11-30', { months: 3 })).toBe('2027-02-28');
  expect(moved('2026-10-30', { months: 4 })).toBe('2027-02-28');
  expect(moved('2026-10-30', { days: 2.9 })).toBe('2026-11-01');
  expect(shiftInstant(new Date('2026-10-30T12:00Z'), { days: 1.5 }).toISOString()).toBe('2026-11-01T00:00:00.000Z');
});
