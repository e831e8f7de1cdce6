import type { Policy, Role } from '../policy/contract.ts';

/** The roles that had to attend a meeting and did not. */
export function missingRoles(
  { meetings }: Pick<Policy, 'meetings'>,
  { kind, attendedBy }: { readonly kind: string; readonly attendedBy: readonly Role[] },
): Role[] {
  return (meetings?.kinds[kind]?.mustAttend ?? []).filter((role) => !attendedBy.includes(role));
}
