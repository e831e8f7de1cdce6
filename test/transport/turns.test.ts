import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CpuShare } from '../../server/transport/admission/cpu-share.ts';
import { LIMITS, type Limits } from '../../server/transport/admission/limits.ts';
import { anonymous, type OverloadError, Turns } from '../../server/transport/admission/turns.ts';

const turnsWith = (limits: Partial<Limits>, now?: () => number) => new Turns({ ...LIMITS, ...limits }, now);
const codeOf = (error: unknown) => (error as OverloadError).code;

test('so many of a person run, the next begins when one ends', async () => {
  const turns = turnsWith({ runningPerPerson: 2 });
  const [first, second] = [await turns.enter('a'), await turns.enter('a')];
  let isIn = false;
  const third = turns.enter('a').then((leave) => {
    isIn = true;
    return leave;
  });
  await nextTurn();
  expect([isIn, turns.figures]).toEqual([false, { running: 2, waiting: 1, requesters: 1 }]);
  first();
  first();
  (await third)();
  second();
  await nextTurn();
  expect(turns.figures).toEqual({ running: 0, waiting: 0, requesters: 1 });
});

test('turns go round by person: whoever asks for one waits for one of each other', async () => {
  const turns = turnsWith({ runningPerPerson: 1, runningPerNode: 1 });
  const order: string[] = [];
  const flood = Array.from({ length: 50 }, () =>
    turns.run('flood', async () => {
      order.push('flood');
      await nextTurn();
    }),
  );
  await nextTurn();
  const one = turns.run('one', () => void order.push('one'));
  const two = turns.run('two', () => void order.push('two'));
  await Promise.all([...flood, one, two]);
  expect(order.indexOf('one')).toBeLessThan(5);
  expect(order.indexOf('two')).toBeLessThan(6);
  expect(order).toHaveLength(52);
});

test('what waits is bounded in number and in bytes, for a person and for all', async () => {
  const turns = turnsWith({ runningPerPerson: 1, waitingPerPerson: 2, waitingBytesPerPerson: 100, waitingPerNode: 3 });
  const leave = await turns.enter('a');
  const waiting = [turns.enter('a', 60), turns.enter('a', 40)];
  await expect(turns.enter('a')).rejects.toSatisfy((error) => codeOf(error) === 'OVERLOADED');
  const other = await turns.enter('b');
  await expect(turns.enter('b', 101)).rejects.toSatisfy((error) => codeOf(error) === 'OVERLOADED');
  const third = turns.enter('b', 1);
  const last = await turns.enter('c');
  await expect(turns.enter('c')).rejects.toSatisfy((error) => codeOf(error) === 'OVERLOADED');
  for (const end of [leave, other, last]) end();
  for (const turn of [...waiting, third]) (await turn)();
  expect(turns.figures).toMatchObject({ running: 0, waiting: 0 });
});

test('whoever waits too long is refused, and takes no turn', async () => {
  const turns = turnsWith({ runningPerPerson: 1, operationMs: 50 });
  const leave = await turns.enter('a');
  await expect(turns.enter('a')).rejects.toSatisfy((error) => codeOf(error) === 'OVERLOADED');
  leave();
  await wait(5);
  expect(turns.figures).toMatchObject({ running: 0, waiting: 0 });
});

test('a rate holds for each person, and comes back with time', async () => {
  let now = 0;
  const turns = turnsWith({ ratePerSecond: 10, rateBurst: 3, anonymousPerSecond: 1, anonymousBurst: 1 }, () => now);
  const take = (key: string) => turns.run(key, () => 'RAN').catch((error: unknown) => codeOf(error));
  const four = ['a', 'a', 'a', 'a'];
  expect(await Promise.all(four.map(take))).toEqual(['RAN', 'RAN', 'RAN', 'RATE_LIMITED']);
  expect(await take('b')).toBe('RAN');
  now = 100;
  expect(await Promise.all(['a', 'a'].map(take))).toEqual(['RAN', 'RATE_LIMITED']);
  expect([
    await take(anonymous('1.2.3.4')),
    await take(anonymous('1.2.3.4')),
    await take(anonymous('1.2.3.5')),
  ]).toEqual(['RAN', 'RATE_LIMITED', 'RAN']);
});

test('ever new addresses take no memory', async () => {
  const turns = turnsWith({});
  for (let index = 0; index < 30_000; index++) (await turns.enter(anonymous(String(index))))();
  expect(turns.figures.requesters).toBeLessThanOrEqual(10_000);
});

/** A process whose time passes by hand: working it makes it older. */
function process() {
  let [now, worked] = [0, 0];
  const clock = () => now;
  return {
    now: clock,
    shares: new CpuShare(clock, () => worked),
    work(ms: number) {
      now += ms;
      worked += ms;
    },
    idle(ms: number) {
      now += ms;
    },
  };
}

test('whoever has most of a busy process while others use it runs one at a time, and rests as long as each took', async () => {
  const { now, shares, work, idle } = process();
  const turns = new Turns(LIMITS, now, shares);
  const use = async (who: string, ms: number) => {
    const leave = await turns.enter(who);
    work(ms);
    leave();
  };
  await use('flood', 900);
  const [first, second] = [await turns.enter('flood'), await turns.enter('flood')];
  expect(turns.figures.running, 'nobody else is there').toBe(2);
  first();
  second();
  await use('somebody', 20);
  const [running, next] = [await turns.enter('flood'), turns.enter('flood')];
  await nextTurn();
  expect(turns.figures).toMatchObject({ running: 1, waiting: 1 });
  work(30);
  running();
  await nextTurn();
  expect(turns.figures, 'it rests for 30 ms').toMatchObject({ running: 0, waiting: 1 });
  await use('somebody', 5);
  expect(turns.figures, 'and others do not').toMatchObject({ running: 0, waiting: 1 });
  idle(30);
  (await next)();
  idle(10_000);
  const again = [await turns.enter('flood'), await turns.enter('flood')];
  expect(turns.figures.running, 'what was used long ago is forgotten').toBe(2);
  for (const leave of again) leave();
});

test('whoever has rested by the time that the alarm is set is not forgotten', async () => {
  // Time passes between any two looks at the clock.
  let [now, step] = [0, 0];
  const clock = () => (now += step);
  const shares = new CpuShare(clock, () => now);
  const turns = new Turns(LIMITS, clock, shares);
  const use = async (who: string, ms: number) => {
    const leave = await turns.enter(who);
    now += ms;
    leave();
  };
  await use('flood', 900);
  await use('somebody', 20);
  for (step of [1, 2, 3, 5, 8, 13]) {
    await use('flood', 10);
    const turn = turns.enter('flood').then((leave) => leave());
    await expect(Promise.race([turn, wait(2_000).then(() => 'forgotten')])).resolves.toBeUndefined();
  }
});

test('the time of a process is divided among what runs in it', () => {
  const { shares, work, idle } = process();
  const endLong = shares.begin('long');
  work(10);
  const endShort = shares.begin('short');
  work(20);
  expect(endShort()).toBe(10);
  idle(100);
  work(5);
  expect(endLong()).toBe(25);
  expect(shares.used('long')).toBe(25);
  idle(1_000);
  expect(shares.used('long')).toBeCloseTo(25 / Math.E);
});
