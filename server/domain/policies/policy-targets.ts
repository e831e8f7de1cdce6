import type { PromiseFacts } from '../../engine/policy/facts.ts';
import type { Services } from '../../engine/services/services.ts';
import type { CalendarDefinition } from '../../engine/sla/calendar.ts';
import { formatDuration } from '../../engine/sla/duration.ts';
import type { ClockMetric } from '../../platform/values/enums.ts';
import { NotConfigured } from '../../platform/values/errors.ts';
import type { Text } from '../../platform/values/text.ts';

/** What is promised at a level of a ticket type. */
export interface LevelTarget {
  readonly metric: ClockMetric;
  readonly label: Text;
  /** ISO 8601, open time of the calendar; null where the promise is the end of a day. */
  readonly duration: string | null;
  readonly calendar: CalendarDefinition;
  readonly warnAtPercent: readonly number[];
}

const ONE_LEVEL: Readonly<Record<number, Text>> = { 1: { en: 'Standard', zh: '标准' } };

/**
 * What a ticket type promises at each of its levels, to a customer of whom nothing is known: the policy itself is asked,
 * so the page can say nothing else than the tickets will. A level whose parameters are not set promises nothing yet.
 */
export async function levelTargets(
  { policies, calendars, clock }: Pick<Services, 'policies' | 'calendars' | 'clock'>,
  policyId: string,
  typeCode: string,
): Promise<{ level: number; label: Text; targets: LevelTarget[] }[]> {
  const levels = policies.get(policyId)?.declaration.ticketTypes?.[typeCode]?.levels ?? ONE_LEVEL;
  const now = clock.now();
  const rows = Object.entries(levels).map(([level, label]) => ({ level: Number(level), label }));
  const decisions = await policies.askMany(
    policyId,
    'promise',
    rows.map(({ level }) => bareTicket(typeCode, level, now)),
  );
  return rows.map(({ level, label }, index) => {
    const decision = decisions[index];
    if (decision instanceof NotConfigured) return { level, label, targets: [] };
    if (decision === undefined || decision instanceof Error) throw decision ?? new RangeError('there is no decision');
    const targets = decision.answer.map((promise): LevelTarget => {
      return {
        metric: promise.metric,
        label: promise.label,
        duration:
          promise.target.kind === 'DURATION' ? formatDuration(Math.round(promise.target.minutes * 60_000)) : null,
        calendar: calendars.inForce(decision.policyId, promise.calendar, now.getTime()).definition,
        warnAtPercent: promise.atRisk,
      };
    });
    return { level, label, targets };
  });
}

function bareTicket(type: string, level: number, now: Date): PromiseFacts {
  const openedAt = now.toISOString();
  return {
    now: openedAt,
    cause: 'OPENED',
    ticket: { type, level, case: null, channel: 'PHONE', openedAt, appointmentAt: null },
    customer: {
      kind: 'INDIVIDUAL',
      stage: 'FORMAL',
      grade: null,
      consent: { vipService: null, marketing: null },
      profile: {},
    },
  };
}
