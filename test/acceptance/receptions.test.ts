import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { advances, decides, reads, skipped, starts } from './keeping.ts';

const NOW = '2026-03-02T08:00:00+08:00';
let app: TestApp;
let manager: Person;
let supervisor: Person;
let director: Person;
let guest: { id: string };

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('CO-A/CUSTOMER_MANAGER');
  supervisor = app.as('CO-A/SUPERVISOR');
  director = app.as('CO-A/DIRECTOR');
  guest = await givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' });
});
afterAll(() => app[Symbol.asyncDispose]());

const reception = (level: string, arrivesAt = '2026-03-05T15:00:00+08:00') => ({
  coreReception: { level, purpose: 'Opening of the fair', arrivesAt },
});

test('A-168: a reception that is over is not closed before its material is archived', async () => {
  const applied = await starts(
    supervisor,
    guest.id,
    reception('VC'),
    '... on CoreReception { level purpose arrivesAt }',
  );
  expect(applied).toMatchObject({
    __typename: 'CoreReception',
    level: 'VC',
    arrivesAt: '2026-03-05T07:00:00.000Z',
    state: 'OPEN',
    missing: [
      { code: 'PLANNED' },
      { code: 'APPROVED' },
      { code: 'NOTIFIED' },
      { code: 'RECEIVED' },
      { code: 'ARCHIVED' },
    ],
  });
  expect(await advances(supervisor, applied, 'RECEIVED')).toMatchObject(skipped('PLANNED'));
  const planned = await advances(supervisor, applied, 'PLANNED', {
    brings: { coreReceptionPlanned: { plan: 'Car, room, dinner' } },
  });
  // The plan goes to who decides about the level at once.
  expect(planned).toMatchObject({ state: 'PENDING_APPROVAL' });
  expect(planned.steps[2]?.approval).toMatchObject({ state: 'PENDING', steps: [{ role: 'DIRECTOR' }] });
  expect(await advances(supervisor, planned, 'NOTIFIED')).toMatchObject({ reasons: [{ code: 'RECORD_IN_APPROVAL' }] });
  expect(await decides(director, planned, 'APPROVED')).toMatchObject({ state: 'APPROVED' });
  const approved = (await reads(supervisor, planned)) ?? planned;
  expect(approved).toMatchObject({ state: 'OPEN', step: 'APPROVED' });
  const notice = { brings: { coreReceptionNotified: { departments: ['Front desk', 'Kitchen'] } } };
  const notified = await advances(supervisor, approved, 'NOTIFIED', notice);
  const received = await advances(supervisor, notified, 'RECEIVED');
  expect(received).toMatchObject({ state: 'OPEN', endedAt: null, missing: [{ code: 'ARCHIVED' }] });
  expect(await advances(supervisor, received, 'ARCHIVED')).toMatchObject({
    issues: [{ path: 'input.brings.material', message: 'is missing' }],
  });
  const archived = await advances(supervisor, received, 'ARCHIVED', {
    brings: { coreReceptionArchived: { material: 'Photos, list' } },
  });
  expect(archived).toMatchObject({ state: 'CLOSED', missing: [] });
  expect(archived.endedAt).not.toBeNull();
  expect(await advances(supervisor, archived, 'ARCHIVED')).toMatchObject({ reasons: [{ code: 'RECORD_OVER' }] });
});

test('who may apply for a level applies for its reception, and of a VA the sending unit is asked first', async () => {
  expect(await starts(manager, guest.id, reception('VC'))).toMatchObject({ reasons: [{ code: 'MAY_NOT_APPLY' }] });
  const va = await starts(supervisor, guest.id, reception('VA'));
  const plan = { brings: { coreReceptionPlanned: { plan: 'Motorcade' } } };
  expect(await advances(supervisor, va, 'PLANNED', plan)).toMatchObject({ reasons: [{ code: 'DATA_NOT_REQUESTED' }] });
  const asked = await advances(supervisor, va, 'DATA_REQUESTED', {
    brings: {
      coreReceptionDataRequested: {
        sendingUnit: 'Ministry',
        itinerary: 'Two days',
        arrangements: 'Press',
        lodging: 'Floor 20',
        report: 'Sent on 2 March',
      },
    },
  });
  const planned = await advances(supervisor, asked, 'PLANNED', plan);
  expect(planned.steps.find(({ code }) => code === 'APPROVED')?.approval?.steps).toEqual([{ role: 'EXECUTIVE' }]);
});

test('A-169: a visit of tomorrow is not ready before the departments are notified', async () => {
  const visit = await starts(manager, guest.id, {
    coreVisitReception: { visitAt: '2026-03-03T10:00:00+08:00', purpose: 'Tour' },
  });
  const missingBefore = async (step: string) => {
    const seen = await reads(manager, visit, `before: missing(before: "${step}") { code }`);
    const steps = (seen?.before ?? []) as { code: string }[];
    return steps.map(({ code }) => code);
  };
  expect(await missingBefore('RECEIVED')).toEqual(['NOTIFIED', 'ASSIGNED']);
  const met = { brings: { coreVisitReceptionReceived: { met: true, toured: true, introduced: true } } };
  expect(await advances(manager, visit, 'RECEIVED', met)).toMatchObject(skipped('NOTIFIED'));
  const alerts = manager.follows('SlaAlerts', {});
  await alerts.next();
  // The clock tells of it before the guest comes, and again when nobody was told by then.
  await app.advance('2026-03-03T10:01:00+08:00');
  const told = [await alerts.next(), await alerts.next()];
  expect(told.map(({ alert }) => alert.severity)).toEqual(expect.arrayContaining(['WARNING']));
  await alerts[Symbol.asyncDispose]();
  const late = await reads(manager, visit);
  expect(late?.steps[0]).toMatchObject({ code: 'NOTIFIED', isLate: true, dueAt: '2026-03-03T02:00:00.000Z' });
  const notified = await advances(manager, visit, 'NOTIFIED', {
    brings: { coreVisitReceptionNotified: { departments: ['Reception centre'] } },
  });
  await advances(manager, notified, 'ASSIGNED', { brings: { coreVisitReceptionAssigned: { person: 'Li Na' } } });
  expect(await missingBefore('RECEIVED')).toEqual([]);
});
