import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { loadPlugins } from '../../../server/engine/policy/registry.ts';
import { PolicyFailure } from '../../../server/platform/values/errors.ts';
import { promiseFacts, startPolicies } from '../support.ts';
import { writePlugin } from './write-plugin.ts';

/** Policies with one hostile plugin, whose promise to a COMPLAINT misbehaves and to anything else is fine. */
async function startHostile({ top = '', before = '', act = '', declared = '' }) {
  const plugin = writePlugin(
    top,
    `answers: { promise: ({ ticket }) => { ${before} if (ticket.type === 'COMPLAINT') { ${act} } return fine; } }, ${declared}`,
  );
  const plugins = await loadPlugins([plugin.file]);
  const started = await startPolicies({ plugins: plugins.filter((one) => one.runsIn) });
  const ask = (type: string) => started.policies.ask('hostile', 'promise', promiseFacts(type));
  return {
    ...started,
    ask,
    health: () => started.policies.health('hostile'),
    async [Symbol.asyncDispose]() {
      await started.policies.close();
      plugin[Symbol.dispose]();
    },
  };
}

/** Seconds until a condition holds, at most. */
async function until(holds: () => boolean, seconds = 8): Promise<void> {
  for (let left = seconds * 20; left > 0 && !holds(); left--) await pause(50);
  expect(holds()).toBe(true);
}

test.each([
  { it: 'patches arrays', act: 'Array.prototype.map = function () { return []; }; return fine;' },
  { it: 'patches arrays by definition', act: "Object.defineProperty(Array.prototype, 'map', { value: () => [] });" },
  { it: 'patches all objects', act: "Object.prototype.answer = 'mine';" },
  { it: 'patches iteration', act: 'Array.prototype[Symbol.iterator] = function* () {};' },
  { it: 'patches JSON', act: "JSON.stringify = () => '[]';" },
  {
    it: 'patches hidden prototypes',
    act: 'Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true });',
  },
  { it: 'answers with a getter that throws', act: "return { get answer() { throw new Error('no'); }, because };" },
  { it: 'answers a promise twice', act: 'return { answer: [...fine.answer, ...fine.answer], because };' },
  { it: 'answers without an end', act: 'const a = []; a.push(a); return { answer: a, because };' },
  {
    it: 'sends what nobody reads',
    act: "require('node:worker_threads').parentPort.postMessage({ kind: 'OUTCOMES', answered: 7 }); for (;;);",
    top: "import { createRequire } from 'node:module'; const require = createRequire('file:///');",
  },
])('a plugin that $it: the ticket gets the standard promise, marked, and the next is fine', async ({ act, top }) => {
  await using hostile = await startHostile({ act, top });
  const [bad, beside] = await Promise.all([hostile.ask('COMPLAINT'), hostile.ask('OTHER')]);
  expect(bad).toMatchObject({ policyId: 'standard', fallback: { policyId: 'hostile' } });
  expect(bad.answer.map(({ metric }) => metric)).toEqual(['FIRST_RESPONSE', 'RESOLUTION']);
  expect(beside).toMatchObject({ policyId: 'hostile', fallback: null });
  expect(await hostile.ask('OTHER')).toMatchObject({ policyId: 'hostile', fallback: null });
  expect(hostile.health()).toMatchObject({ state: 'FAILING', failures: 1, lastError: { question: 'promise' } });
});

test('a library that shadows what the language gives works as ever', async () => {
  await using hostile = await startHostile({
    top: `const point = { x: 1 }; point.toString = () => 'point';
      class Odd extends Error {} Odd.prototype.name = 'Odd';
      function Old() {} Old.prototype.constructor = Old; Old.prototype.valueOf = () => 5;
      if (\`\${point}\` !== 'point' || new Odd('x').name !== 'Odd' || +new Old() !== 5) throw new Error('spoiled');`,
  });
  expect(await hostile.ask('OTHER')).toMatchObject({ policyId: 'hostile', fallback: null });
});

test('a module that remembers its failure is evaluated afresh when it is tried again', async () => {
  await using spoiled = await startHostile({
    top: 'let isSpoiled = false;',
    before: "if (isSpoiled) throw new Error('spoiled');",
    act: "isSpoiled = true; throw new Error('first');",
  });
  for (let i = 0; i < 5; i++) await spoiled.ask('COMPLAINT');
  expect(spoiled.health().state).toBe('BLOCKED');
  expect((await spoiled.ask('OTHER')).fallback?.detail).toContain('left in peace');
  expect(spoiled.policies.blocked()).toMatchObject([{ policyId: 'hostile', part: 'promise' }]);
  spoiled.advance(30_000);
  expect(await spoiled.ask('OTHER')).toMatchObject({ policyId: 'hostile', fallback: null });
  spoiled.advance(60_001);
  expect(spoiled.health()).toMatchObject({ state: 'OK', since: null, failures: 0 });
  expect(spoiled.health().lastError?.message).toContain('spoiled');
});

test.each([
  {
    it: 'works on in a timer',
    act: 'setInterval(() => { for (const end = Date.now() + 40; Date.now() < end; ); }, 50);',
    says: /worked \d+ ms/,
  },
  { it: 'begins to loop later', act: 'setTimeout(() => { for (;;); }, 20);', says: /worked \d+ ms/ },
  { it: 'throws later', act: "setTimeout(() => { throw new Error('too late'); }, 20);", says: /too late/ },
  { it: 'ends its thread later', act: 'setTimeout(() => process.exit(5), 20);', says: /code 5/ },
  {
    it: 'hoards memory outside of its heap later',
    act: 'const all = []; setInterval(() => all.push(Buffer.alloc(24e6, 1)), 100);',
    says: /keeps \d+ MB|worked \d+ ms/,
  },
  {
    it: 'fills its heap later',
    act: 'const all = []; setInterval(() => { for (let i = 0; i < 20; i++) all.push(new Array(1e4).fill(i + 0.5)); }, 20);',
    says: /too much memory|worked \d+ ms|keeps \d+ MB/,
  },
])(
  'a plugin that answers and $it is ended, told and counted, and the next question is answered',
  async ({ act, says }) => {
    await using hostile = await startHostile({ act: `${act} return fine;` });
    expect(await hostile.ask('COMPLAINT')).toMatchObject({ policyId: 'hostile', fallback: null });
    await until(() => hostile.health().lastError !== null);
    expect(hostile.health()).toMatchObject({
      state: 'FAILING',
      lastError: { question: 'thread', message: expect.stringMatching(says) },
    });
    expect(JSON.stringify(hostile.logged)).toContain('a policy broke while nobody asked it');
    expect(await hostile.ask('OTHER')).toMatchObject({ policyId: 'hostile', fallback: null });
  },
);

test('a plugin that misbehaves each time that nobody asks is left in peace altogether', async () => {
  await using hostile = await startHostile({ act: "setTimeout(() => { throw new Error('again'); }, 5); return fine;" });
  for (let failures = 1; failures <= 5; failures++) {
    await hostile.ask('COMPLAINT');
    await until(() => hostile.health().failures === failures);
  }
  expect(hostile.health().state).toBe('BLOCKED');
  expect((await hostile.ask('OTHER')).fallback?.detail).toContain('left in peace');
  hostile.advance(30_000);
  expect(await hostile.ask('OTHER')).toMatchObject({ policyId: 'hostile', fallback: null });
});

test.each([
  { it: 'hangs', body: 'for (;;);' },
  { it: 'throws', body: "throw new Error('no');" },
  { it: 'exits', body: 'process.exit(1);' },
])(
  'what people write is read in the thread: a plugin that $it there is a PolicyFailure, and nobody waits',
  async ({ body }) => {
    await using hostile = await startHostile({
      declared: `profiles: { INDIVIDUAL: z.object({ name: z.string().refine((name) => { if (name === 'bad') { ${body} } return name !== 'worse'; }, 'is worse') }) },
      completeProfile: (_kind, { name }) => ({ name, environment: JSON.stringify(process.env) }),`,
    });
    const read = (name: string) =>
      hostile.policies.read('hostile', { of: 'PROFILE', kind: 'INDIVIDUAL', values: { name }, complete: true });
    let beats = 0;
    const heart = setInterval(() => beats++, 20);
    await expect(read('bad')).rejects.toThrow(PolicyFailure);
    clearInterval(heart);
    if (body.startsWith('for')) expect(beats).toBeGreaterThan(3);
    expect(await read('good')).toEqual({ value: { name: 'good', environment: '{}' }, issues: [] });
    expect((await read('worse')).issues).toEqual([{ path: ['name'], message: 'is worse' }]);
  },
);

test('a check of parameters that hangs leaves them blank and holds up no other policy', async () => {
  await using hostile = await startHostile({
    declared: `parameters: { limit: { schema: z.number(), source: 'test', description: { en: 'Limit.', zh: '上限。' } } },
      checkParameters: ({ limit }) => { if (limit === 7) for (;;); return []; },`,
  });
  hostile.settings.push({
    policyId: 'hostile',
    enabled: true,
    parameters: { limit: 7 },
    version: '',
    updatedAt: new Date(0),
  });
  await hostile.policies.refresh();
  expect(hostile.policies.get('hostile')).toMatchObject({ enabled: true, parameters: {} });
  expect(await hostile.ask('OTHER')).toMatchObject({ policyId: 'hostile', fallback: null });
  hostile.settings[0] = { ...(hostile.settings[0] as (typeof hostile.settings)[0]), parameters: { limit: 8 } };
  await hostile.policies.refresh();
  expect(hostile.policies.get('hostile')?.parameters).toEqual({ limit: 8 });
});
