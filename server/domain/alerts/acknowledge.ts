import { maySeeAlert } from '../../engine/alert-log/stream.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { addOpenTime } from '../../engine/sla/business-time.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, NotFound } from '../../platform/values/errors.ts';

/**
 * Takes an alert on. Of two people who do so together one wins; the other gets Conflict. Where the policy sets a business
 * time, the acknowledgement expires after it.
 */
export async function acknowledgeAlert(
  services: Services,
  caller: Caller,
  id: string,
  note?: string | null,
): Promise<string> {
  const { database, clock, policies, calendars } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'acknowledgeAlert');
  const now = clock.now();
  const alert = await database.prisma.alert.findUnique({ where: { id } });
  if (!alert || !maySeeAlert(actor, alert)) throw new NotFound('Alert');
  const rule = policies.get(alert.policyId)?.declaration.acknowledgement;
  const expiresAt = rule
    ? new Date(
        addOpenTime(
          calendars.inForce(alert.policyId, rule.calendar, now.getTime()),
          now.getTime(),
          rule.minutes * 60_000,
        ).at,
      )
    : null;
  await inTransaction(database, async (tx) => {
    const { count } = await tx.alert.updateMany({
      where: { id, acknowledgedAt: null },
      data: {
        acknowledgedById: actor.id,
        acknowledgedAt: now,
        note: note?.trim() || null,
        acknowledgementExpiresAt: expiresAt,
      },
    });
    if (count === 0) throw new Conflict(null, 'Somebody acknowledged it before.');
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'ACKNOWLEDGE_ALERT',
      subject: { type: 'Alert', id },
      policyId: alert.policyId,
      branchId: alert.branchId,
      customerId: alert.customerId,
      reason: note ?? null,
    });
  });
  return id;
}
