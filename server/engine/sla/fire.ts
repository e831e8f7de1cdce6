import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { ClockMetric, Role } from '../../platform/values/enums.ts';
import { instantText } from '../../platform/values/instant-text.ts';
import type { Text } from '../../platform/values/text.ts';
import { type AlertCustomer, alertAbout } from '../alert-log/raise.ts';
import { type AsRaised, BEYOND_HORIZON } from '../alert-log/row.ts';

/** A clock and its ticket, as far as an alert of theirs needs them. */
export interface FiringClock {
  readonly id: string;
  readonly ticketId: string;
  readonly serial: number | null;
  readonly metric: ClockMetric;
  readonly label: Text;
  readonly audience: readonly Role[];
  readonly dueAt: Date;
  /** Of the business line: in it the message says when it was due. */
  readonly timeZone: string;
  readonly beyondHorizon: boolean;
  /** The ticket's, when it fires. */
  readonly level: number;
  readonly status: string;
  /** Whoever works on the ticket hears of it beside the audience. */
  readonly assigneeId: string | null;
}

/**
 * The alert of a moment at which a clock fires. Its key is the moment's, so that it is told exactly once, whoever comes
 * first: the sweep or the event that ends the clock.
 *
 * @param percent of the target consumed; 100 is the breach
 * @param firedAt the instant for which it was due
 */
export function fireAlert(
  customer: AlertCustomer,
  clock: FiringClock,
  { percent, firedAt, at }: { readonly percent: number; readonly firedAt: Date; readonly at: Date },
): Prisma.AlertUncheckedCreateInput {
  const breached = percent >= 100;
  const due = instantText(clock.dueAt, clock.timeZone);
  const ticket = clock.serial === null ? '' : ` T-${clock.serial}`;
  const message: Text = breached
    ? {
        en: `${clock.label.en} of ticket${ticket} was due on ${due.en} and is open.`,
        zh: `工单${ticket}的${clock.label.zh}应于 ${due.zh} 完成，已超时。`,
      }
    : {
        en: `${clock.label.en} of ticket${ticket} has used ${percent} % of its time; due on ${due.en}.`,
        zh: `工单${ticket}的${clock.label.zh}已用时 ${percent} %，应于 ${due.zh} 完成。`,
      };
  const alert = alertAbout(customer, {
    key: `clock:${clock.id}:${percent}:${firedAt.getTime()}`,
    kind: breached ? 'SLA_BREACHED' : 'SLA_AT_RISK',
    severity: breached ? 'CRITICAL' : 'WARNING',
    message: withHorizon(message, clock.beyondHorizon),
    audience: clock.audience,
    at,
    ticketId: clock.ticketId,
    clockId: clock.id,
    assigneeId: clock.assigneeId,
    asRaised: asRaised(clock, breached ? 'BREACHED' : 'RUNNING', percent),
  });
  return { ...alert, awaitsReaction: true };
}

function asRaised(clock: FiringClock, state: AsRaised['state'], percent: number): AsRaised {
  const { level, status, metric, dueAt, beyondHorizon } = clock;
  return { level, status, metric, state, dueAt: dueAt.toISOString(), percent, beyondHorizon };
}

/** The message, and that the due instant may move where it may. */
export function withHorizon({ en, zh }: Text, beyondHorizon: boolean): { en: string; zh: string } {
  return beyondHorizon ? { en: `${en}${BEYOND_HORIZON.en}`, zh: `${zh}${BEYOND_HORIZON.zh}` } : { en, zh };
}

/** What was promised came, but after it was due. */
export function fulfilledLateAlert(
  customer: AlertCustomer,
  clock: FiringClock,
  { percent, at }: { readonly percent: number; readonly at: Date },
): Prisma.AlertUncheckedCreateInput {
  const ticket = clock.serial === null ? '' : ` T-${clock.serial}`;
  return alertAbout(customer, {
    key: `clock:${clock.id}:late`,
    kind: 'SLA_FULFILLED_LATE',
    severity: 'WARNING',
    message: {
      en: `${clock.label.en} of ticket${ticket} came after it was due.`,
      zh: `工单${ticket}的${clock.label.zh}超时后完成。`,
    },
    audience: clock.audience,
    at,
    ticketId: clock.ticketId,
    clockId: clock.id,
    assigneeId: clock.assigneeId,
    asRaised: asRaised(clock, 'BREACHED', percent),
  });
}
