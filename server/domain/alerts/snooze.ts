import type { Alert } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { visibleAlert } from './acknowledge.ts';
import { climbsAt } from './climb.ts';
import { ladderOf, longestSnooze } from './ladder.ts';

export interface Snooze {
  readonly id: string;
  readonly until: Date;
  readonly reason: string;
}

/** Characters of a reason. */
const LONGEST_REASON = 500;

/**
 * Puts an alert off that nobody has taken on yet, with a reason. It hides nothing beyond what the policy says: the alert climbs at its
 * time all the same, and a snooze ends there at latest, or after the longest that the policy allows.
 *
 * @returns the alert's id
 * @throws {Refused} ALERT_TAKEN, ALERT_OVER, NO_SNOOZE
 * @throws {InvalidInput} no reason, or an end that is over or later than the policy lets it be
 */
export async function snoozeAlert(services: Services, caller: Caller, { id, until, reason }: Snooze): Promise<string> {
  const act = Act.begin(services, caller, 'snoozeAlert');
  const alert = await act.found('Alert', visibleAlert(act, id));
  // A reason is a word about the customer.
  if (alert.customerId)
    refuseErased(await act.prisma.customer.findUnique({ where: { id: alert.customerId }, select: { erasedAt: true } }));
  const text = reason.trim();
  const issues: Issue[] = [];
  if (text === '') issues.push({ path: 'input.reason', message: 'is empty' });
  if (text.length > LONGEST_REASON) issues.push({ path: 'input.reason', message: 'is longer than 500 characters' });
  if (until <= act.now) issues.push({ path: 'input.until', message: 'is over' });
  if (issues.length > 0) throw new InvalidInput(issues);
  if (alert.acknowledgedAt) throw refuse('ALERT_TAKEN');
  if (alert.endedAt) throw refuse('ALERT_OVER');
  const limit = latestEnd(services, alert, act.now);
  if (limit === null) throw refuse('NO_SNOOZE');
  if (until > limit)
    throw new InvalidInput([
      { path: 'input.until', message: `lies after ${limit.toISOString()}, until when the policy lets it be put off` },
    ]);
  const { policyId, branchId, customerId } = alert;
  await act.commit({
    audit: act.audit(
      'SNOOZE_ALERT',
      { type: 'Alert', id, policyId, branchId, customerId },
      { reason: text, changes: changesBetween({ snoozedUntil: alert.snoozedUntil }, { snoozedUntil: until }) },
    ),
    writes: new WriteSet().insert('alert_update', { alertId: id, change: 'SNOOZED', at: act.now, byId: act.actor.id }),
    alerts: true,
    async change(tx) {
      const { count } = await tx.alert.updateMany({
        where: { id, acknowledgedAt: null, endedAt: null, rung: alert.rung, awaitsLadder: alert.awaitsLadder },
        data: { snoozedUntil: until, snoozedById: act.actor.id, snoozeReason: text },
      });
      if (count === 0) throw new Conflict(null, 'It was taken on, ended or climbed in between.');
    },
  });
  return id;
}

/** Until when an alert may be put off at most: where it climbs, and where the policy's longest snooze ends. Null: not at all. */
function latestEnd(services: Services, alert: Alert, now: Date): Date | null {
  const { policyId, kind, raisedAt, awaitsLadder } = alert;
  const declared = services.policies.get(policyId)?.declaration;
  const [first] = ladderOf(declared, kind)?.rungs ?? [];
  const calendar = declared?.alerts?.calendar ?? 'always';
  const begins =
    awaitsLadder && first?.minutes ? climbsAt(services, policyId, { calendar }, raisedAt, first.minutes) : null;
  const climbs = alert.climbsAt ?? begins;
  const longest = longestSnooze(declared);
  const over = longest === null ? null : climbsAt(services, policyId, { calendar }, now, longest);
  if (climbs === null || over === null) return climbs ?? over;
  return climbs < over ? climbs : over;
}
