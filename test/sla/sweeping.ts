import { pino } from 'pino';
import { Changes } from '../../server/engine/services/changes.ts';
import type { Services } from '../../server/engine/services/services.ts';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { systemClock } from '../../server/platform/values/wall-clock.ts';

/** All that a sweep of clocks needs, by the database's time. */
export async function openSweeping(url: string): Promise<Services> {
  const database = await openDatabase({ url, acceptDataLoss: true }, { onError: () => undefined });
  return {
    database,
    clock: systemClock,
    changes: new Changes(database.prisma),
    alerts: { wake: () => undefined },
    log: pino({ level: 'silent' }),
  } as unknown as Services;
}
