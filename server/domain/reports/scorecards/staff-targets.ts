import { Decimal } from 'decimal.js';
import { Act } from '../../../engine/services/act.ts';
import { ownLine } from '../../../engine/services/business-line.ts';
import { checkGiven } from '../../../engine/services/give-work.ts';
import type { Caller, Services } from '../../../engine/services/services.ts';
import { may, requirePermission } from '../../../platform/access/permissions.ts';
import { visible, visibleSql } from '../../../platform/access/scope.ts';
import { Forbidden, InvalidInput, type Issue } from '../../../platform/values/errors.ts';
import { newId } from '../../../platform/values/ids.ts';
import { opensFileOf } from './service.ts';
import { type StaffScore, staffScores } from './staff.ts';
import { staffFigureKeys, staffFigures } from './staff-figures.ts';

/** What a person's target may be about, beside what the policy's records count; each is counted by the scorecard. */
export const TARGET_KEYS = ['HANDLED', 'RESOLVED', 'RESOLUTION_RATE'] as const;
export type TargetKey = (typeof TARGET_KEYS)[number];

export interface NewStaffTarget {
  readonly policyId: string;
  readonly staffId: string;
  readonly key: string;
  /** Targets are per year (S04-bank-cm-regulations). */
  readonly year?: number | null;
  readonly value: string;
}

/**
 * Sets what a person is to reach in a year, or sets it again. Returns the target's id.
 *
 * @throws {InvalidInput} without a year, because targets are per year; a key that nobody counts; nobody who works here
 */
export async function setStaffTarget(services: Services, caller: Caller, input: NewStaffTarget): Promise<string> {
  const act = Act.begin(services, caller, null);
  if (!may(act.actor, 'setStaffTarget')) throw new Forbidden();
  const policy = ownLine(services, act.actor, input.policyId);
  const { year, branchId } = await checkTarget(act, input, [...TARGET_KEYS, ...staffFigureKeys(policy)]);
  requirePermission(act.actor, 'setStaffTarget', { branchId });
  const value = new Decimal(input.value).toFixed();
  const bound = { policyId: policy.declaration.id, branchId };
  const key = { policyId: bound.policyId, staffId: input.staffId, key: input.key, year };
  return act.commit({
    // What the target was before shows only in the transaction.
    audit: [],
    async change(tx) {
      const before = await tx.staffTarget.findUnique({ where: { policyId_staffId_key_year: key } });
      const set = { value, setById: act.actor.id, setAt: act.now, branchId };
      const { id } = await tx.staffTarget.upsert({
        where: { policyId_staffId_key_year: key },
        create: { id: newId(), ...key, ...set },
        update: set,
        select: { id: true },
      });
      const changes = [{ field: `${input.key} ${year}`, before: before?.value.toFixed() ?? null, after: value }];
      await act.record(tx, act.audit('SET_STAFF_TARGET', { type: 'StaffTarget', id, ...bound }, { changes }));
      return id;
    },
  });
}

/** The year of a target, and the branch of the person whose it is. */
async function checkTarget(
  { prisma, actor, services }: Act,
  { policyId, staffId, key, year, value }: NewStaffTarget,
  keys: readonly string[],
): Promise<{ year: number; branchId: string }> {
  const issues: Issue[] = [];
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  if (year == null) say('year', 'is missing: targets are per year');
  else if (year < 2000 || year > 2100) say('year', 'is no year of a target');
  if (!keys.includes(key)) say('key', `is not one of ${keys.join(', ')}`);
  const amount = new Decimal(value);
  if (amount.isNegative()) say('value', 'is negative');
  if (key === 'RESOLUTION_RATE' && amount.gt(100)) say('value', 'is above 100 per cent');
  const person = await prisma.staff.findFirst({
    where: { id: staffId, active: true, branch: { policyIds: { has: policyId } } },
    select: { branchId: true },
  });
  const seen = actor.rows.lines.find((line) => line.policyId === policyId)?.branchIds;
  if (!person || !seen || (seen !== 'ALL' && !seen.has(person.branchId)))
    say('staffId', 'is nobody who works in your part of the business line');
  else {
    const about = { policyId, branchId: person.branchId };
    issues.push(...(await checkGiven(services, about, [{ work: 'TARGET', staffId, path: 'input.staffId' }])));
  }
  if (issues.length > 0 || !person || year == null) throw new InvalidInput(issues);
  return { year, branchId: person.branchId };
}

export interface StaffTargetStanding {
  readonly staffId: string;
  readonly key: string;
  readonly year: number;
  readonly target: string;
  /** What was reached so far; null where there was nothing to count. */
  readonly actual: string | null;
  readonly met: boolean | null;
}

/** The targets of a year of the people whom the actor sees, with what was reached. */
export async function staffTargets(
  services: Services,
  { actor }: Caller,
  policyId: string,
  year: number,
): Promise<StaffTargetStanding[]> {
  requirePermission(actor, 'readScorecard');
  const policy = ownLine(services, actor, policyId);
  const targets = await services.database.prisma.staffTarget.findMany({
    where: { AND: [visible(actor), { policyId, year }] },
    orderBy: [{ staffId: 'asc' }, { key: 'asc' }],
    take: 500,
  });
  if (targets.length === 0) return [];
  const period = { from: new Date(Date.UTC(year, 0, 1)), to: new Date(Date.UTC(year, 11, 31)) };
  const scope = visibleSql(actor, 't');
  const scores = await staffScores(services.database, policy, scope, period);
  const figures = await staffFigures(services.database, policy, scope, period, opensFileOf(actor, policy));
  const isOfTickets = (key: string): key is TargetKey => TARGET_KEYS.some((one) => one === key);
  return targets.map(({ staffId, key, value }) => {
    const score = scores.find((one) => one.staffId === staffId);
    const figure = figures.find((one) => one.staffId === staffId && one.key === key);
    const actual = isOfTickets(key) ? actualOf(key, score) : (figure?.value ?? '0');
    const met = actual === null ? null : new Decimal(actual).gte(value.toFixed());
    return { staffId, key, year, target: value.toFixed(), actual, met };
  });
}

function actualOf(key: TargetKey, score: StaffScore | undefined): string | null {
  if (key === 'RESOLUTION_RATE') return score?.resolutionShare ?? null;
  return String((key === 'HANDLED' ? score?.handled : score?.resolved) ?? 0);
}
