import type { RehearsedRow } from '../../platform/storage/rehearsal/rehearsals.ts';
import type { Services } from './services.ts';

/** What was rehearsed: how it ended, and what it wrote. */
export interface Rehearsed<Result> {
  readonly result: Result;
  readonly written: readonly RehearsedRow[];
}

/**
 * Carries out `work` wholly and keeps nothing of it: its services read and write in one transaction that is rolled back, and what no
 * transaction takes back does not happen (server/platform/storage/rehearsal/rehearsal-scope.ts names who asks).
 *
 * @param work what is done, with services that stand in for the real ones
 * @param describe what of it is told, while what it wrote can still be read
 */
export function rehearse<Result, Told>(
  services: Services,
  work: (services: Services) => Promise<Result>,
  describe: (services: Services, rehearsed: Rehearsed<Result>) => Promise<Told>,
): Promise<Told> {
  return services.database.rehearsals.run(async ({ written, ...database }) => {
    const { advance: _held, ...others } = services;
    const standIns: Services = {
      ...others,
      database: { ...services.database, ...database },
      actors: services.actors.fork(database.prisma),
      calendars: services.calendars.fork(database.prisma),
    };
    const result = await work(standIns);
    return describe(standIns, { result, written: await written() });
  });
}
