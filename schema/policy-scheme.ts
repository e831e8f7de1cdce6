import type { InstalledPolicy } from '../server/engine/policy/policies.ts';
import { rulesText } from '../server/engine/policy/rules-text.ts';
import { type Builder, inputError } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { SchemeValue, TierValue, TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';

/** Ways of grading, with their tiers, benefits and figures. */
export function addSchemes(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));

  refs.Benefit.implement({
    description: 'What a tier gives.',
    fields: (t) => ({
      code: t.exposeString('code'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      description: t.string({
        nullable: true,
        args: locale,
        resolve: ({ description }, args, context) =>
          description ? localised(description, args.locale, context) : null,
      }),
    }),
  });

  refs.Metric.implement({
    description: 'A figure that a core system delivers.',
    fields: (t) => ({
      key: t.exposeString('key'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      unit: t.exposeString('unit'),
      description: t.string({
        nullable: true,
        args: locale,
        resolve: ({ description }, args, context) =>
          description ? localised(description, args.locale, context) : null,
      }),
    }),
  });

  refs.Tier.implement({
    description: 'A tier of a scheme; a higher rank is the better tier.',
    fields: (t) => ({
      code: t.exposeString('code'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      rank: t.exposeInt('rank'),
      benefits: t.field({
        type: [refs.Benefit],
        resolve: ({ benefits = [], policyId }, _args, { services }) =>
          benefits.flatMap((code) => {
            const declared = services.policies.get(policyId)?.declaration.benefits?.[code];
            return declared ? [{ code, ...declared }] : [];
          }),
      }),
      contactEveryDays: t.int({ nullable: true, resolve: ({ contactEveryDays }) => contactEveryDays ?? null }),
    }),
  });

  const declared = (
    { policyId, id }: SchemeValue,
    policies: { get(policyId: string): InstalledPolicy | undefined },
  ) => {
    const scheme = policies.get(policyId)?.declaration.schemes?.[id];
    if (!scheme) throw inputError('schemeId', `${id} is not installed`);
    return scheme;
  };
  refs.Scheme.implement({
    description: 'A way of grading with its own tiers.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Its name, which no other scheme and no policy has.' }),
      label: t.string({
        args: locale,
        resolve: (scheme, args, context) =>
          localised(declared(scheme, context.services.policies).label, args.locale, context),
      }),
      customerKinds: t.field({
        type: [enums.CustomerKind],
        resolve: (scheme, _args, { services }) => [...declared(scheme, services.policies).customerKinds],
      }),
      tiers: t.field({
        type: [refs.Tier],
        description: 'The best tier first.',
        resolve: (scheme, _args, { services }) =>
          Object.entries(declared(scheme, services.policies).tiers)
            .map(([code, tier]): TierValue => ({ code, policyId: scheme.policyId, ...tier }))
            .sort((a, b) => b.rank - a.rank),
      }),
      metrics: t.field({
        type: [refs.Metric],
        description: 'The figures that an assessment shows.',
        resolve: (scheme, _args, { services }) => {
          const { metrics = {} } = services.policies.get(scheme.policyId)?.declaration ?? {};
          return (declared(scheme, services.policies).metrics ?? []).flatMap((key) =>
            metrics[key] ? [{ key, ...metrics[key] }] : [],
          );
        },
      }),
      rulesText: t.string({
        args: locale,
        description: 'The rules in words.',
        resolve: (scheme, args, context) => {
          const policy = context.services.policies.get(scheme.policyId);
          return policy ? localised(rulesText(policy, scheme.id), args.locale, context) : '';
        },
      }),
    }),
  });
}
