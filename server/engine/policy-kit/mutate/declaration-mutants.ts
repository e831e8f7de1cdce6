import type { AccessScope, Policy, SchemeDeclaration } from '../../policy/contract.ts';

/** A declaration with one thing changed. */
export interface DeclarationMutant {
  readonly about: readonly string[];
  readonly change: string;
  readonly policy: Policy;
}

const NEXT_ACCESS: Readonly<Record<AccessScope, AccessScope>> = {
  OWN_BRANCH: 'BRANCH_AND_BELOW',
  BRANCH_AND_BELOW: 'CENTRAL',
  CENTRAL: 'OWN_BRANCH',
};

/** Small changes of what is declared beside the rules: defaults, benefits, ranks, consent, masking, access, hours. */
export function declarationMutants(policy: Policy): DeclarationMutant[] {
  return [
    ...defaults(policy),
    ...schemes(policy),
    ...(policy.sensitive ?? []).map((field, index) => ({
      about: ['sensitive', `'${field}'`],
      change: `${field} is not sensitive`,
      policy: { ...policy, sensitive: (policy.sensitive ?? []).toSpliced(index, 1) },
    })),
    {
      about: [`'${policy.access}'`],
      change: `access ${policy.access} becomes ${NEXT_ACCESS[policy.access]}`,
      policy: { ...policy, access: NEXT_ACCESS[policy.access] },
    },
    ...calendars(policy),
  ];
}

/** Default numbers one higher and one lower, as far as their schemas take them. */
function defaults(policy: Policy): DeclarationMutant[] {
  return Object.entries(policy.parameters ?? {}).flatMap(([key, declared]) => {
    const preset = declared.default;
    const number = Number(preset);
    if (preset === undefined || typeof preset === 'boolean' || preset === '' || !Number.isFinite(number)) return [];
    return [number + 1, number - 1]
      .map((moved) => (typeof preset === 'string' ? String(moved) : moved))
      .filter((moved) => declared.schema.safeParse(moved).success)
      .map((moved) => ({
        about: ['parameters', key, 'default'],
        change: `the default of ${key}, ${String(preset)}, becomes ${moved}`,
        policy: { ...policy, parameters: { ...policy.parameters, [key]: { ...declared, default: moved } } },
      }));
  });
}

function schemes(policy: Policy): DeclarationMutant[] {
  return Object.entries(policy.schemes ?? {}).flatMap(([id, scheme]) => {
    const changed = (about: readonly string[], change: string, to: SchemeDeclaration): DeclarationMutant => ({
      about: ['schemes', id, ...about],
      change: `scheme ${id}: ${change}`,
      policy: { ...policy, schemes: { ...policy.schemes, [id]: to } },
    });
    const { needsRealName, ...unnamed } = scheme;
    const { needsConsent, reviewMonths, customerKinds } = scheme;
    return [
      ...tiers(scheme).map(({ about, change, to }) => changed(about, change, to)),
      changed([], needsConsent ? 'needs no consent' : 'needs consent', { ...scheme, needsConsent: !needsConsent }),
      ...(needsRealName ? [changed([], 'needs no real name', unnamed)] : []),
      ...(reviewMonths
        ? [changed(['reviewMonths'], 'is reviewed a month later', { ...scheme, reviewMonths: reviewMonths + 1 })]
        : []),
      ...(customerKinds.length > 1
        ? customerKinds.map((kind, index) =>
            changed([`'${kind}'`], `is not for ${kind} customers`, {
              ...scheme,
              customerKinds: customerKinds.toSpliced(index, 1),
            }),
          )
        : []),
    ];
  });
}

function tiers(scheme: SchemeDeclaration): { about: readonly string[]; change: string; to: SchemeDeclaration }[] {
  const entries = Object.entries(scheme.tiers);
  const put = (...changed: (readonly [string, SchemeDeclaration['tiers'][string]])[]): SchemeDeclaration => ({
    ...scheme,
    tiers: { ...scheme.tiers, ...Object.fromEntries(changed) },
  });
  const benefits = entries.flatMap(([code, tier]) =>
    (tier.benefits ?? []).map((benefit, index) => ({
      about: [code, `'${benefit}'`],
      change: `${code} loses ${benefit}`,
      to: put([code, { ...tier, benefits: (tier.benefits ?? []).toSpliced(index, 1) }]),
    })),
  );
  const contact = entries.flatMap(([code, tier]) =>
    tier.contactEveryDays === undefined
      ? []
      : [
          {
            about: [code, 'contactEveryDays'],
            change: `${code} is contacted a day later`,
            to: put([code, { ...tier, contactEveryDays: tier.contactEveryDays + 1 }]),
          },
        ],
  );
  const ranks = entries.slice(1).flatMap(([code, tier], index) => {
    const [other, before] = entries[index] ?? [];
    if (other === undefined || before === undefined) return [];
    return [
      {
        about: [code],
        change: `the ranks of ${other} and ${code} are exchanged`,
        to: put([other, { ...before, rank: tier.rank }], [code, { ...tier, rank: before.rank }]),
      },
    ];
  });
  return [...benefits, ...contact, ...ranks];
}

function calendars(policy: Policy): DeclarationMutant[] {
  return Object.entries(policy.calendars ?? {}).flatMap(([id, calendar]) => {
    const days = ([1, 2, 3, 4, 5, 6, 7] as const).filter((day) => day in calendar.week);
    const put = (to: typeof calendar): Policy => ({ ...policy, calendars: { ...policy.calendars, [id]: to } });
    const holidays = calendar.holidays === 'CN' ? 'NONE' : 'CN';
    return [
      ...days.map((day) => ({
        about: ['calendars', id],
        change: `calendar ${id}: day ${day} is closed`,
        policy: put({ ...calendar, week: { ...calendar.week, [day]: [] } }),
      })),
      {
        about: ['calendars', id, 'holidays'],
        change: `calendar ${id}: holidays ${calendar.holidays} become ${holidays}`,
        policy: put({ ...calendar, holidays }),
      },
    ];
  });
}
