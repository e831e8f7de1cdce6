import type { AuthorityLimit, PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Role } from '../../../prisma/generated/client/enums.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { dateIn } from '../../platform/values/days.ts';
import { groupBy } from '../../platform/values/group-by.ts';

/** The limits in force on a day: of each role and currency the one that began last. */
export function limitsInForce<L extends Pick<AuthorityLimit, 'role' | 'currency' | 'validFrom' | 'decidedAt'>>(
  limits: readonly L[],
  today: Date,
): L[] {
  const latest = new Map<string, L>();
  const ascending = limits
    .filter(({ validFrom }) => validFrom <= today)
    .toSorted((a, b) => a.validFrom.getTime() - b.validFrom.getTime() || a.decidedAt.getTime() - b.decidedAt.getTime());
  for (const limit of ascending) latest.set(`${limit.role} ${limit.currency}`, limit);
  return [...latest.values()];
}

/** The authority limits of a kind of request and a currency, as a policy's route takes them. */
export async function limitFacts(
  prisma: Pick<PrismaClient, 'authorityLimit'>,
  policy: InstalledPolicy,
  { kind, currency }: { readonly kind: string; readonly currency: string },
  now: Date,
): Promise<{ role: Role; upTo: string | null }[]> {
  const limits = await allLimitFacts(prisma, policy, currency, now);
  return limits.filter((limit) => limit.kind === kind).map(({ role, upTo }) => ({ role, upTo }));
}

/** The authority limits of a currency that are in force, of each kind of request: there are no rates, so others say nothing. */
export async function allLimitFacts(
  prisma: Pick<PrismaClient, 'authorityLimit'>,
  { declaration }: InstalledPolicy,
  currency: string,
  now: Date,
): Promise<{ kind: string; role: Role; upTo: string | null }[]> {
  const limits = await prisma.authorityLimit.findMany({ where: { policyId: declaration.id, currency } });
  const today = dateIn(now, zoneOf(declaration));
  return [...groupBy(limits, ({ kind }) => kind)].flatMap(([kind, ofKind]) =>
    limitsInForce(ofKind, today).map(({ role, upTo }) => ({ kind, role, upTo: upTo?.toFixed() ?? null })),
  );
}
