import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { STANDARD_ID } from '../../engine/policy/registry.ts';
import type { Services } from '../../engine/services/services.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { newId } from '../../platform/values/ids.ts';
import { overload, Workload } from './level.ts';
import { dueTasks, plannedTasks } from './sql.ts';

/** Contact that may be made on any day of its period, and so is spread over its manager's days. */
export const SPREAD: readonly string[] = ['CADENCE', 'CALLBACK'];

/** What is planned from a day on, by person and day. */
export async function plannedFrom(
  { database }: Pick<Services, 'database'>,
  policyId: string,
  day: string,
): Promise<Workload> {
  const rows = await plannedTasks(database.prisma, policyId, day);
  const load = new Workload();
  for (const row of rows) load.add(row.staff, row.day, row.count);
  return load;
}

/**
 * Alerts about managers who have more contact due than they can make, where the policy says how many a working day there is
 * room for (`contactsPerDay`); once for each manager and due day.
 */
export async function overloadAlerts(
  { database, policies }: Pick<Services, 'database' | 'policies'>,
  policy: InstalledPolicy,
  day: string,
  now: Date,
): Promise<Prisma.AlertUncheckedCreateInput[]> {
  const { declaration } = policy;
  const told = declaration.workload === undefined ? policies.get(STANDARD_ID) : policy;
  const aDay = told?.parameters[told.declaration.workload ?? ''];
  if (aDay === undefined) return [];
  const rows = await dueTasks(database.prisma, declaration.id, SPREAD, zoneOf(declaration));
  return [...groupBy(rows, ({ staff }) => staff)].flatMap(([staff, due]) => {
    const [first] = due;
    const over = overload(due, day, Number(aDay));
    if (!first || !over) return [];
    return {
      id: newId(),
      dedupeKey: `workload:${declaration.id}:${staff}:${over.day}`,
      kind: 'TARGET_MISSED',
      severity: 'WARNING',
      raisedAt: now,
      message: {
        en: `${first.name} has ${over.count} contacts due by ${over.day} and room for ${over.possible}.`,
        zh: `${first.name} 在 ${over.day} 前须完成 ${over.count} 次接触，仅可完成 ${over.possible} 次。`,
      },
      audience: ['SUPERVISOR'],
      policyId: declaration.id,
      branchId: first.branch,
    };
  });
}
