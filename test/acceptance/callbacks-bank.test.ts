import { describe, expect, test } from 'vitest';
import { type Person, startTestApp } from '../support/app.ts';
import { contact, tasksOf } from '../support/care.ts';
import { givenTicket } from '../support/given.ts';
import { all, at, customer } from './bank-care.ts';

describe('special callbacks', () => {
  const call = async (person: Person, id: string) =>
    (await tasksOf(person, id, { origins: ['CALLBACK'] })).map(({ dueAt, channel, purpose }) => [
      dueAt,
      channel,
      purpose,
    ]);
  const utc = (day: string, time: string) => new Date(at(day, time)).toISOString();

  test('A-048, A-050: a written complaint and an opinion are called about within 30 minutes', async () => {
    await using app = await startTestApp({ now: at('2026-03-02', '10:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const due = utc('2026-03-02', '10:30:00');
    const [complains, writes, says, phones] = await Promise.all([1, 2, 3, 4].map(() => customer(manager)));
    await givenTicket(manager, { customerId: complains?.id ?? '', type: 'COMPLAINT', channel: 'LETTER' });
    await givenTicket(manager, { customerId: writes?.id ?? '', type: 'COMPLAINT', channel: 'EMAIL' });
    await givenTicket(manager, { customerId: says?.id ?? '', type: 'OPINION', channel: 'HALL' });
    await givenTicket(manager, { customerId: phones?.id ?? '', type: 'COMPLAINT', channel: 'PHONE' });
    expect(await call(manager, complains?.id ?? '')).toEqual([[due, 'PHONE', 'EXPLAIN']]);
    expect(await call(manager, writes?.id ?? '')).toEqual([[due, 'PHONE', 'EXPLAIN']]);
    expect(await call(manager, says?.id ?? '')).toEqual([[due, 'PHONE', 'CARE']]);
    expect(await call(manager, phones?.id ?? '')).toEqual([]);
  });

  test('A-048, A-051: a call about the ticket does what was to be called about, and nothing else does', async () => {
    await using app = await startTestApp({ now: at('2028-02-29', '23:50:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager);
    const letter = { customerId: id, type: 'COMPLAINT', channel: 'LETTER' };
    const [ticket, other] = [await givenTicket(manager, letter), await givenTicket(manager, letter)];
    const stand = async () => (await all(manager, id, 'CALLBACK')).map((task) => task.split(' ').at(-1)).sort();
    await app.advance(at('2028-03-01', '00:10:00'));
    await contact(manager, id);
    await contact(manager, id, { ticketId: ticket.id, channel: 'EMAIL' });
    await contact(manager, id, { ticketId: ticket.id, happenedAt: at('2028-02-29', '23:40:00') });
    expect(await stand()).toEqual(['OPEN', 'OPEN']);
    await contact(manager, id, { ticketId: ticket.id });
    expect(await stand()).toEqual(['DONE', 'OPEN']);
    // What is called about afterwards is another call.
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Told' });
    expect(await stand()).toEqual(['DONE', 'OPEN', 'OPEN']);
    await app.advance(at('2028-03-01', '00:30:00'));
    await contact(manager, id, { ticketId: ticket.id, purpose: 'FOLLOW_UP' });
    await contact(manager, id, { ticketId: other.id, purpose: 'EXPLAIN' });
    const tasks = await tasksOf(manager, id, { origins: ['CALLBACK'] });
    expect(tasks.map(({ status }) => status)).toEqual(['DONE', 'DONE', 'DONE']);
  });

  test('A-049: a written complaint of somebody without a number is a ticket, and nobody calls', async () => {
    await using app = await startTestApp({ now: at('2026-03-02', '10:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager, { phone: null });
    expect(await givenTicket(manager, { customerId: id, channel: 'LETTER' })).toMatchObject({ status: 'NEW' });
    expect(await call(manager, id)).toEqual([]);
  });

  test('A-051: after the solution the customer is called within 24 hours', async () => {
    await using app = await startTestApp({ now: at('2026-12-31', '10:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager);
    const ticket = await givenTicket(manager, { customerId: id, type: 'INQUIRY' });
    await app.advance(at('2026-12-31', '11:00:00'));
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Told' });
    expect(await call(manager, id)).toEqual([[utc('2027-01-01', '11:00:00'), 'PHONE', 'FOLLOW_UP']]);
  });

  test('A-052: a ticket that passes its limit has the customer called', async () => {
    await using app = await startTestApp({ now: at('2026-03-02', '10:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager);
    const ticket = await givenTicket(manager, { customerId: id });
    const due = ticket.clocks.find(({ metric }: { metric: string }) => metric === 'FIRST_RESPONSE').dueAt;
    await app.advance(new Date(Date.parse(due) - 1000).toISOString());
    expect(await call(manager, id)).toEqual([]);
    const late = Date.parse(due) + 1;
    await app.advance(new Date(late).toISOString());
    expect(await call(manager, id)).toEqual([[new Date(late + 1_800_000).toISOString(), 'PHONE', 'MEDIATE']]);
  });

  test('A-054: a call that ended with an open question is answered within 24 hours', async () => {
    await using app = await startTestApp({ now: at('2028-02-28', '16:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const due = utc('2028-02-29', '16:00:00');
    const [asked, needed, content] = await Promise.all([1, 2, 3].map(() => customer(manager)));
    await contact(manager, asked?.id ?? '', { openQuestion: true });
    await contact(manager, needed?.id ?? '', { needs: 'The rate of the new deposit' });
    await contact(manager, content?.id ?? '');
    expect(await call(manager, asked?.id ?? '')).toEqual([[due, 'PHONE', 'EXPLAIN']]);
    expect(await call(manager, needed?.id ?? '')).toEqual([[due, 'PHONE', 'EXPLAIN']]);
    expect(await call(manager, content?.id ?? '')).toEqual([]);
    // So is one that is recorded as the outcome of a task.
    const [task] = await tasksOf(manager, asked?.id ?? '', { origins: ['CALLBACK'] });
    const interaction = { channel: 'PHONE', purpose: 'FOLLOW_UP', summary: 'Half answered', openQuestion: true };
    await manager.does('CompleteTask', { input: { id: task?.id, outcome: 'half', interaction } });
    expect(await call(manager, asked?.id ?? '')).toHaveLength(2);
  });
});

const SELECT = `mutation ($input: SelectForCallbackInput!, $idempotencyKey: String) {
  selectForCallback(input: $input, idempotencyKey: $idempotencyKey) {
    __typename ... on CallbackSelection { tasks { id purpose dueAt customer { id } } } ... on InvalidInput { issues { path } }
  }
}`;

describe('A-053: customers are chosen for a callback', () => {
  const dueAt = at('2026-03-09');
  const select = async (person: Person, input: object, idempotencyKey?: string) => {
    const { data, errors } = await person.ask(SELECT, {
      input: { policyId: 'bank-vip', count: 2, dueAt, reason: 'How it went', ...input },
      idempotencyKey,
    });
    if (errors) throw new Error(JSON.stringify(errors));
    return data.selectForCallback;
  };
  const chosen = (answer: { tasks: { customer: { id: string } }[] }) => answer.tasks.map((task) => task.customer.id);

  test('by low satisfaction: below 3 of 5, as last said', async () => {
    await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const [two, five, three, better] = await Promise.all([1, 2, 3, 4].map(() => customer(manager)));
    const answers = async (id: string, score: number) =>
      manager.does('SubmitSurveyResponse', {
        input: { customerId: id, topic: 'SERVICE_QUALITY', score, channel: 'PHONE' },
      });
    await answers(two?.id ?? '', 2);
    await answers(five?.id ?? '', 5);
    await answers(three?.id ?? '', 3);
    await answers(better?.id ?? '', 1);
    await app.advance(at('2026-03-02', '09:00:00'));
    await contact(manager, better?.id ?? '', { satisfaction: 4 });
    const answer = await select(manager, { method: 'SATISFACTION', count: 10 }, 'once');
    expect(chosen(answer)).toEqual([two?.id]);
    expect(await select(manager, { method: 'SATISFACTION', count: 10 }, 'once')).toEqual(answer);
    // Who is to be called anyhow is not chosen again.
    expect(chosen(await select(manager, { method: 'SATISFACTION', count: 10 }))).toEqual([]);
  });

  test('by an unanswered need, by distance, and at random; never beyond the own branch', async () => {
    await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const mine = await Promise.all([1, 2, 3, 4, 5, 6].map(() => customer(manager)));
    const other = await customer(app.as('BK-B/CUSTOMER_MANAGER'), { branchCode: 'BK-B' });
    const [needs, followed, recent] = mine.map(({ id }) => id);
    for (const id of [needs, followed]) await contact(manager, id ?? '', { channel: 'VISIT', needs: 'A safe' });
    await app.advance(at('2026-03-02', '09:00:00'));
    await contact(manager, followed ?? '', { channel: 'VISIT', purpose: 'FOLLOW_UP' });
    await app.advance(at('2026-03-02', '10:00:00'));
    await contact(manager, recent ?? '');
    expect(chosen(await select(manager, { method: 'SERVICE', count: 5 }))).toEqual([needs]);
    const distant = chosen(await select(manager, { method: 'EMOTIONAL', count: 4 }));
    expect(new Set(distant.slice(0, 3))).toEqual(new Set(mine.slice(3).map(({ id }) => id)));
    expect(distant[3]).toBe(followed);
    const rest = chosen(await select(manager, { method: 'RANDOM', count: 100 }));
    expect(rest).toEqual([recent]);
    expect(rest).not.toContain(other.id);
  });

  test('bad input names its fields', async () => {
    await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const answer = await select(manager, { method: 'RANDOM', count: 101, dueAt: at('2026-03-01'), reason: ' ' });
    expect(answer.issues.map(({ path }: { path: string }) => path)).toEqual([
      'input.count',
      'input.dueAt',
      'input.reason',
    ]);
  });
});
