import { policyBlockedAlert } from '../../engine/alert-log/raise.ts';
import type { PolicyHealth } from '../../engine/policy/running/plugin-health.ts';
import type { Job } from '../../engine/services/job.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { may } from '../../platform/access/permissions.ts';

/** How a policy does, with the reactions that it owes. */
export interface HealthWithOwed extends PolicyHealth {
  readonly policyId: string;
}

/** How a policy does on this node; null for whom its inside is no business of. */
export function policyHealth({ policies }: Services, actor: Actor, policyId: string): HealthWithOwed | null {
  return may(actor, 'previewPolicy') ? { policyId, ...policies.health(policyId) } : null;
}

/** Events on which the policy could not say what follows, and is asked again. */
export function owedReactions({ database }: Services, policyId: string): Promise<number> {
  return database.prisma.unsaidReaction.count({ where: { policyId } });
}

/** Tells of what is not asked any more on this node: at once when it happens, and by its job where that could not be written. */
export function blockedPolicies(): Job {
  const told = new Set<string>();
  return {
    name: 'policies.blocked',
    async run(services) {
      const blocked = services.policies.blocked().filter(({ spell }) => !told.has(spell));
      if (blocked.length === 0) return;
      await tellBlocked(services, blocked);
      for (const { spell } of blocked) told.add(spell);
    },
  };
}

/** Writes the alerts; whoever does so twice writes them once. */
export async function tellBlocked(services: Services, blocked = services.policies.blocked()): Promise<void> {
  const { actors, alerts, clock, database } = services;
  const { branches, officeOf } = await actors.organisation();
  const root = [...branches.values()].find(({ parentId }) => parentId === null)?.id;
  const rows = blocked.flatMap((one) => {
    const branchId = officeOf(one.policyId) ?? root;
    return branchId === undefined ? [] : [policyBlockedAlert(one.policyId, branchId, one, clock.now())];
  });
  const { count } = await database.prisma.alert.createMany({ data: rows, skipDuplicates: true });
  if (count > 0) alerts.wake();
}
