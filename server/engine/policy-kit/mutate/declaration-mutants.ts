import { isDeepStrictEqual } from 'node:util';
import type {
  AccessScope,
  CalendarDeclaration,
  Hours,
  LifeCycle,
  Policy,
  SchemeDeclaration,
} from '../../policy/contract.ts';

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
    ...others(policy),
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
      ...misses(scheme).map(({ change, to }) => changed(['lifeCycle', 'missesBeforeDemotion'], change, to)),
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

/** A review more before a customer is demoted, of each tier where they differ. */
function misses(scheme: SchemeDeclaration): { readonly change: string; readonly to: SchemeDeclaration }[] {
  const { lifeCycle } = scheme;
  const declared = lifeCycle?.missesBeforeDemotion;
  if (declared === undefined) return [];
  const put = (missesBeforeDemotion: NonNullable<LifeCycle['missesBeforeDemotion']>): SchemeDeclaration => ({
    ...scheme,
    lifeCycle: { ...lifeCycle, missesBeforeDemotion },
  });
  if (typeof declared === 'number')
    return [{ change: 'a review more is missed before a demotion', to: put(declared + 1) }];
  return Object.entries(declared).map(([tier, count = 1]) => ({
    change: `${tier} misses a review more before a demotion`,
    to: put({ ...declared, [tier]: count + 1 }),
  }));
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

/** Zones one of which is far from any other: whatever is counted there ends at another instant. */
const OTHER_ZONES = ['Asia/Shanghai', 'America/New_York'] as const;

function otherZone(zone: string): string {
  return zone === OTHER_ZONES[0] ? OTHER_ZONES[1] : OTHER_ZONES[0];
}

function calendars(policy: Policy): DeclarationMutant[] {
  return Object.entries(policy.calendars ?? {}).flatMap(([id, calendar]) => {
    const put = (to: typeof calendar): Policy => ({ ...policy, calendars: { ...policy.calendars, [id]: to } });
    const holidays = calendar.holidays === 'CN' ? 'NONE' : 'CN';
    const zone = otherZone(calendar.timeZone);
    return [
      ...weeks(calendar.week).map(({ change, week }) => ({
        about: ['calendars', id, 'week'],
        change: `calendar ${id}: ${change}`,
        policy: put({ ...calendar, week }),
      })),
      {
        about: ['calendars', id, 'holidays'],
        change: `calendar ${id}: holidays ${calendar.holidays} become ${holidays}`,
        policy: put({ ...calendar, holidays }),
      },
      {
        about: ['calendars', id, 'timeZone'],
        change: `calendar ${id}: the zone ${calendar.timeZone} becomes ${zone}`,
        policy: put({ ...calendar, timeZone: zone }),
      },
    ];
  });
}

type Week = CalendarDeclaration['week'];
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const satisfies readonly (keyof Week)[];

/** A day that closes, one that opens, and the hours of each kind of day moved, or without their break. */
function weeks(week: Week): { readonly change: string; readonly week: Week }[] {
  const open = WEEKDAYS.filter((day) => (week[day]?.length ?? 0) > 0);
  const closed = WEEKDAYS.filter((day) => !open.includes(day));
  const [first] = open;
  const kinds = open.filter((day, index) => open.findIndex((one) => isDeepStrictEqual(week[one], week[day])) === index);
  return [
    ...open.map((day) => ({ change: `day ${day} is closed`, week: { ...week, [day]: [] } })),
    ...(first === undefined
      ? []
      : closed.map((day) => ({ change: `day ${day} is open`, week: { ...week, [day]: week[first] ?? [] } }))),
    ...kinds.flatMap((kind) =>
      hoursOf(week[kind] ?? []).map(({ change, hours }) => ({
        change: `day ${kind}: ${change}`,
        week: Object.fromEntries(
          Object.entries(week).map(([day, own]) => [day, isDeepStrictEqual(own, week[kind]) ? hours : own]),
        ),
      })),
    ),
  ];
}

function hoursOf(stretches: readonly Hours[]): { readonly change: string; readonly hours: readonly Hours[] }[] {
  const moved = stretches.flatMap((one, index) => [
    ...later(one.start).map((start) => ({
      change: `${one.start} becomes ${start}`,
      hours: stretches.with(index, { ...one, start }),
    })),
    ...later(one.end).map((end) => ({
      change: `${one.end} becomes ${end}`,
      hours: stretches.with(index, { ...one, end }),
    })),
  ]);
  const unbroken = stretches.slice(1).flatMap((next, index) => {
    const before = stretches[index];
    if (!before) return [];
    const joined = { start: before.start, end: next.end };
    return [
      { change: `the break from ${before.end} to ${next.start} is open`, hours: stretches.toSpliced(index, 2, joined) },
    ];
  });
  return [...moved, ...unbroken];
}

/** Half an hour later, where that is a time of the same day. */
function later(time: string): string[] {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const moved = hour * 60 + minute + 30;
  return moved >= 24 * 60
    ? []
    : [`${String(Math.floor(moved / 60)).padStart(2, '0')}:${String(moved % 60).padStart(2, '0')}`];
}

/** The zone in which the policy's days begin, and how many reviews below the bar a tier outlives. */
function others(policy: Policy): DeclarationMutant[] {
  const { timeZone } = policy;
  return timeZone === undefined
    ? []
    : [
        {
          about: ['timeZone'],
          change: `the zone ${timeZone} becomes ${otherZone(timeZone)}`,
          policy: { ...policy, timeZone: otherZone(timeZone) },
        },
      ];
}
