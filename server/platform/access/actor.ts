import type { Role } from '../values/enums.ts';
import type { Place } from './organisation.ts';

/** What a token lets a program (role SERVICE) do. */
export type ScopeName = 'metrics:write' | 'alerts:read' | 'customers:read';

/**
 * A scope as a token has it: `customers:read` for the program's own place, `customers:read:bank-vip` for a business line,
 * `customers:read:bank-vip:BK-A` for a branch and all below it (decision 0016).
 */
export type TokenScope = ScopeName | `${ScopeName}:${string}`;

/** What the scope lets do, and where. */
export function readScope(scope: TokenScope): { name: ScopeName; policyId: string | null; branchCode: string | null } {
  const [noun, verb, policyId = null, branchCode = null] = scope.split(':');
  return { name: `${noun}:${verb}` as ScopeName, policyId, branchCode };
}

/** Who acts: a person of the organisation in force at this moment, with what may be seen. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Posts of business lines, as `policy/POST`; left out of programs and of the platform itself. */
  readonly posts?: readonly string[];
  readonly branchId: string;
  readonly policyIds: readonly string[];
  readonly tokenScopes: readonly TokenScope[];
  /** When the token ends, epoch milliseconds; streams end then. */
  readonly expiresAt: number;
  readonly rows: RowScope;
  readonly place: Place;
  /** The rows that a program's other scopes reach; a person's are `rows`. */
  readonly reach?: Readonly<Partial<Record<ScopeName, RowScope>>>;
}

/** The customer-bound rows that an actor may see: one rule a business line. Empty means none. */
export interface RowScope {
  readonly lines: readonly { readonly policyId: string; readonly branchIds: ReadonlySet<string> | 'ALL' }[];
  /** Lines that the person would see with a confidentiality agreement. */
  readonly withoutAgreement?: readonly string[];
}
