import type { CustomerStage } from '../../platform/values/enums.ts';
import type { Issue } from '../../platform/values/errors.ts';
import { brokenRule, textKindOf } from '../../platform/values/text-kinds.ts';

const LIMITS = { number: 64, name: 200, phone: 40, email: 254, idNumber: 64 } as const;

/** The rules that the fields of every customer keep, whatever the policy; an empty list when all are kept. */
export function checkCustomerFields(
  fields: Readonly<Partial<Record<keyof typeof LIMITS, string | null>>>,
  prefix = 'input',
): Issue[] {
  const issues: Issue[] = [];
  for (const [field, limit] of Object.entries(LIMITS)) {
    const value = fields[field as keyof typeof LIMITS];
    if (value === null || value === undefined) continue;
    const path = `${prefix}.${field}`;
    if (value.trim() === '') issues.push({ path, message: 'is empty' });
    else if (value.length > limit) issues.push({ path, message: `is longer than ${limit} characters` });
    else {
      const message = brokenRule(value, textKindOf(field));
      if (message) issues.push({ path, message });
    }
  }
  return issues;
}

/**
 * Whether a birthday can be one: not in the future, not before 1880.
 *
 * @param today the line's day, as midnight UTC
 */
export function checkBirthday(birthday: Date | null | undefined, today: Date, path = 'input.birthday'): Issue[] {
  if (!birthday) return [];
  if (birthday.getTime() > today.getTime()) return [{ path, message: 'lies in the future' }];
  return birthday.getUTCFullYear() < 1880 ? [{ path, message: 'lies before 1880' }] : [];
}

interface Standing {
  readonly stage: CustomerStage;
  readonly departedAt: Date | string | null;
}

/** Whether a customer has departed: nothing is given any more, until the file says that the customer is back. */
export function hasDeparted({ stage, departedAt }: Standing): boolean {
  return departedAt !== null || stage === 'LAPSED';
}

/**
 * When a customer departed, as a change of stage leaves it. A customer who lapses departs now: churn counts those who left
 * within a period. One who comes back is in the active archive again.
 *
 * @param before null for a new file
 * @param stage the new one; left out, it stays
 */
export function departure(
  before: { readonly stage: CustomerStage; readonly departedAt: Date | null } | null,
  stage: CustomerStage | null | undefined,
  now: Date,
): { departedAt?: Date | null; archivedAt?: null } {
  if (stage == null) return {};
  if (stage !== 'LAPSED') return { departedAt: null, archivedAt: null };
  return { departedAt: (before?.stage === 'LAPSED' ? before.departedAt : null) ?? now };
}
