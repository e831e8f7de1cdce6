import type { ApplicationDeclaration } from '../../engine/policy/contract.ts';
import type { Read } from '../../engine/policy/reading/readings.ts';
import type { Issue } from '../../platform/values/errors.ts';
import { moneyIssues, type StatedMoney } from '../../platform/values/money.ts';

export interface ApplicationContent {
  /** What the policy declares for the kind. */
  readonly fields?: unknown;
  readonly amount?: StatedMoney | null;
  readonly reason: string;
}

export interface NewApplication extends ApplicationContent {
  readonly policyId: string;
  readonly kind: string;
  readonly customerId?: string | null;
  readonly planId?: string | null;
  /** It is done at once, and approved afterwards. */
  readonly emergency?: boolean | null;
}

/** The largest application that is stored, in characters of JSON. */
const MAX_FIELDS = 16_384;

/**
 * Checks an application's content against what the policy declares for its kind.
 *
 * @param read its fields, as the policy's schema reads them
 * @returns the fields, or what is wrong with each
 */
export function checkApplication(
  { amount: needed }: ApplicationDeclaration,
  { fields, amount, reason }: ApplicationContent,
  read: Read,
): { fields: Record<string, unknown>; issues: Issue[] } {
  const issues: Issue[] = [];
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  if (reason.trim() === '') say('reason', 'is empty');
  if (reason.length > 2000) say('reason', 'is longer than 2,000 characters');
  if (needed === 'REQUIRED' && !amount) say('amount', 'is missing: it is about money');
  if (needed !== 'REQUIRED' && amount) say('amount', 'is not asked for: it is about no money');
  if (amount) issues.push(...moneyIssues(amount, 'input.amount', 'POSITIVE'));
  if (JSON.stringify(fields ?? {}).length > MAX_FIELDS) say('fields', `are longer than ${MAX_FIELDS} characters`);
  for (const { path, message } of read.issues)
    say(['fields', ...path].join('.'), message.endsWith('received undefined') ? 'is missing' : message);
  return { fields: read.value, issues };
}
