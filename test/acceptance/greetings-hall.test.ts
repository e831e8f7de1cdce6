import { describe, expect, test } from 'vitest';
import { type Person, startTestApp } from '../support/app.ts';
import { contact, dayOf, tasksOf } from '../support/care.ts';
import { givenCustomer } from '../support/given.ts';
import { at, HALL, profile, records, sends, willing } from './hall-messages.ts';

describe('a holiday greeting is sent once, whatever the way', () => {
  const greeting = { purpose: 'GREETING', body: 'Happy holidays. Central Road hall' };
  const refused = { __typename: 'Refused', reasons: [{ code: 'GREETING_QUOTA', policyId: 'telecom-vip' }] };
  const greetings = async (person: Person, id: string) =>
    (await tasksOf(person, id, { origins: ['HOLIDAY'] })).map(({ dueAt, status }) => `${dayOf(dueAt)} ${status}`);
  const given = async (now: string) => {
    const app = await startTestApp({ now: at(now), database: 'POSTGRES' });
    const hall = app.as('TL-A/CUSTOMER_MANAGER');
    const customer = () => givenCustomer(hall, { ...HALL, email: 'w@example.com', consent: willing, profile });
    return { app, hall, customer };
  };

  test('who was greeted before the holiday is not greeted again, nor asked for', async () => {
    const { app, hall, customer } = await given('2026-09-28');
    await using _ = app;
    const [called, written, recorded, waiting] = [
      await customer(),
      await customer(),
      await customer(),
      await customer(),
    ];
    await contact(hall, called.id, { channel: 'PHONE', purpose: 'GREETING' });
    expect(await sends(hall, called.id, greeting)).toMatchObject(refused);
    expect(await sends(hall, written.id, { ...greeting, channel: 'EMAIL' })).toMatchObject({ state: 'SENT' });
    expect(await records(hall, written.id, { purpose: 'GREETING' })).toMatchObject(refused);
    await records(hall, recorded.id, { purpose: 'GREETING' });
    expect(await sends(hall, recorded.id, { ...greeting, channel: 'EMAIL' })).toMatchObject(refused);
    // To call somebody is no message.
    await contact(hall, recorded.id, { channel: 'PHONE', purpose: 'GREETING' });
    await app.advance(at('2026-10-01'));
    for (const { id } of [called, written, recorded]) expect(await greetings(hall, id)).toEqual([]);
    expect(await greetings(hall, waiting.id)).toEqual(['2026-10-01 OPEN']);
    await contact(hall, waiting.id, { channel: 'WECHAT', purpose: 'GREETING' });
    expect(await greetings(hall, waiting.id)).toEqual(['2026-10-01 DONE']);
    await app.advance(at('2026-10-07', '23:59:59'));
    expect(await sends(hall, written.id, greeting)).toMatchObject(refused);
    // What is recorded afterwards of the days of the holiday is of the holiday.
    await app.advance(at('2026-10-08', '00:00:00'));
    expect(await records(hall, waiting.id, { purpose: 'GREETING', happenedAt: at('2026-09-30') })).toMatchObject(
      refused,
    );
    expect(await sends(hall, written.id, greeting)).toMatchObject({ state: 'SENT' });
  });

  test('of two holidays without a day between, each is greeted for once', async () => {
    const { app, hall, customer } = await given('2025-09-30');
    await using _ = app;
    const { id } = await customer();
    const answers: string[] = [];
    for (const day of ['2025-10-01', '2025-10-05', '2025-10-06', '2025-10-08', '2025-10-09']) {
      await app.advance(at(day));
      answers.push((await sends(hall, id, greeting)).__typename);
    }
    expect(answers).toEqual(['Message', 'Refused', 'Message', 'Refused', 'Message']);
    // The manager's tasks of both are done by it.
    expect(await greetings(hall, id)).toEqual(['2025-10-01 DONE', '2025-10-06 DONE']);
  });

  test('ten who greet at once send one greeting', async () => {
    const { app, hall, customer } = await given('2026-12-31');
    await using _ = app;
    const { id } = await customer();
    const answers = await Promise.all(Array.from({ length: 10 }, () => sends(hall, id, greeting)));
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual([
      'Message',
      ...Array.from({ length: 9 }, () => 'Refused'),
    ]);
  });
});
