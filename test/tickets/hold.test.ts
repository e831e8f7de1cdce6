import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// A ticket that waits for an approval or for another party: the clocks whose promise says so stand still, the others go on.

const at = (time: string) => `2026-03-02T${time}:00+08:00`;

let app: TestApp;
let person: Person;
beforeAll(async () => {
  const plugin = fileURLToPath(new URL('plugins/patient.ts', import.meta.url));
  app = await startTestApp({ now: at('08:00'), plugins: [plugin] });
  person = app.as('PATIENT-A/SUPERVISOR');
});
afterAll(() => app[Symbol.asyncDispose]());

interface Clock {
  readonly id: string;
  readonly metric: string;
  readonly state: string;
  readonly dueAt: string;
}
const clocksOf = async (id: string) => {
  const { clocks } = (await person.does('TicketDetail', { id })) as { clocks: Clock[] };
  return Object.fromEntries(clocks.map((clock) => [clock.metric, clock]));
};
const due = (time: string) => new Date(at(time)).toISOString();

test('each clock stands still for what its promise names, and says so', async () => {
  const { id: customerId } = await givenCustomer(person, { policyId: 'patient', branchCode: 'PATIENT-A' });
  const { id } = await givenTicket(person, { customerId });
  await app.advance(at('09:00'));
  const held = await person.does('HoldTicket', { input: { id, waitsFor: 'APPROVAL', reason: 'a credit note' } });
  expect(held).toMatchObject({ status: 'ON_HOLD' });
  expect(await clocksOf(id)).toMatchObject({ RESOLUTION: { state: 'PAUSED' }, FULFILMENT: { state: 'RUNNING' } });
  const summary = await person.does('SlaSummary', { filter: { policyId: 'patient' } });
  expect(summary).toMatchObject({ openTickets: 1, paused: 1 });

  await app.advance(at('10:30'));
  await person.does('ResumeTicket', { id });
  await person.does('HoldTicket', { input: { id, waitsFor: 'ANOTHER_PARTY', reason: 'the carrier' } });
  await app.advance(at('11:00'));
  await person.does('ResumeTicket', { id });
  const { RESOLUTION, FULFILMENT } = await clocksOf(id);
  // 08:00 and four hours, with 09:00 to 10:30 left out; 08:00 and eight hours, with 10:30 to 11:00 left out.
  expect(new Date(RESOLUTION?.dueAt ?? '').toISOString()).toBe(due('13:30'));
  expect(new Date(FULFILMENT?.dueAt ?? '').toISOString()).toBe(due('16:30'));
  const proof = await person.does('ClockExplanation', { clockId: RESOLUTION?.id ?? '' });
  expect(proof.segments.filter(({ counted }: { counted: boolean }) => !counted)).toMatchObject([
    { cause: 'APPROVAL', duration: 'PT1H30M', because: 'Not counted: waiting for approval.' },
  ]);
});

test('what is on hold goes on, is solved or cancelled, and is not held twice', async () => {
  const { id: customerId } = await givenCustomer(person, { policyId: 'patient', branchCode: 'PATIENT-A' });
  const hold = (id: string) =>
    person.does('HoldTicket', { input: { id, waitsFor: 'ANOTHER_PARTY', reason: 'the carrier' } });
  const given = async () => {
    const { id } = await givenTicket(person, { customerId });
    await hold(id);
    return id as string;
  };
  expect(await hold(await given())).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'ILLEGAL_MOVE' }] });
  expect(await person.does('ResolveTicket', { id: await given(), resolution: 'done' })).toMatchObject({
    status: 'RESOLVED',
  });
  const input = { id: await given(), expectedVersion: 2, status: 'IN_PROGRESS' };
  expect(await person.does('UpdateTicket', { input })).toMatchObject({ status: 'IN_PROGRESS' });
  expect(await person.does('HoldTicket', { input: { id: input.id, waitsFor: 'APPROVAL', reason: ' ' } })).toMatchObject(
    { __typename: 'InvalidInput', issues: [{ path: 'input.reason' }] },
  );
});

test('for colleagues no clock stands still, and the proof tells whose the time was', async () => {
  await app.advance('2026-03-03T08:00:00+08:00');
  const { id: customerId } = await givenCustomer(person, { policyId: 'patient', branchCode: 'PATIENT-A' });
  const { id } = await givenTicket(person, { customerId });
  await app.advance('2026-03-03T08:30:00+08:00');
  const waitsFor = { id, waitsFor: 'ANOTHER_DEPARTMENT', reason: 'engineering looks at it' };
  expect(await person.does('HoldTicket', { input: waitsFor })).toMatchObject({ status: 'ON_HOLD' });
  await app.advance('2026-03-03T10:00:00+08:00');
  const { RESOLUTION } = await clocksOf(id);
  expect(RESOLUTION).toMatchObject({ state: 'RUNNING' });
  const { shares, elapsed } = await person.does('ClockExplanation', { clockId: String(RESOLUTION?.id) });
  expect(elapsed).toBe('PT2H');
  expect(shares.filter(({ duration }: { duration: string }) => duration !== 'PT0S')).toEqual([
    { holder: 'US', duration: 'PT30M' },
    { holder: 'ANOTHER_DEPARTMENT', duration: 'PT1H30M' },
  ]);
});
