import { expect, test } from 'vitest';
import { openPolicies } from '../../../server/engine/policy/open-policies.ts';
import { loadPlugins } from '../../../server/engine/policy/registry.ts';
import { HeldClock } from '../../../server/platform/values/wall-clock.ts';
import { writePlugin } from './write-plugin.ts';

const REFINED = (body: string) =>
  `parameters: { limit: { schema: z.number().refine((value) => { ${body} }), default: 1, source: 'test',
    description: { en: 'Limit.', zh: '上限。' } } },`;

/** Opens the policies of a plugin as the server does at start. */
async function start(file: string): Promise<void> {
  const plugins = await loadPlugins([file]);
  const policies = await openPolicies({
    plugins,
    prisma: { policySetting: { findMany: (async () => []) as never } },
    log: { debug() {}, warn() {}, error() {} } as never,
    clock: new HeldClock(new Date(0)),
  });
  await policies.close();
}

test.each([
  { it: 'runs for ever', top: 'for (;;);', says: 'its module was not loaded within 7 s' },
  { it: 'never comes to an end', top: 'await new Promise(() => {});', says: 'its module was not loaded within 7 s' },
  { it: 'ends its process', top: 'process.exit(0);', says: 'it ended its thread with code 0 while it was loaded' },
  { it: 'throws', top: "throw new Error('no');", says: 'cannot be loaded: no' },
  { it: 'throws nothing at all', top: 'throw undefined;', says: 'cannot be loaded: undefined' },
  { it: 'patches what arrays do', top: 'Array.prototype.map = () => [];', says: /cannot be loaded: .*(map|object)/ },
  { it: 'replaces JSON', top: 'globalThis.JSON = { stringify: () => "1" };', says: /cannot be loaded: .*JSON/ },
  {
    it: 'takes all memory',
    top: 'const all = []; for (;;) all.push(new Array(1e5).fill(1.5));',
    says: 'cannot be loaded: it took too much memory',
  },
  {
    it: 'has a default whose check runs for ever',
    declared: REFINED('for (;;);'),
    says: 'its module was not loaded within 7 s',
  },
  {
    it: 'has a check that ends its process',
    declared: 'checkParameters: () => process.exit(4),',
    says: 'it ended its thread with code 4',
  },
  {
    it: 'declares a circle',
    top: 'const round = {}; round.round = round;',
    declared: 'plans: round,',
    says: 'in a circle',
  },
])(
  'a plugin that $it when it is loaded stops the start with one sentence',
  async ({ top = '', declared = '', says }) => {
    using plugin = writePlugin(top, declared);
    const began = performance.now();
    let beats = 0;
    const heart = setInterval(() => beats++, 50);
    const failure = await start(plugin.file).then(
      () => null,
      (error: Error) => error,
    );
    clearInterval(heart);
    expect(failure?.message).toMatch(says);
    expect(failure?.message.split('\n').filter((line) => line.includes('cannot be loaded'))).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(10_000);
    // Others are served meanwhile, and a signal is heard.
    expect(beats).toBeGreaterThan((performance.now() - began) / 50 / 4);
  },
);

test('what a plugin declares comes as data: its schemas as forms, its functions as names', async () => {
  using plugin = writePlugin(
    "const secret = process.env.PATH ?? 'nothing';",
    `profiles: { INDIVIDUAL: z.object({ since: z.iso.date().optional(), tags: z.array(z.enum(['A', 'B'])).describe('Tags'), n: z.number() }) },
    completeProfile: () => ({ seen: secret }),`,
  );
  const [policy] = (await loadPlugins([plugin.file])).filter((one) => one.runsIn).map((one) => one.policy);
  const fields = policy?.profiles?.INDIVIDUAL?.shape ?? {};
  expect(Object.keys(fields)).toEqual(['since', 'tags', 'n']);
  expect(fields.tags?.description).toBe('Tags');
  expect(fields.since?.safeParse(undefined).success).toBe(true);
  expect(fields.n?.safeParse(undefined).success).toBe(false);
  expect(() => policy?.completeProfile?.('INDIVIDUAL', {})).toThrow('in its thread alone');
});
