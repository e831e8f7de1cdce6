import type { Alert } from '../../../prisma/generated/client/client.ts';
import { maySeeAlert } from '../../engine/alert-log/stream.ts';
import { Act } from '../../engine/services/act.ts';
import { eachByItself, type PartlyDone, severalIds } from '../../engine/services/each-by-itself.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { addOpenTime } from '../../engine/sla/business-time.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict } from '../../platform/values/errors.ts';

/**
 * Takes an alert on. Of two people who do so together one wins; the other gets Conflict. Where the policy sets a business
 * time, the acknowledgement expires after it. It climbs no further, and a snooze of it is over.
 */
export async function acknowledgeAlert(
  services: Services,
  caller: Caller,
  id: string,
  note?: string | null,
): Promise<string> {
  const act = Act.begin(services, caller, 'acknowledgeAlert');
  const alert = await act.found('Alert', visibleAlert(act, id));
  const { policyId, branchId, customerId } = alert;
  const acknowledgementExpiresAt = expiryOf(act, policyId);
  await act.commit({
    audit: act.audit(
      'ACKNOWLEDGE_ALERT',
      { type: 'Alert', id, policyId, branchId, customerId },
      { reason: note ?? null },
    ),
    writes: new WriteSet().insert('alert_update', {
      alertId: id,
      change: 'ACKNOWLEDGED',
      at: act.now,
      byId: act.actor.id,
    }),
    alerts: true,
    async change(tx) {
      const { count } = await tx.alert.updateMany({
        where: { id, acknowledgedAt: null },
        data: {
          acknowledgedById: act.actor.id,
          acknowledgedAt: act.now,
          note: note?.trim() || null,
          acknowledgementExpiresAt,
          climbsAt: null,
          snoozedUntil: null,
        },
      });
      if (count === 0) throw new Conflict(null, 'Somebody acknowledged it before.');
    },
  });
  return id;
}

/** Takes several alerts on, each by itself: of one that somebody else has by now it is said, and the others are taken. */
export function acknowledgeAlerts(
  services: Services,
  caller: Caller,
  { ids, note }: { readonly ids: readonly string[]; readonly note?: string | null | undefined },
): Promise<PartlyDone> {
  requirePermission(caller.actor, 'acknowledgeAlert');
  return eachByItself(severalIds(ids), (id) => acknowledgeAlert(services, caller, id, note));
}

/** The alert, where the actor may see it. */
export async function visibleAlert({ prisma, actor }: Act, id: string): Promise<Alert | null> {
  const alert = await prisma.alert.findUnique({ where: { id } });
  return alert && maySeeAlert(actor, alert) ? alert : null;
}

/** When an acknowledgement of now expires; null where the policy sets no time. */
function expiryOf({ services, now }: Act, policyId: string): Date | null {
  const { policies, calendars } = services;
  const rule = policies.get(policyId)?.declaration.acknowledgement;
  if (!rule) return null;
  const calendar = calendars.inForce(policyId, rule.calendar, now.getTime());
  return new Date(addOpenTime(calendar, now.getTime(), rule.minutes * 60_000).at);
}
