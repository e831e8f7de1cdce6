import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { operatorError } from '../../server/app/cli/operator-error.ts';
import { createLog } from '../../server/app/create-log.ts';
import { readEnv } from '../../server/app/env.ts';
import { startServer } from '../../server/app/serve.ts';

const TIERLINE_DATA = mkdtempSync(join(tmpdir(), 'tierline-take-over-'));
const LOCK = join(TIERLINE_DATA, 'db.lock');
afterAll(() => rmSync(TIERLINE_DATA, { recursive: true, force: true }));

async function start(takesOver: boolean) {
  const env = readEnv({ TIERLINE_DATA, JWT_JWKS_URL: 'https://id.example/jwks', PORT: '0' });
  try {
    await (await startServer(env, { demo: false, log: createLog('silent'), takesOver })).app.close();
    return null;
  } catch (error) {
    return operatorError(error, { DATABASE_URL: undefined, TIERLINE_DATA, HOST: undefined, PORT: undefined });
  }
}

/** The lock as it is when the machine that held it went down, seen from another one. */
function leaveFromElsewhere(): void {
  const [entry = ''] = readdirSync(LOCK).filter((name) => /^\d+$/.test(name));
  const { released: _released, ...holder } = JSON.parse(readFileSync(join(LOCK, entry), 'utf8'));
  const elsewhere = { ...holder, host: 'node-a', boot: 'of node-a', pid: 7, alive: 'alive-there' };
  writeFileSync(join(LOCK, entry), JSON.stringify(elsewhere));
}

test('a folder that another machine held is taken over when it is told to, and then is free as usual', async () => {
  expect(await start(false)).toBeNull();
  leaveFromElsewhere();
  expect(await start(false)).toEqual({
    code: 2,
    sentence: expect.stringMatching(/^TIERLINE_DATA: .*process 7 on another host.*`tierline start --take-over`\.$/),
  });
  expect(await start(true)).toBeNull();
  expect(await start(false)).toBeNull();
});
