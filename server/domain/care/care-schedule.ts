import { addDays } from '../../engine/policy/calendar-days.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Job } from '../../engine/services/job.ts';
import type { Services } from '../../engine/services/services.ts';
import { dayIn, startOfDayIn } from '../../platform/values/days.ts';
import { runCare } from './care-run.ts';
import { runsOfLines } from './sql.ts';

/** Days that are made up for, at most, after nothing ran: older ones are lost. */
const MADE_UP_DAYS = 7;

/** Milliseconds until the next look where nothing was to do, or something failed. */
const PAUSE_MS = 60_000;

/**
 * Days, YYYY-MM-DD, whose run is outstanding: those after the last one, today's included. Where none ever ran there is
 * nothing to make up for: today's, if there was anybody to care for when the day began.
 */
export function daysToRun(last: string | null, hadCustomers: boolean, today: string): string[] {
  if (last === null) return hadCustomers ? [today] : [];
  const days: string[] = [];
  const oldest = addDays(today, 1 - MADE_UP_DAYS);
  for (let day = addDays(last, 1); day <= today; day = addDays(day, 1)) if (day >= oldest) days.push(day);
  return days;
}

/** What a process knows of a line's runs: the last day that is done, and when it was last looked (performance.now()). */
type Memory = Map<string, { readonly day: string; readonly lookedAt: number }>;

/**
 * The daily runs that are due: each business line at midnight of its zone, in order of the days. Costs a look at the clock
 * on all other occasions.
 */
export function careRuns(): Job {
  const memory: Memory = new Map();
  return {
    name: 'care.run',
    next: nextCare,
    async run(services, signal) {
      const waiting = linesToLookAt(services, memory);
      if (waiting.length === 0) return;
      const stand = await standOf(services, waiting);
      for (const policy of waiting)
        await runOutstanding(services, policy, stand.get(policy.declaration.id) ?? NOBODY, memory, signal);
    },
  };
}

function linesToLookAt(services: Services, memory: Memory): InstalledPolicy[] {
  const { clock } = services;
  const now = performance.now();
  return linesOf(services).filter((policy) => {
    const seen = memory.get(policy.declaration.id);
    if (clock.held || !seen) return true;
    return seen.day < todayOf(policy, clock.now()) && now - seen.lookedAt >= PAUSE_MS;
  });
}

async function runOutstanding(
  services: Services,
  policy: InstalledPolicy,
  { last, hadCustomers }: Stand,
  memory: Memory,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { id } = policy.declaration;
  const lookedAt = performance.now();
  memory.set(id, { day: last ?? '', lookedAt });
  for (const day of daysToRun(last, hadCustomers, todayOf(policy, services.clock.now()))) {
    const tally = await runCare(services, policy, day, signal);
    // Another node is at it, or this one stops: the days after have to wait.
    if (!tally) return;
    memory.set(id, { day, lookedAt });
    if (tally.opened + tally.closed + tally.failed > 0)
      services.log.info({ policyId: id, day, ...tally }, 'care of the day');
  }
}

/** The next instant at which a run is due on a held clock; in the past where one is outstanding. */
async function nextCare(
  services: Pick<Services, 'database' | 'clock' | 'policies'>,
  until: Date,
): Promise<Date | null> {
  const lines = linesOf(services);
  const stand = await standOf(services, lines);
  const instants = lines.flatMap((policy) => {
    const { last, hadCustomers, hasCustomers } = stand.get(policy.declaration.id) ?? NOBODY;
    if (!hasCustomers) return [];
    const timeZone = zoneOf(policy.declaration);
    const today = todayOf(policy, services.clock.now());
    const [outstanding] = daysToRun(last, hadCustomers, today);
    const at = startOfDayIn(outstanding ?? addDays(today, 1), timeZone);
    return at <= until ? [at] : [];
  });
  return instants.reduce<Date | null>((first, at) => (first === null || at < first ? at : first), null);
}

function linesOf({ policies }: Pick<Services, 'policies'>): InstalledPolicy[] {
  return policies.all().filter(({ declaration, enabled }) => declaration.businessLine && enabled);
}

function todayOf(policy: InstalledPolicy, now: Date): string {
  return dayIn(now, zoneOf(policy.declaration));
}

/** How far a line's runs are, and whether it has anybody to care for, now and when the day began. */
interface Stand {
  readonly last: string | null;
  readonly hadCustomers: boolean;
  readonly hasCustomers: boolean;
}

const NOBODY: Stand = { last: null, hadCustomers: false, hasCustomers: false };

async function standOf(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  lines: readonly InstalledPolicy[],
): Promise<Map<string, Stand>> {
  const ids = lines.map(({ declaration }) => declaration.id);
  const midnights = lines.map((policy) => startOfDayIn(todayOf(policy, clock.now()), zoneOf(policy.declaration)));
  const rows = await runsOfLines(database.prisma, ids, midnights);
  return new Map(rows.map(({ id, last, had, has }) => [id, { last, hadCustomers: had, hasCustomers: has }]));
}
