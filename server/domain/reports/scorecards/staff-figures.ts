import { Decimal } from 'decimal.js';
import type { Prisma } from '../../../../prisma/generated/client/client.ts';
import type { RecordFigure } from '../../../engine/policy/contract/records.ts';
import { zoneOf } from '../../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../../engine/policy/policies.ts';
import type { Period } from '../../../engine/sla/periods.ts';
import type { Database } from '../../../platform/storage/database.ts';
import type { Text } from '../../../platform/values/text.ts';
import { type PersonFigure, recordFigureByStaff, visitedByStaff } from '../sql-records.ts';

/** Customers whom a person visited, each counted once. */
export const VISITED_CUSTOMERS = 'VISITED_CUSTOMERS';

/** A figure of a person in a period, with what was to be reached. */
export interface StaffFigure {
  readonly staffId: string;
  readonly key: string;
  readonly label: Text;
  readonly value: string | null;
  readonly target: string | null;
  readonly met: boolean | null;
}

interface Declared {
  readonly kind: string;
  readonly key: string;
  readonly figure: RecordFigure;
  readonly isOfPeople: boolean;
}

/** The figures that a policy's kinds of records declare. */
export function recordFigures({ declaration }: InstalledPolicy): Declared[] {
  return Object.entries(declaration.records ?? {}).flatMap(([kind, { figures = {}, about }]) =>
    Object.entries(figures).map(([key, figure]) => ({ kind, key, figure, isOfPeople: about === 'PERSON' })),
  );
}

/** The figures by which people of a line are counted, beside their tickets. */
export function staffFigureKeys(policy: InstalledPolicy): string[] {
  return [VISITED_CUSTOMERS, ...recordFigures(policy).map(({ key }) => key)];
}

const VISITED: Text = { en: 'Customers visited', zh: '拜访客户数' };

/**
 * What each person did in a period beside their tickets: the customers visited, and what records count. What is kept in people's
 * files is counted for the person alone whom `maySee` names.
 *
 * @param scope the rows that count, as a condition on a table aliased `t` with `policy_id` and `branch_id`
 */
export async function staffFigures(
  { prisma }: Pick<Database, 'prisma'>,
  policy: InstalledPolicy,
  scope: Prisma.Sql,
  period: Period,
  maySee: (person: { readonly id: string; readonly branchId: string }) => boolean,
): Promise<StaffFigure[]> {
  const counted = { policyId: policy.declaration.id, scope, zone: zoneOf(policy.declaration) };
  const shown = (key: string, label: Text, rows: readonly PersonFigure[]): StaffFigure[] =>
    rows.map(({ staff_id, value }) => ({ staffId: staff_id, key, label, ...judged(policy, key, value, period) }));
  const figures = shown(VISITED_CUSTOMERS, VISITED, await visitedByStaff(prisma, counted, period));
  for (const { kind, key, figure, isOfPeople } of recordFigures(policy)) {
    const rows = await recordFigureByStaff(prisma, counted, period, { kind, figure });
    const seen = rows.filter(({ staff_id, branch_id }) => !isOfPeople || maySee({ id: staff_id, branchId: branch_id }));
    figures.push(...shown(key, figure.label, seen));
  }
  return figures;
}

/** A figure against the policy's monthly target, where the period is of whole months. */
function judged(
  { declaration, parameters }: InstalledPolicy,
  key: string,
  value: PersonFigure['value'],
  period: Period,
): Pick<StaffFigure, 'value' | 'target' | 'met'> {
  const actual = value === null ? null : new Decimal(value.toString()).toDecimalPlaces(4, Decimal.ROUND_DOWN);
  const name = declaration.performance?.monthlyFigures?.[key];
  const monthly = name === undefined ? undefined : parameters[name];
  const months = wholeMonths(period);
  const target = monthly === undefined || months === null ? null : new Decimal(String(monthly)).times(months);
  return {
    value: actual?.toFixed() ?? null,
    target: target?.toFixed() ?? null,
    met: target && actual ? actual.gte(target) : null,
  };
}

/** How many months a period is; null where it is not of whole ones. */
function wholeMonths({ from, to }: Period): number | null {
  const next = new Date(to.getTime() + 86_400_000);
  if (from.getUTCDate() !== 1 || next.getUTCDate() !== 1) return null;
  return (next.getUTCFullYear() - from.getUTCFullYear()) * 12 + next.getUTCMonth() - from.getUTCMonth();
}

/** The figures of a line in a period, as its policy's `measure` is told of them: sums of what people have. */
export async function lineRecordFigures(
  { prisma }: Pick<Database, 'prisma'>,
  policy: InstalledPolicy,
  scope: Prisma.Sql,
  period: Period,
): Promise<Record<string, string>> {
  const counted = { policyId: policy.declaration.id, scope, zone: zoneOf(policy.declaration) };
  const figures: Record<string, string> = {};
  for (const { kind, key, figure } of recordFigures(policy)) {
    if (figure.of === 'IN_TIME') continue;
    const rows = await recordFigureByStaff(prisma, counted, period, { kind, figure });
    if (rows.length > 0) figures[key] = Decimal.sum(0, ...rows.map(({ value }) => String(value ?? 0))).toFixed();
  }
  return figures;
}
