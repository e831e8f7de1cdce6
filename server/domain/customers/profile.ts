import type { Policy } from '../../engine/policy/contract.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import type { CustomerKind } from '../../platform/values/enums.ts';
import { InvalidInput } from '../../platform/values/errors.ts';

/** The largest profile that is stored, in characters of JSON. */
const MAX_PROFILE = 16_384;

/**
 * The profile as the policy's schema for this kind of customer reads it.
 *
 * @throws {InvalidInput} a field breaks the schema, or the policy has no profile for this kind
 * @throws {PolicyFailure} the plugin could not read it
 */
export async function readProfile(
  policies: Policies,
  policy: Policy,
  kind: CustomerKind,
  profile: unknown,
  path = 'input.profile',
): Promise<Record<string, unknown>> {
  if (!policy.profiles?.[kind])
    throw new InvalidInput([{ path, message: `is not used by ${policy.id} for ${kind} customers` }]);
  if (JSON.stringify(profile)?.length > MAX_PROFILE) {
    throw new InvalidInput([{ path, message: `is longer than ${MAX_PROFILE} characters` }]);
  }
  const read = await policies.read(policy.id, { of: 'PROFILE', kind, values: profile, complete: true });
  if (read.issues.length === 0) return read.value;
  throw new InvalidInput(read.issues.map((issue) => ({ ...issue, path: [path, ...issue.path].join('.') })));
}

/** The profile without the fields that the policy calls sensitive: what a policy may know. */
export function openProfile(policy: Policy, profile: unknown): Record<string, unknown> {
  if (profile === null || typeof profile !== 'object') return {};
  return Object.fromEntries(Object.entries(profile).filter(([field]) => !policy.sensitive?.includes(field)));
}

/** A profile's sensitive value at rest: the sealed JSON of the value. */
interface SealedValue {
  readonly sealed: string;
}

/** Whether a profile's value is sealed. */
export function isSealed(value: unknown): value is SealedValue {
  return typeof value === 'object' && value !== null && typeof (value as Partial<SealedValue>).sealed === 'string';
}

/** The place that a profile's field is sealed to. */
export function profilePlace(customerId: string, field: string): string {
  return `customer|profile.${field}|${customerId}`;
}

/** The profile as it is stored: sensitive fields are sealed, each to its customer and name. */
export function sealProfile(
  sealer: FieldCipher,
  policy: Policy,
  customerId: string,
  profile: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(profile).map(([field, value]) =>
      value == null || !policy.sensitive?.includes(field)
        ? [field, value]
        : [field, { sealed: sealer.seal(JSON.stringify(value), profilePlace(customerId, field)) }],
    ),
  );
}

/** The stored profile with its sensitive fields in clear; one that was stored before fields were sealed is as it was. */
export function unsealProfile(sealer: FieldCipher, customerId: string, profile: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries((profile ?? {}) as Record<string, unknown>).map(([field, value]) => [
      field,
      isSealed(value) ? (JSON.parse(sealer.open(value.sealed, profilePlace(customerId, field))) as unknown) : value,
    ]),
  );
}
