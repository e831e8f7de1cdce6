import { defineConfig } from 'vitest/config';

/** What comes out of the build, as those get it who install it: apart from the other tests, which run the sources. */
export default defineConfig({
  test: { include: ['test/package/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 600_000, fileParallelism: false },
});
