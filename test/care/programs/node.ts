import { pino } from 'pino';
import { createApp } from '../../../server/app/compose.ts';
import { systemClock } from '../../../server/platform/values/wall-clock.ts';

// A node with all its jobs, to be killed at a moment of its care run. It says when it is at work.
await createApp({
  database: { url: process.argv[2] ?? '', acceptDataLoss: true },
  clock: systemClock,
  dataKeys: [{ id: 'k', secret: Buffer.alloc(32, 1) }],
  identity: { verify: async () => null },
  isOpen: false,
  log: pino({ level: 'silent' }),
});
process.stdout.write('ready\n');
