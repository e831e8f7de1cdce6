import type { Organisation } from '../../platform/access/organisation.ts';
import type { Issue } from '../../platform/values/errors.ts';
import { brokenRule, textKindOf } from '../../platform/values/text-kinds.ts';

/** What is written of a person or a branch; e-mail and external id may be emptied. */
const LIMITS = { number: 64, code: 64, name: 200, email: 254, externalId: 255 } as const;

/** The rules that these fields keep, of people and of branches; empty when all are kept. */
export function checkNames(fields: Readonly<Partial<Record<keyof typeof LIMITS, string | null>>>): Issue[] {
  return Object.entries(LIMITS).flatMap(([field, limit]) => {
    const value = fields[field as keyof typeof LIMITS];
    const message = value === null || value === undefined ? null : brokenName(value, field, limit);
    return message ? [{ path: `input.${field}`, message }] : [];
  });
}

function brokenName(value: string, field: string, limit: number): string | null {
  if (value.trim() === '') return 'is empty';
  if (value.length > limit) return `is longer than ${limit} characters`;
  return brokenRule(value, textKindOf(field));
}

/** Somebody who is in force and has the role ADMIN. */
export interface Administrator {
  readonly id: string;
  readonly branchId: string;
}

/** Whether somebody else than the person administers the place where the person did: there, or above. */
export function isAdministered(
  administrators: readonly Administrator[],
  { id, branchId }: Administrator,
  { subtree }: Pick<Organisation, 'subtree'>,
): boolean {
  return administrators.some((one) => one.id !== id && subtree(one.branchId).has(branchId));
}
