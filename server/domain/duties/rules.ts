import { addDays, type DayPeriod, dayEnd, instantAt, periodOf } from '../../engine/policy/calendar-days.ts';
import type { DutyDeclaration } from '../../engine/policy/contract.ts';

/**
 * The instant at which a duty of a period falls due: a local time of day, or 23:59:59 where the duty names none.
 *
 * @param timeZone IANA name
 */
export function dutyDueAt(
  { after, days, time }: DutyDeclaration['due'],
  { from, to }: DayPeriod,
  timeZone: string,
): Date {
  const day = addDays(after === 'BEGIN' ? from : to, days);
  return new Date(time === undefined ? dayEnd(day, timeZone) : instantAt(day, time, timeZone));
}

/** Whether the duty is about a period that is over: its task opens then, and not when the period begins. */
export function isOwedAfterwards({ due }: Pick<DutyDeclaration, 'due'>): boolean {
  return due.after === 'END' && due.days > 0;
}

/** The period whose duty is open on a day: the one that runs, or the last one that is over. */
export function openPeriod(duty: Pick<DutyDeclaration, 'due' | 'every'>, day: string): DayPeriod {
  return periodOf(duty.every, day, isOwedAfterwards(duty) ? -1 : 0);
}

/** The stable key of a duty's task: one for each period and holder. */
export function dutyKey(policyId: string, code: string, from: string, holderId: string): string {
  return `duty:${policyId}:${code}:${from}:${holderId}`;
}
