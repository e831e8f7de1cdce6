import type { CLOCK_STARTS, ClockMetric, DayCount, PauseReason, Role } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';

/**
 * How long a clock may run.
 *
 * - `DURATION`: so many minutes of open time on the clock's calendar.
 * - `END_OF_DAY`: 23:59:59 local time (the calendar's zone) of the day that lies `days` days after the day of the
 *   start; 0 is the same day. `WORKING` counts only days on which the calendar opens.
 */
export type Target =
  | { readonly kind: 'DURATION'; readonly minutes: number }
  | { readonly kind: 'END_OF_DAY'; readonly days: number; readonly count: DayCount };

/** One promise: the policy's answer from which the platform makes one clock. JSON-safe. */
export interface ClockPromise {
  readonly metric: ClockMetric;
  readonly label: Text;
  readonly target: Target;
  /** `APPOINTMENT` starts the clock at the ticket's appointment; without an appointment it starts at receipt. */
  readonly from: (typeof CLOCK_STARTS)[number];
  /** A calendar that the policy declares, or `always` (24×7). */
  readonly calendar: string;
  /** Per cent of the target consumed at which someone is warned, ascending, each above 0 and below 100. */
  readonly atRisk: readonly number[];
  readonly pauses: readonly PauseReason[];
  /** Who hears of it. The ticket's assignee always does. */
  readonly audience: readonly Role[];
  readonly because: Text;
}

/** What a metric is called where the policy says nothing else. */
export const METRIC_LABELS: Readonly<Record<ClockMetric, Text>> = {
  FIRST_RESPONSE: { en: 'First response', zh: '首次响应' },
  RESOLUTION: { en: 'Resolution', zh: '解决' },
  NEXT_UPDATE: { en: 'Next update', zh: '下次进展通报' },
  FULFILMENT: { en: 'Fulfilment', zh: '开通完成' },
  CALLBACK: { en: 'Callback', zh: '回访' },
};
