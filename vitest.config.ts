import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    // Node takes graphql's CommonJS, Vite would take its ES modules: two copies, which do not know each other's types.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['test/**/*.test.ts', 'plugins/**/*.test.ts'],
    // What the build makes has a run of its own: npm run test:package.
    exclude: ['test/package/**'],
    globalSetup: ['test/support/run-setup.ts'],
    setupFiles: ['test/support/file-setup.ts'],
    pool: 'forks',
    // Two processes read the program once each, and not once a file: that is half of the run's time.
    isolate: false,
    // What many files leave behind stays well below; a small machine's own limit might not.
    execArgv: ['--max-old-space-size=4096'],
    // A process of many files grows to about 2 GB.
    maxWorkers: 2,
    // For a test that hangs; a busy machine may take its time.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
