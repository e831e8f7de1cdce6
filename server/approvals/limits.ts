import { dateIn } from '../days.ts';
import type { AuthorityLimit, PrismaClient } from '../generated/prisma/client.ts';
import type { Role } from '../generated/prisma/enums.ts';
import { groupBy } from '../group-by.ts';
import type { InstalledPolicy } from '../policy/policies.ts';

/** The limits in force on a day: of each role the one that began last. */
export function limitsInForce<L extends Pick<AuthorityLimit, 'role' | 'validFrom' | 'decidedAt'>>(
  limits: readonly L[],
  today: Date,
): L[] {
  const byRole = new Map<Role, L>();
  const ascending = limits
    .filter(({ validFrom }) => validFrom <= today)
    .toSorted((a, b) => a.validFrom.getTime() - b.validFrom.getTime() || a.decidedAt.getTime() - b.decidedAt.getTime());
  for (const limit of ascending) byRole.set(limit.role, limit);
  return [...byRole.values()];
}

/** The authority limits of a kind of request, as a policy's route takes them. */
export async function limitFacts(
  prisma: Pick<PrismaClient, 'authorityLimit'>,
  policy: InstalledPolicy,
  kind: string,
  now: Date,
): Promise<{ role: Role; upTo: string | null }[]> {
  const limits = await allLimitFacts(prisma, policy, now);
  return limits.filter((limit) => limit.kind === kind).map(({ role, upTo }) => ({ role, upTo }));
}

/** The authority limits in force, of each kind of request. */
export async function allLimitFacts(
  prisma: Pick<PrismaClient, 'authorityLimit'>,
  { declaration }: InstalledPolicy,
  now: Date,
): Promise<{ kind: string; role: Role; upTo: string | null }[]> {
  const limits = await prisma.authorityLimit.findMany({ where: { policyId: declaration.id } });
  const today = dateIn(now, declaration.timeZone ?? 'Asia/Shanghai');
  return [...groupBy(limits, ({ kind }) => kind)].flatMap(([kind, ofKind]) =>
    limitsInForce(ofKind, today).map(({ role, upTo }) => ({ kind, role, upTo: upTo?.toFixed() ?? null })),
  );
}
