import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { noteRefusedRead } from '../../platform/audit/refused-read.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { NotFound, Refused } from '../../platform/values/errors.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { identifierPlace } from '../customers/identifiers.ts';
import { unsealProfile } from '../customers/profile.ts';

/** How long clear values may stand on a screen. */
const REVEAL_MINUTES = 5;
/** Reveals of one person within an hour. */
const REVEALS_PER_HOUR = 30;

/** The clear values of a customer's identifiers, once, for a reason; each reveal is in the audit trail. */
export async function revealCustomer(services: Services, caller: Caller, id: string, reason: string) {
  const { database, clock, sealer } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'revealCustomer');
  requireReason(reason, 'reason');
  const now = clock.now();
  const customer = await database.prisma.customer.findFirst({ where: { id, ...visible(actor) } });
  if (!customer) {
    noteRefusedRead(services, caller, id);
    throw new NotFound('Customer');
  }
  await inTransaction(database, async (tx) => {
    // One person's reveals wait for each other, so that parallel ones cannot pass the quota together.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`reveal ${actor.id}`}))`;
    const since = new Date(now.getTime() - 3_600_000);
    const count = await tx.auditEntry.count({
      where: { actorId: actor.id, action: 'REVEAL_CUSTOMER', at: { gt: since } },
    });
    if (count >= REVEALS_PER_HOUR) {
      throw Refused.because('REVEAL_QUOTA', `You revealed ${REVEALS_PER_HOUR} files within the last hour.`);
    }
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'REVEAL_CUSTOMER',
      subject: { type: 'Customer', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: id,
      reason,
    });
  });
  const clear = (sealed: string | null, field: string) => sealed && sealer.open(sealed, identifierPlace(id, field));
  const { sensitive = [] } = services.policies.get(customer.policyId)?.declaration ?? {};
  const known = Object.entries(unsealProfile(sealer, id, customer.profile));
  const profile = Object.fromEntries(known.filter(([field]) => sensitive.includes(field)));
  const { address } = profile;
  return {
    name: customer.name,
    phone: clear(customer.phoneSealed, 'phone'),
    email: clear(customer.emailSealed, 'email'),
    idNumber: clear(customer.idNumberSealed, 'idNumber'),
    address: typeof address === 'string' ? address : null,
    profile,
    expiresAt: new Date(now.getTime() + REVEAL_MINUTES * 60_000),
  };
}
