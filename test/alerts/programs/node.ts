// A node of the real server as a process of its own: on the database of DATABASE_URL, with keys from KEYS, which all
// nodes of a test share. It says `ready` when its port is open, measures its memory when asked, and stops with SIGTERM.
import { pino } from 'pino';
import { createApp } from '../../../server/app/compose.ts';
import { createTokenIssuer } from '../../../server/platform/access/identity.ts';
import { systemClock } from '../../../server/platform/values/wall-clock.ts';
import type { NodeSettings } from '../cluster.ts';

const { DATABASE_URL = '', KEYS = '', PORT = '0', SETTINGS = '{}', TEST_LOG = 'silent' } = process.env;

const app = await createApp({
  database: { url: DATABASE_URL, acceptDataLoss: true },
  clock: systemClock,
  dataKeys: [{ id: 'test', secret: Buffer.alloc(32, 7) }],
  identity: createTokenIssuer(KEYS).identity,
  isOpen: true,
  log: pino({ level: TEST_LOG }, pino.destination(2)),
  ...(JSON.parse(SETTINGS) as NodeSettings),
});
await app.listen(Number(PORT), '127.0.0.1');
process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({ memory: { rss, heapUsed, external } });
});
process.on('disconnect', () => process.exit(1));
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.send?.('ready');
