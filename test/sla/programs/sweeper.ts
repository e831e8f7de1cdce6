import { pino } from 'pino';
import { Changes } from '../../../server/changes.ts';
import { systemClock } from '../../../server/clock.ts';
import type { Services } from '../../../server/context.ts';
import { sweepClocks } from '../../../server/sla/sweep.ts';
import { openDatabase } from '../../../server/storage/database.ts';

// A node that does nothing but sweep, to be killed. It says when it is at work.
const database = await openDatabase({ url: process.argv[2] ?? '' }, { onError: () => undefined });
const services = {
  database,
  clock: systemClock,
  changes: new Changes(database.prisma),
  alerts: { wake: () => undefined },
  log: pino({ level: 'silent' }),
} as unknown as Services;
process.stdout.write('ready\n');
for (;;) {
  await sweepClocks(services).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
