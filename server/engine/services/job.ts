import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Services } from './services.ts';

/**
 * Something that runs by itself. It finds out what is due and does that, on any number of nodes at once. What it remembers
 * from one run to the next is its own: a slice exports a function that makes the job, and each app makes its own.
 */
export interface Job {
  /** As the log names it: the slice and what it does. */
  readonly name: string;
  /** Does what is due by now; what takes long ends at its next batch once the signal fires. */
  run(services: Services, signal?: AbortSignal): Promise<unknown>;
  /**
   * When it has something to do next, for a clock that is held: a scalar subquery that gives the first instant up to and
   * including `until`, or a function. Left out of what only follows others.
   */
  readonly next?: NextInSql | NextInstant;
}

export interface NextInSql {
  sql(until: Date): Prisma.Sql;
}

export type NextInstant = (services: Services, until: Date) => Promise<Date | null> | Date | null;
