import { once } from 'node:events';
import os from 'node:os';
import { expect, test } from 'vitest';
import { startThread } from '../../server/platform/threads/thread.ts';

test('starts from sources wherever the process works, with the options passed on', async () => {
  const from = process.cwd();
  try {
    process.chdir(os.tmpdir());
  } catch {
    // Threads of some runners may not change it; then this shows less.
  }
  const thread = startThread(new URL('./echo-thread.ts', import.meta.url), {
    workerData: { word: 'hello' },
    env: { ONLY: 'this' },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
    stdout: true,
  });
  process.chdir(from);
  const [message] = (await once(thread, 'message')) as [unknown];
  expect(message).toEqual({ word: 'hello', env: { ONLY: 'this' }, heapMegabytes: expect.any(Number) });
  // Whatever this process itself was given: what is young comes on top.
  expect((message as { heapMegabytes: number }).heapMegabytes).toBeLessThan(128);
  await thread.terminate();
});
