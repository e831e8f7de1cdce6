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

/** Whether a birthday can be one: not in the future, not before 1880. */
export function checkBirthday(birthday: Date | null | undefined, today: Date, path = 'input.birthday'): Issue[] {
  if (!birthday) return [];
  if (birthday.getTime() > today.getTime()) return [{ path, message: 'lies in the future' }];
  return birthday.getUTCFullYear() < 1880 ? [{ path, message: 'lies before 1880' }] : [];
}
