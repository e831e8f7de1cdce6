import type { Services } from '../../engine/services/services.ts';
import { newId } from '../../platform/values/ids.ts';
import { BACKUP_JOB } from './backup.ts';

const DAY_MS = 86_400_000;

/** Days after which the next backup is overdue (S01-bank-relationship-dept, A-072). */
const OVERDUE_DAYS = 7;

/**
 * Whether a backup is overdue.
 *
 * @param last when the last one was made, or since when there is something to back up where none ever was
 */
export function isOverdue(last: Date, now: Date): boolean {
  return now.getTime() - last.getTime() > OVERDUE_DAYS * DAY_MS;
}

/** Tells administrators, once for each backup that has become too old. Returns how many alerts were raised. */
export async function sweepBackups(services: Services): Promise<number> {
  const { database, clock, actors, policies } = services;
  const run = await database.prisma.jobRun.findFirst({
    where: { job: BACKUP_JOB },
    orderBy: { dueAt: 'desc' },
    select: { dueAt: true },
  });
  const now = clock.now();
  const first = run ? null : await database.prisma.branch.aggregate({ _min: { createdAt: true } });
  const last = run?.dueAt ?? first?._min.createdAt ?? null;
  if (!last || !isOverdue(last, now)) return 0;
  const { branches } = await actors.organisation();
  const root = [...branches.values()].find(({ parentId }) => parentId === null);
  const line = policies.all().find(({ declaration }) => root?.policyIds.includes(declaration.id));
  if (!root || !line) return 0;
  const day = last.toISOString().slice(0, 10);
  const { count } = await database.prisma.alert.createMany({
    data: [
      {
        id: newId(),
        dedupeKey: `backup-overdue:${run ? last.toISOString() : 'never'}`,
        kind: 'TARGET_MISSED',
        severity: 'CRITICAL',
        raisedAt: now,
        message: run
          ? { en: `The last backup is of ${day}; a new one is overdue.`, zh: `上次备份为 ${day}，备份已逾期。` }
          : { en: `No backup was ever made since ${day}; one is overdue.`, zh: `自 ${day} 起从未备份，备份已逾期。` },
        audience: ['ADMIN'],
        policyId: line.declaration.id,
        branchId: root.id,
      },
    ],
    skipDuplicates: true,
  });
  if (count > 0) services.alerts.wake();
  return count;
}
