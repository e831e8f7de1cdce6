import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('a run that failed says so in its exit code, also after what it started was imported', () => {
  const program = "await import('./test/support/postgres.ts'); process.exitCode = 3;";
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    cwd: new URL('../../', import.meta.url),
    // A process that waits for a child cannot end a test that takes too long.
    timeout: 60_000,
  });
  expect(status).toBe(3);
});
