import { Decimal } from 'decimal.js';
import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import { nameDecisions } from '../../engine/policy/decisions/decision-row.ts';
import type { CustomerFacts } from '../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict } from '../../platform/values/errors.ts';
import { CURRENCY } from '../../platform/values/money.ts';
import { limitFacts } from './authority-limits.ts';
import { amountBefore, type CumulationScope, cumulationStart, holdCumulation } from './cumulation.ts';
import { type ApprovalRequest, addApproval } from './route.ts';

/** What is asked for, before it is known who decides. */
export interface Asking {
  readonly actor: Actor;
  readonly policy: InstalledPolicy;
  readonly kind: string;
  readonly branchId: string;
  readonly customer: AlertCustomer | null;
  readonly customerFacts: CustomerFacts | null;
  readonly planId: string | null;
  /** What is asked for anew: it does not add up with itself. */
  readonly subjectId?: string | null;
  readonly amount: { readonly amount: string; readonly currency: string } | null;
  /** What the policy's route may look at beside. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** Who would decide, and the amount by which that was chosen. */
export interface Routed {
  readonly route: Decision<'route'>;
  readonly before: Decimal;
  readonly cumulated: string | null;
}

/** How often a request is routed anew because another one came between. */
const TRIES = 3;

/** Asks the policy who decides, with what the amount adds up to. Writes nothing. */
export async function routeOf(services: Services, asking: Asking): Promise<Routed> {
  const { database, clock, policies, actors } = services;
  const { actor, policy, kind, amount, customerFacts } = asking;
  const now = clock.now();
  const organisation = await actors.organisation();
  const before = amount
    ? await amountBefore(database.prisma, scopeOf(asking, amount.currency), cumulationStart(policy, now))
    : new Decimal(0);
  const cumulated = amount ? before.plus(amount.amount).toFixed() : null;
  const route = await policies.ask(policy.declaration.id, 'route', {
    now: now.toISOString(),
    kind,
    amount: amount?.amount ?? null,
    cumulated,
    currency: amount?.currency ?? null,
    requester: { roles: actor.roles, atHeadOffice: organisation.headOffice(actor.branchId) === actor.branchId },
    customer: customerFacts,
    request: asking.request,
    limits: await limitFacts(database.prisma, policy, { kind, currency: amount?.currency ?? CURRENCY }, now),
  });
  return { route, before, cumulated };
}

/**
 * Opens an approval about what `effect` writes, in one transaction with it. Requests that add up are opened one after the
 * other: one that another came before is routed anew.
 *
 * @param effect what is written beside: rows added to `writes` go with the approval, the rest follows in the transaction
 * @throws {Conflict} others came between each time
 */
export async function openApproval(
  services: Services,
  asking: Asking,
  request: Pick<ApprovalRequest, 'subject' | 'reason' | 'emergency' | 'ratifyBy'> & {
    readonly request?: Prisma.InputJsonValue;
  },
  effect: {
    readonly add?: (writes: WriteSet, approvalId: string) => void;
    readonly after?: (tx: Prisma.TransactionClient, approvalId: string) => Promise<void>;
  },
): Promise<string> {
  const { database, clock, actors, calendars } = services;
  const { actor, policy, kind, branchId, customer, planId, amount } = asking;
  const organisation = await actors.organisation();
  for (let tries = 0; tries < TRIES; tries++) {
    const { route, before, cumulated } = await routeOf(services, asking);
    const now = clock.now();
    const writes = new WriteSet();
    const about = { kind, policyId: policy.declaration.id, branchId, customer, planId, amount, cumulated };
    const approvalId = addApproval(writes, {
      request: { ...request, ...about, requestedById: actor.id },
      route,
      organisation,
      calendars,
      at: now,
    });
    effect.add?.(writes, approvalId);
    nameDecisions(writes);
    const opened = await inTransaction(database, async (tx) => {
      if (amount) {
        const scope = scopeOf(asking, amount.currency);
        await holdCumulation(tx, scope);
        if (!(await amountBefore(tx, scope, cumulationStart(policy, now))).eq(before)) return false;
      }
      await writes.execute(tx);
      await effect.after?.(tx, approvalId);
      return true;
    });
    if (!opened) continue;
    services.alerts.wake();
    return approvalId;
  }
  throw new Conflict(null, 'Other requests that add up with this one came in between.');
}

function scopeOf(
  { policy, kind, customer, planId, actor, subjectId = null }: Asking,
  currency: string,
): CumulationScope {
  return {
    policyId: policy.declaration.id,
    kinds: [kind],
    currency,
    customerId: customer?.id ?? null,
    planId,
    requestedById: actor.id,
    subjectId,
  };
}
