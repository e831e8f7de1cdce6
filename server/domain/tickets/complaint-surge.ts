import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Job } from '../../engine/services/job.ts';
import type { Services } from '../../engine/services/services.ts';
import { lastEnd } from '../../engine/sla/periods.ts';
import { newId } from '../../platform/values/ids.ts';
import { complaintsByWeek, lastComplaintSince } from './sql.ts';

// Complaints of a week against the three weeks before (S01-bank-relationship-dept, A-076). It is judged on the hour, so
// that a surge is heard of while it lasts, and for a whole week when the week is over, so that a night in which nobody
// judged leaves no gap. A judgement belongs to its instant, however late it is made: what came after is not counted.

const HOUR = 3_600_000;

/** Weeks that make the mean. */
const WEEKS = 3;

/** The surge, in per cent above the mean, where a policy has no parameter `complaintSpikePercent`. Ours. */
const SPIKE_PERCENT = 50;

/** Milliseconds until it is tried again where it failed. */
const RETRY_MS = 60_000;

/**
 * Whether a week's complaints lie more than so many per cent above the mean of the weeks before: 16 after 10, 10, 10 do
 * for 50, and 15 do not. Weeks without any complaint have no mean to be above.
 */
export function isSurge(complaints: number, before: readonly number[], percent: number): boolean {
  const sum = before.reduce((total, count) => total + count, 0);
  // In whole numbers, or a third of something decides.
  return sum > 0 && complaints * before.length * 100 > sum * (100 + percent);
}

/** Judges the hour that is past, once; nodes may do so at the same time. */
export function complaintSurge(): Job {
  let last = { hour: Number.NEGATIVE_INFINITY, triedAt: Number.NEGATIVE_INFINITY };
  return {
    name: 'tickets.complaint-surge',
    next: nextComplaintCheck,
    async run(services) {
      const { clock } = services;
      const hour = hourOf(clock.now().getTime());
      if (last.hour === hour || performance.now() - last.triedAt < (clock.held ? 0 : RETRY_MS)) return;
      last = { ...last, triedAt: performance.now() };
      await judgeLines(services, hour);
      last = { hour, triedAt: performance.now() };
    },
  };
}

async function judgeLines(services: Services, hour: number): Promise<void> {
  let raised = 0;
  for (const policy of services.policies.all()) {
    if (!policy.declaration.businessLine || !policy.enabled) continue;
    const ends = new Set([hour, mondayOf(hour, zoneOf(policy.declaration))]);
    for (const end of ends) raised += await judge(services, policy, end);
  }
  if (raised === 0) return;
  services.log.info({ raised }, 'complaints surge');
  services.alerts.wake();
}

/** The next hour at which the judgement may be another one: after the last complaint. Null when that is judged. */
async function nextComplaintCheck(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  until: Date,
): Promise<Date | null> {
  const now = clock.now().getTime();
  const last = await lastComplaintSince(database.prisma, new Date(hourOf(now)));
  const at = last ? hourOf(last.getTime()) + HOUR : null;
  return at !== null && at > now && at <= until.getTime() ? new Date(at) : null;
}

/** The week that `end` lies in or ends, up to `end`. */
async function judge(services: Services, policy: InstalledPolicy, end: number): Promise<number> {
  const { database, actors } = services;
  const policyId = policy.declaration.id;
  const zone = zoneOf(policy.declaration);
  const week = mondayOf(end - 1, zone);
  const starts = Array.from({ length: WEEKS + 1 }, (_, back) => mondayOf(week, zone, back)).reverse();
  const from = starts.map((at) => new Date(at));
  const counts = await complaintsByWeek(database.prisma, policyId, from, new Date(end));
  const byWeek = starts.map((_, index) => counts.find((count) => count.week === index)?.complaints ?? 0);
  const [complaints = 0, ...before] = byWeek.reverse();
  if (!isSurge(complaints, before, percentOf(policy))) return 0;
  // A line that took its first complaints within these weeks has no mean of three yet.
  const second = new Date(starts[1] ?? week);
  const where = { policyId, type: 'COMPLAINT', openedAt: { lt: second } };
  if (!(await database.prisma.ticket.findFirst({ where, select: { id: true } }))) return 0;

  const branchId = (await actors.organisation()).officeOf(policyId);
  if (!branchId) return 0;
  const mean = before.reduce((sum, count) => sum + count, 0) / WEEKS;
  const above = Math.round((complaints / mean - 1) * 100);
  const { count } = await database.prisma.alert.createMany({
    data: {
      id: newId(),
      dedupeKey: `surge:${policyId}:${new Date(week).toISOString()}`,
      kind: 'COMPLAINT_SURGE',
      severity: 'WARNING',
      raisedAt: new Date(end),
      message: {
        en: `${complaints} complaints this week: ${above} % above the mean of the three weeks before.`,
        zh: `本周投诉 ${complaints} 件，比前三周均值高 ${above}%。`,
      },
      audience: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'],
      policyId,
      branchId,
    },
    skipDuplicates: true,
  });
  return count;
}

function percentOf({ parameters }: InstalledPolicy): number {
  const { complaintSpikePercent } = parameters;
  return complaintSpikePercent === undefined ? SPIKE_PERCENT : Number(complaintSpikePercent);
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}

/** The Monday, 00:00 in the zone, on or before an instant, or so many weeks before that. */
function mondayOf(at: number, zone: string, weeksBefore = 0): number {
  return lastEnd('WEEK', new Date(at), zone, weeksBefore).getTime();
}
