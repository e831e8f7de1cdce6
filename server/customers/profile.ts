import { InvalidInput, type Issue } from '../errors.ts';
import type { Policy } from '../policy/contract.ts';
import type { CustomerKind } from '../policy/facts.ts';

/** The largest profile that is stored, in characters of JSON. */
const MAX_PROFILE = 16_384;

/**
 * The profile as the policy's schema for this kind of customer reads it.
 *
 * @throws {InvalidInput} a field breaks the schema, or the policy has no profile for this kind
 */
export function readProfile(
  policy: Policy,
  kind: CustomerKind,
  profile: unknown,
  path = 'input.profile',
): Record<string, unknown> {
  const schema = policy.profiles?.[kind];
  if (!schema) throw new InvalidInput([{ path, message: `is not used by ${policy.id} for ${kind} customers` }]);
  if (JSON.stringify(profile)?.length > MAX_PROFILE) {
    throw new InvalidInput([{ path, message: `is longer than ${MAX_PROFILE} characters` }]);
  }
  const read = schema.strict().safeParse(profile);
  if (read.success) {
    const profile = read.data as Record<string, unknown>;
    return { ...profile, ...policy.completeProfile?.(kind, profile) };
  }
  const issues: Issue[] = read.error.issues.map((issue) => ({
    path: [path, ...issue.path.map(String)].join('.'),
    message: issue.message,
  }));
  throw new InvalidInput(issues);
}

/** The profile without the fields that the policy calls sensitive: what a policy may know. */
export function openProfile(policy: Policy, profile: unknown): Record<string, unknown> {
  if (profile === null || typeof profile !== 'object') return {};
  return Object.fromEntries(Object.entries(profile).filter(([field]) => !policy.sensitive?.includes(field)));
}
