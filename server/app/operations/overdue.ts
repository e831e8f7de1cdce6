import type { Services } from '../../engine/services/services.ts';
import { newId } from '../../platform/values/ids.ts';
import { BACKUP_JOB } from './backup.ts';

const DAY_MS = 86_400_000;

/** Days after which the next backup is overdue (S01-bank-relationship-dept, A-072). */
const OVERDUE_DAYS = 7;

/** Whether a backup is overdue; one that was never made is an operator's choice and not overdue. */
export function isOverdue(last: Date | null, now: Date): boolean {
  return last !== null && now.getTime() - last.getTime() > OVERDUE_DAYS * DAY_MS;
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
  const last = run?.dueAt ?? null;
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
        dedupeKey: `backup-overdue:${last.toISOString()}`,
        kind: 'TARGET_MISSED',
        severity: 'CRITICAL',
        raisedAt: now,
        message: { en: `The last backup is of ${day}; a new one is overdue.`, zh: `上次备份为 ${day}，备份已逾期。` },
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
