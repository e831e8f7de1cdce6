import type { Channel } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import type { TaskProposal } from './answers.ts';
import { type DayPeriod, dayEnd, type PeriodLength, periodOf } from './calendar-days.ts';
import type { CareFacts } from './facts.ts';

/** Contact that a customer is owed once in each calendar period. */
export interface Cadence {
  /**
   * The task's key before the first day of its period; it tells the cadences of a policy apart. A month and a quarter may
   * begin on the same day: where the length differs by tier, so does the key.
   */
  readonly key: string;
  readonly every: PeriodLength;
  /** IANA name of the policy's zone, in whose days the period is counted. */
  readonly timeZone: string;
  readonly title: (period: DayPeriod) => Text;
  /** The channels that count, the usual one first; left out, any contact counts and a call is proposed. */
  readonly by?: readonly Channel[];
  /** RFC 3339: from when on the manager is warned where nobody made it; left out, nobody is. */
  readonly warnAt?: (period: DayPeriod) => string;
}

/**
 * The task of a cadence, for `care`: due at the end of the period in which today lies, done by any contact that counts, late
 * too. There is none once such contact was made within the period; contact before it does not count.
 */
export function cadence(
  { today, contacts }: Pick<CareFacts, 'today' | 'contacts'>,
  { key, every, timeZone, title, by, warnAt }: Cadence,
): TaskProposal[] {
  const period = periodOf(every, today);
  const { from, to } = period;
  if (contacts.some(({ on, channel }) => (by?.includes(channel) ?? true) && from <= on && on <= to)) return [];
  return [
    {
      key: `${key}:${from}`,
      title: title(period),
      origin: 'CADENCE',
      purpose: 'CARE',
      channel: by?.[0] ?? 'PHONE',
      period,
      metBy: { ...(by && { channels: [...by] }), late: true },
      ...(warnAt && { warnAt: warnAt(period) }),
      dueAt: dayEnd(to, timeZone),
    },
  ];
}
