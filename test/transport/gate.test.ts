import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { anonymous, Gate, type OverloadError } from '../../server/transport/admission/gate.ts';
import { LIMITS, type Limits } from '../../server/transport/admission/limits.ts';
import { TimeShares } from '../../server/transport/admission/time-shares.ts';

const gateWith = (limits: Partial<Limits>, now?: () => number) => new Gate({ ...LIMITS, ...limits }, now);
const codeOf = (error: unknown) => (error as OverloadError).code;

test('so many of a person run, the next begins when one ends', async () => {
  const gate = gateWith({ runningPerPerson: 2 });
  const [first, second] = [await gate.enter('a'), await gate.enter('a')];
  let isIn = false;
  const third = gate.enter('a').then((leave) => {
    isIn = true;
    return leave;
  });
  await nextTurn();
  expect([isIn, gate.figures]).toEqual([false, { running: 2, waiting: 1, parties: 1 }]);
  first();
  first();
  (await third)();
  second();
  await nextTurn();
  expect(gate.figures).toEqual({ running: 0, waiting: 0, parties: 1 });
});

test('turns go round by person: whoever asks for one waits for one of each other', async () => {
  const gate = gateWith({ runningPerPerson: 1, runningPerNode: 1 });
  const order: string[] = [];
  const flood = Array.from({ length: 50 }, () =>
    gate.run('flood', async () => {
      order.push('flood');
      await nextTurn();
    }),
  );
  await nextTurn();
  const one = gate.run('one', () => void order.push('one'));
  const two = gate.run('two', () => void order.push('two'));
  await Promise.all([...flood, one, two]);
  expect(order.indexOf('one')).toBeLessThan(5);
  expect(order.indexOf('two')).toBeLessThan(6);
  expect(order).toHaveLength(52);
});

test('what waits is bounded in number and in bytes, for a person and for all', async () => {
  const gate = gateWith({ runningPerPerson: 1, waitingPerPerson: 2, waitingBytesPerPerson: 100, waitingPerNode: 3 });
  const leave = await gate.enter('a');
  const waiting = [gate.enter('a', 60), gate.enter('a', 40)];
  await expect(gate.enter('a')).rejects.toSatisfy((error) => codeOf(error) === 'OVERLOADED');
  const other = await gate.enter('b');
  await expect(gate.enter('b', 101)).rejects.toSatisfy((error) => codeOf(error) === 'OVERLOADED');
  const third = gate.enter('b', 1);
  const last = await gate.enter('c');
  await expect(gate.enter('c')).rejects.toSatisfy((error) => codeOf(error) === 'OVERLOADED');
  for (const end of [leave, other, last]) end();
  for (const turn of [...waiting, third]) (await turn)();
  expect(gate.figures).toMatchObject({ running: 0, waiting: 0 });
});

test('whoever waits too long is refused, and takes no turn', async () => {
  const gate = gateWith({ runningPerPerson: 1, operationMs: 50 });
  const leave = await gate.enter('a');
  await expect(gate.enter('a')).rejects.toSatisfy((error) => codeOf(error) === 'OVERLOADED');
  leave();
  await wait(5);
  expect(gate.figures).toMatchObject({ running: 0, waiting: 0 });
});

test('a rate holds for each person, and comes back with time', async () => {
  let now = 0;
  const gate = gateWith({ ratePerSecond: 10, rateBurst: 3, anonymousPerSecond: 1, anonymousBurst: 1 }, () => now);
  const take = (key: string) => gate.run(key, () => 'RAN').catch((error: unknown) => codeOf(error));
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
  const gate = gateWith({});
  for (let index = 0; index < 30_000; index++) (await gate.enter(anonymous(String(index))))();
  expect(gate.figures.parties).toBeLessThanOrEqual(10_000);
});

/** A process whose time passes by hand: working it makes it older. */
function process() {
  let [now, worked] = [0, 0];
  const clock = () => now;
  return {
    now: clock,
    shares: new TimeShares(clock, () => worked),
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
  const gate = new Gate(LIMITS, now, shares);
  const use = async (who: string, ms: number) => {
    const leave = await gate.enter(who);
    work(ms);
    leave();
  };
  await use('flood', 900);
  const [first, second] = [await gate.enter('flood'), await gate.enter('flood')];
  expect(gate.figures.running, 'nobody else is there').toBe(2);
  first();
  second();
  await use('somebody', 20);
  const [running, next] = [await gate.enter('flood'), gate.enter('flood')];
  await nextTurn();
  expect(gate.figures).toMatchObject({ running: 1, waiting: 1 });
  work(30);
  running();
  await nextTurn();
  expect(gate.figures, 'it rests for 30 ms').toMatchObject({ running: 0, waiting: 1 });
  await use('somebody', 5);
  expect(gate.figures, 'and others do not').toMatchObject({ running: 0, waiting: 1 });
  idle(30);
  (await next)();
  idle(10_000);
  const again = [await gate.enter('flood'), await gate.enter('flood')];
  expect(gate.figures.running, 'what was used long ago is forgotten').toBe(2);
  for (const leave of again) leave();
});

test('whoever has rested by the time that the alarm is set is not forgotten', async () => {
  // Time passes between any two looks at the clock.
  let [now, step] = [0, 0];
  const clock = () => (now += step);
  const shares = new TimeShares(clock, () => now);
  const gate = new Gate(LIMITS, clock, shares);
  const use = async (who: string, ms: number) => {
    const leave = await gate.enter(who);
    now += ms;
    leave();
  };
  await use('flood', 900);
  await use('somebody', 20);
  for (step of [1, 2, 3, 5, 8, 13]) {
    await use('flood', 10);
    const turn = gate.enter('flood').then((leave) => leave());
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
