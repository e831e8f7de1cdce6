import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { AlertKind, Role } from '../../../prisma/generated/client/enums.ts';
import { newId } from '../../platform/values/ids.ts';
import { instantText } from '../../platform/values/instant-text.ts';
import { fromJson } from '../../platform/values/json.ts';
import type { Text } from '../../platform/values/text.ts';
import type { AsRaised } from '../alert-log/row.ts';
import type { Target } from '../policy/promise.ts';
import { calendarKey } from './calendar.ts';
import type { PolicyCalendars } from './calendars.ts';
import { withHorizon } from './fire.ts';
import { startClock } from './schedule.ts';
import { lockSubjectClocks } from './sql.ts';

// Promises about something else than a ticket run on the clocks' engine: the same targets, calendars and at-risk points
// give the due instant, and the same sweep fires them, each moment once. They do not pause, and begin once.

/** How long something may take, as a policy says it. */
export interface Within {
  readonly target: Target;
  /** The policy whose calendar it is, where another answered in the subject's place. */
  readonly policyId?: string | undefined;
  /** A calendar that the policy declares, or `always`, which it is unless said. */
  readonly calendar?: string | undefined;
  /** Per cent of the target at which someone is warned. */
  readonly atRisk?: readonly number[] | undefined;
}

/** What is promised about whom, and who hears of it. */
export interface SubjectPromise {
  /** Stable: a promise that was made before is not made again. */
  readonly key: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly policyId: string;
  readonly branchId: string;
  readonly customer?: { readonly id: string; readonly tierRank: number | null } | null;
  readonly approvalId?: string | null;
  readonly assigneeId?: string | null;
  readonly alertKind: AlertKind;
  readonly label: Text;
  readonly audience: readonly Role[];
  readonly policyVersion: string;
  readonly within: Within;
}

/**
 * The row of a promise that is made at an instant.
 *
 * @throws {RangeError} the policy has no such calendar in force
 */
export function subjectClockRow(
  calendars: PolicyCalendars,
  promise: SubjectPromise,
  startedAt: Date,
): Prisma.SubjectClockUncheckedCreateInput {
  const { within, subject, label, audience, policyId, policyVersion, customer } = promise;
  const at = startedAt.getTime();
  const { definition } = calendars.inForce(within.policyId ?? policyId, within.calendar ?? 'always', at);
  const key = calendarKey(definition);
  const { dueAt, fires, beyondHorizon } = startClock(
    {
      promise: {
        metric: 'FULFILMENT',
        label,
        target: within.target,
        from: 'RECEIPT',
        calendar: within.calendar ?? 'always',
        calendarKey: key,
        atRisk: within.atRisk ?? [],
        pauses: [],
        audience,
        because: label,
        policyVersion,
      },
      cycle: 1,
      promisedAt: at,
      startedAt: at,
    },
    undefined,
    calendars.get,
  );
  return {
    id: newId(),
    key: promise.key,
    subjectType: subject.type,
    subjectId: subject.id,
    policyId,
    branchId: promise.branchId,
    customerId: customer?.id ?? null,
    tierRank: customer?.tierRank ?? null,
    approvalId: promise.approvalId ?? null,
    assigneeId: promise.assigneeId ?? null,
    alertKind: promise.alertKind,
    label: { ...label },
    state: 'RUNNING',
    startedAt,
    // A due instant that was given is reached in parts of minutes.
    dueAt: new Date(Math.round(dueAt)),
    fireAt: fires.map((fire) => new Date(Math.round(fire.at))),
    firePercent: fires.map((fire) => (fire.kind === 'BREACH' ? 100 : fire.percent)),
    nextFireAt: fires[0] ? new Date(Math.round(fires[0].at)) : null,
    calendarKey: key,
    timeZone: definition.timeZone,
    beyondHorizon,
    audience: [...audience],
    policyVersion,
  };
}

type Fired = Prisma.SubjectClockGetPayload<object>;

/** What of a clock fires by an instant. */
export function momentsUntil(
  { fireAt, firePercent }: Pick<Fired, 'fireAt' | 'firePercent'>,
  until: Date,
): { firedAt: Date; percent: number }[] {
  return fireAt.flatMap((firedAt, index) =>
    firedAt <= until ? [{ firedAt, percent: firePercent[index] ?? 100 }] : [],
  );
}

/** The alert of a moment; its key is the moment's, so that it is told once, by the sweep or by what ends the clock. */
export function subjectAlert(
  clock: Fired,
  { firedAt, percent }: { readonly firedAt: Date; readonly percent: number },
  at: Date,
): Prisma.AlertUncheckedCreateInput {
  const breached = percent >= 100;
  const label = fromJson<Text>(clock.label);
  const due = instantText(clock.dueAt, clock.timeZone);
  return {
    id: newId(),
    dedupeKey: `clock:${clock.id}:${percent}:${firedAt.getTime()}`,
    kind: clock.alertKind,
    severity: breached ? 'CRITICAL' : 'WARNING',
    raisedAt: at,
    message: withHorizon(
      breached
        ? { en: `${label.en}: was due on ${due.en} and is open.`, zh: `${label.zh}：应于 ${due.zh} 完成，已逾期。` }
        : {
            en: `${label.en}: ${percent} % of its time is used; due on ${due.en}.`,
            zh: `${label.zh}：已用时 ${percent} %，应于 ${due.zh} 完成。`,
          },
      clock.beyondHorizon,
    ),
    asRaised: {
      level: null,
      status: null,
      metric: null,
      state: breached ? 'BREACHED' : 'RUNNING',
      dueAt: clock.dueAt.toISOString(),
      percent,
      beyondHorizon: clock.beyondHorizon,
    } satisfies AsRaised,
    audience: clock.audience,
    policyId: clock.policyId,
    branchId: clock.branchId,
    customerId: clock.customerId,
    tierRank: clock.tierRank,
    approvalId: clock.approvalId,
    assigneeId: clock.assigneeId,
  };
}

/**
 * Ends the promises with the given keys: kept, or no longer owed. What had fallen due before and was not swept yet is told
 * now; what is kept at the due instant itself is kept in time.
 */
export async function endSubjectClocks(
  tx: Prisma.TransactionClient,
  keys: readonly string[],
  how: 'FULFILLED' | 'CANCELLED',
  at: Date,
): Promise<void> {
  if (keys.length === 0) return;
  await lockSubjectClocks(tx, keys);
  const clocks = await tx.subjectClock.findMany({ where: { key: { in: [...keys] }, endedAt: null } });
  for (const clock of clocks) {
    const moments = momentsUntil(clock, at);
    const late = clock.state === 'BREACHED' || moments.some(({ percent }) => percent >= 100);
    await tx.subjectClock.update({
      where: { id: clock.id },
      data: { state: late ? 'BREACHED' : how, endedAt: at, nextFireAt: null, fireAt: [], firePercent: [] },
      select: { id: true },
    });
    if (moments.length > 0)
      await tx.alert.createMany({
        data: moments.map((moment) => subjectAlert(clock, moment, at)),
        skipDuplicates: true,
      });
  }
}
