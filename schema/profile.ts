import type { Policy } from '../server/engine/policy/contract.ts';
import { profileFields } from '../server/engine/policy/profile-fields.ts';
import type { Builder } from './base/builder.ts';
import type { ProfileValue, TypeRefs } from './base/refs.ts';
import { masked, type Shared } from './base/shared.ts';

/** `bank-vip` and `INDIVIDUAL` give `BankVipIndividualProfile`. */
export function profileTypeName(policyId: string, kind: string): string {
  const words = [...policyId.split('-'), kind.toLowerCase(), 'profile'];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** An object type per policy and kind of customer, made from the plugin's zod schemas; sensitive fields leave masked. */
export function addProfiles(builder: Builder, shared: Shared, refs: TypeRefs, policies: readonly Policy[]): void {
  refs.Profile.implement({
    description: "A policy's own fields of a customer.",
    resolveType: ({ policyId, kind }) => profileTypeName(policyId, kind),
    fields: (t) => ({
      policyId: t.exposeID('policyId'),
    }),
  });
  for (const policy of policies) {
    for (const [kind, schema] of Object.entries(policy.profiles ?? {})) {
      if (!schema) continue;
      builder.objectRef<ProfileValue>(profileTypeName(policy.id, kind)).implement({
        description: `What ${policy.id} keeps of ${kind} customers.`,
        interfaces: [refs.Profile],
        fields: (t) =>
          Object.fromEntries(
            profileFields(schema).map(({ name, type, list, description }) => {
              const options = { nullable: true as const, ...(description && { description }) };
              if (policy.sensitive?.includes(name)) {
                return [
                  name,
                  t.field({
                    ...options,
                    type: shared.ProtectedText,
                    resolve: ({ fields }) => (fields[name] == null ? null : { ...masked(null), withheld: true }),
                  }),
                ];
              }
              const resolve = ({ fields }: ProfileValue) => fields[name] ?? null;
              return [
                name,
                list
                  ? t.field({
                      ...options,
                      type: [type],
                      resolve: ({ fields }) => (fields[name] ?? null) as unknown[] | null,
                    })
                  : t.field({ ...options, type, resolve }),
              ];
            }),
          ),
      });
    }
  }
}
