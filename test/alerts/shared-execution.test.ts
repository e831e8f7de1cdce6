import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { FeedEvent } from '../../server/engine/alert-log/feed-event.ts';
import type { AlertRow } from '../../server/engine/alert-log/row.ts';
import { eventIdentity, SharedExecution } from '../../server/engine/alert-log/shared-execution.ts';

const row = { pos: 7 } as AlertRow;
const raised = (change: Partial<Extract<FeedEvent, { kind: 'RAISED' }>> = {}): FeedEvent => ({
  kind: 'RAISED',
  row,
  pos: 7,
  cursor: 'seven',
  prevCursor: 'six',
  replayed: false,
  ...change,
});
const bookmark = (change: Partial<Extract<FeedEvent, { kind: 'BOOKMARK' }>> = {}): FeedEvent => ({
  kind: 'BOOKMARK',
  pos: 7,
  cursor: 'seven',
  prevCursor: 'six',
  caughtUp: true,
  ...change,
});

test('every field that a client can select tells two events apart', () => {
  const events: FeedEvent[] = [
    raised(),
    raised({ prevCursor: 'five' }),
    raised({ prevCursor: null }),
    raised({ replayed: true }),
    raised({ cursor: 'eight' }),
    bookmark(),
    bookmark({ caughtUp: false }),
    bookmark({ prevCursor: 'five' }),
    bookmark({ cursor: 'eight' }),
    { kind: 'DISCONTINUITY', reason: 'EXPIRED', pos: 7, cursor: 'seven', oldestCursor: 'one' },
    { kind: 'DISCONTINUITY', reason: 'RESTORED', pos: 7, cursor: 'seven', oldestCursor: 'one' },
    { kind: 'DISCONTINUITY', reason: 'EXPIRED', pos: 7, cursor: 'seven', oldestCursor: 'two' },
  ];
  expect(new Set(events.map(eventIdentity)).size).toBe(events.length);
  expect(eventIdentity(raised())).toBe(eventIdentity(raised()));
});

test('members of a key share one execution an event; other keys, and other predecessors, have their own', async () => {
  const shared = new SharedExecution<FeedEvent>({ identify: eventIdentity });
  const made: string[] = [];
  const join = (key: string, name: string) =>
    shared.join(key, async (event) => {
      made.push(name);
      await sleep(1);
      return `${key} ${eventIdentity(event)}`;
    });
  const [hana, jin, mei] = [join('supervisors', 'hana'), join('supervisors', 'jin'), join('directors', 'mei')];

  const texts = await Promise.all([
    hana.result(raised()),
    jin.result(raised()),
    mei.result(raised()),
    jin.result(raised({ prevCursor: 'five' })),
  ]);
  expect(made).toEqual(['hana', 'mei', 'jin']);
  expect(texts[0]).toBe(texts[1]);
  expect(new Set(texts).size).toBe(3);
  for (const member of [hana, jin, mei]) member.leave();
  expect(shared.figures()).toEqual({ keys: 0, results: 0, executions: 3 });
});

test('results are few, short-lived, and go with the last member', async () => {
  const shared = new SharedExecution<number>({ identify: String, limit: 2, maxAgeMs: 40 });
  let executions = 0;
  const execute = async (event: number) => {
    executions += 1;
    return `${event} made ${executions} times`;
  };
  const first = shared.join('key', execute);
  const second = shared.join('key', execute);
  for (const event of [1, 2, 3, 3]) await first.result(event);
  expect(shared.figures()).toEqual({ keys: 1, results: 2, executions: 3 });
  expect(await second.result(1)).toMatchObject({ text: '1 made 4 times' });
  await sleep(50);
  expect(await second.result(1)).toMatchObject({ text: '1 made 5 times' });

  first.leave();
  first.leave();
  expect(shared.figures().keys).toBe(1);
  second.leave();
  expect(shared.figures()).toMatchObject({ keys: 0, results: 0 });
});

test('a failed execution fails those who asked, and is tried again', async () => {
  const shared = new SharedExecution<number>({ identify: String });
  let fails = true;
  const member = shared.join('key', async () => {
    if (fails) throw new Error('the database is away');
    return 'text';
  });
  await expect(Promise.all([member.result(1), member.result(1)])).rejects.toThrow('the database is away');
  fails = false;
  expect(await member.result(1)).toMatchObject({ text: 'text' });
});
