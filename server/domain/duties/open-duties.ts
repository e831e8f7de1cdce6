import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { addDays, type DayPeriod, periodOf } from '../../engine/policy/calendar-days.ts';
import type { DutyDeclaration, Policy, Role } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Services } from '../../engine/services/services.ts';
import { isWorkingDay } from '../../engine/sla/holidays.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { startOfDayIn } from '../../platform/values/days.ts';
import { newId } from '../../platform/values/ids.ts';
import { inTimeUntil, lateFrom } from '../../platform/values/late.ts';
import type { Text } from '../../platform/values/text.ts';
import { dutyDueAt, dutyKey, isOwedAfterwards, openPeriod } from './rules.ts';

/** Who owes a duty: the branch that it is filed under, and the person where it is a person's. */
export interface Holder {
  readonly id: string;
  readonly branchId: string;
  readonly staffId: string | null;
  readonly customerId: string | null;
}

/** A duty of a period and a holder, as its task's row. */
export function dutyTask(
  { declaration }: InstalledPolicy,
  code: string,
  duty: DutyDeclaration,
  owed: { readonly period: DayPeriod; readonly holder: Holder; readonly at: Date },
) {
  const { period, holder, at } = owed;
  const dueAt = dutyDueAt(duty.due, period, zoneOf(declaration));
  return {
    id: newId(),
    key: dutyKey(declaration.id, code, period.from, holder.id),
    title: { ...dutyTitle(duty, period) },
    origin: 'REVIEW' as const,
    status: 'OPEN' as const,
    purpose: 'OTHER' as const,
    channel: 'INTERNAL' as const,
    dueAt,
    nextFireAt: lateFrom(dueAt),
    inTimeUntil: inTimeUntil(dueAt),
    policyId: declaration.id,
    branchId: holder.branchId,
    customerId: holder.customerId,
    assigneeId: holder.staffId,
    dutyCode: code,
    periodFrom: dateColumn(period.from),
    periodTo: dateColumn(period.to),
    createdAt: at,
  };
}

export type DutyTask = ReturnType<typeof dutyTask>;

function dutyTitle({ label }: DutyDeclaration, { from, to }: DayPeriod): Text {
  return { en: `${label.en}, ${from} to ${to}`, zh: `${label.zh}（${from} 至 ${to}）` };
}

/** A day as a date column takes it. */
export function dateColumn(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

/**
 * The duties of branches, managers and the head office that are open on a day, as tasks with stable keys: written again,
 * they stay as they are. A holder who came after the duty was due, or after the period that it is about, does not owe it.
 *
 * @param day of the policy's zone, YYYY-MM-DD
 * @param at the instant of that day's run
 */
export async function dutiesOpenOn(
  services: Pick<Services, 'database' | 'actors'>,
  policy: InstalledPolicy,
  day: string,
  at: Date,
): Promise<WriteSet> {
  const { declaration } = policy;
  const timeZone = zoneOf(declaration);
  const writes = new WriteSet();
  for (const [code, duty] of Object.entries(declaration.duties ?? {})) {
    if (duty.of === 'CUSTOMER') continue;
    if (duty.every === 'DAY' && !isWorkingDay(day)) continue;
    const open = openPeriod(duty, day);
    // The year's end may have passed while nothing ran: the period before is opened too while it is not due.
    const periods = [open, periodOf(duty.every, open.from, -1)].filter(
      (period) => dutyDueAt(duty.due, period, timeZone) >= at,
    );
    for (const period of periods) {
      const before = isOwedAfterwards(duty) ? startOfDayIn(addDays(period.to, 1), timeZone) : null;
      for (const holder of await holdersOf(services, declaration, duty, before))
        writes.insert('task', dutyTask(policy, code, duty, { period, holder, at }));
    }
  }
  return writes;
}

/** Who had customers of the line, or worked in it, by `before` where it is given. */
async function holdersOf(
  { database, actors }: Pick<Services, 'database' | 'actors'>,
  policy: Policy,
  { of, holders }: Pick<DutyDeclaration, 'of' | 'holders'>,
  before: Date | null,
): Promise<Holder[]> {
  const { prisma } = database;
  const kept = { policyId: policy.id, departedAt: null, ...(before && { createdAt: { lt: before } }) };
  if (of === 'PERSON') return peopleOf(prisma, policy, holders, before);
  if (of === 'LINE') {
    const officeId = (await actors.organisation()).officeOf(policy.id);
    const any = officeId && (await prisma.customer.findFirst({ where: kept, select: { id: true } }));
    return any ? [{ id: officeId, branchId: officeId, staffId: null, customerId: null }] : [];
  }
  if (of === 'BRANCH') {
    const branches = await prisma.customer.findMany({
      where: kept,
      distinct: ['branchId'],
      select: { branchId: true },
    });
    return branches.map(({ branchId }) => ({ id: branchId, branchId, staffId: null, customerId: null }));
  }
  const managers = await prisma.staff.findMany({
    where: { active: true, managedCustomers: { some: kept } },
    select: { id: true, branchId: true },
  });
  return managers.map(({ id, branchId }) => ({ id, branchId, staffId: id, customerId: null }));
}

/** The people of the line with one of the roles or posts, who were here by `before`; programs owe nothing. */
async function peopleOf(
  prisma: PrismaClient,
  policy: Policy,
  holders: readonly string[] = [],
  before: Date | null,
): Promise<Holder[]> {
  const wanted = (roles: readonly Role[], posts: readonly string[]) =>
    holders.length === 0 ||
    holders.some((one) => (roles as readonly string[]).includes(one) || posts.includes(`${policy.id}/${one}`));
  const people = await prisma.staff.findMany({
    where: {
      active: true,
      branch: { policyIds: { has: policy.id } },
      NOT: { roles: { hasSome: ['SERVICE', 'ADMIN'] } },
      ...(before && { createdAt: { lt: before } }),
    },
    select: { id: true, branchId: true, roles: true, posts: true },
  });
  return people
    .filter(({ roles, posts }) => wanted(roles, posts))
    .map(({ id, branchId }) => ({ id, branchId, staffId: id, customerId: null }));
}
