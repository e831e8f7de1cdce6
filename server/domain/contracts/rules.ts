import type { PolicyDeclaration } from '../../engine/policy/contract.ts';
import type { Role } from '../../platform/values/enums.ts';
import type { Issue } from '../../platform/values/errors.ts';

/** A contract's name: year, number and type, as in `2026-0042-SERVICE` (S01-bank-relationship-dept, A-066). */
const NAME = /^\d{4}-\d{4}-\p{L}[\p{L}\p{N}_]{0,63}$/u;

/** The most characters of a contract's text. */
const MAX_CONTENT = 100_000;

/** What is wrong with a contract that is to be filed. */
export function checkContract({ name, content }: { readonly name: string; readonly content: string }): Issue[] {
  const issues: Issue[] = [];
  if (!NAME.test(name)) {
    issues.push({
      path: 'input.name',
      message: 'is not year-number-type: four digits, four digits, letters, e.g. 2026-0042-SERVICE',
    });
  }
  if (content.trim() === '') issues.push({ path: 'input.content', message: 'is empty' });
  if (content.length > MAX_CONTENT)
    issues.push({ path: 'input.content', message: `is longer than ${MAX_CONTENT} characters` });
  return issues;
}

/** Where a policy says nothing: the director opens archived contracts, a request holds for a day. Ours. */
const DEFAULT_ARCHIVE = { opensArchived: ['DIRECTOR'], requestHours: 24 } as const;

/** Who opens a line's archived contracts without asking, and for how many hours a request holds once it is approved. */
export function archiveOf({ archive }: Pick<PolicyDeclaration, 'archive'>): {
  readonly opensArchived: readonly Role[];
  readonly requestHours: number;
} {
  return archive ?? DEFAULT_ARCHIVE;
}

/** Until when an approved request opens the contract: not at that instant any more. */
export function grantEndsAt(decidedAt: Date, requestHours: number): Date {
  return new Date(decidedAt.getTime() + requestHours * 3_600_000);
}
