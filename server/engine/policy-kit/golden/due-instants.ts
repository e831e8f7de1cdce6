import { Temporal } from 'temporal-polyfill';
import { PAUSE_REASONS, type PauseReason } from '../../../platform/values/enums.ts';
import type { Answers } from '../../policy/answers.ts';
import type { Policy } from '../../policy/contract.ts';
import type { PromiseFacts } from '../../policy/facts.ts';
import { zoneOf } from '../../policy/line-zone.ts';
import { type CompiledCalendar, compileCalendar } from '../../sla/business-time.ts';
import { alwaysCalendar, calendarKey } from '../../sla/calendar.ts';
import { type ClockEvent, clocksOf } from '../../sla/clock.ts';
import { RowError } from './row-facts.ts';

/** From a row's `pauses`: until when nothing is counted, and why. */
interface Pause {
  readonly from: number;
  readonly to: number;
  readonly reason: PauseReason;
}

/**
 * The promises with the instants at which they fall due, in the policy's zone, as the platform counts them: from the instant at which
 * the ticket is opened, on the calendar of each, without its pauses.
 *
 * @param pauses `2026-03-02T10:00+08:00 2026-03-02T12:00+08:00 APPROVAL; ...`; waiting for the customer unless said
 * @throws {RowError} an instant or reason is none, or pauses do not follow each other
 */
export function withDueInstants(
  policy: Policy,
  { ticket, now }: Pick<PromiseFacts, 'ticket' | 'now'>,
  promises: Answers['promise'],
  pauses: string,
): (Answers['promise'][number] & { readonly dueAt: string | null })[] {
  const opened = instant('now', now);
  const appointmentAt = ticket.appointmentAt === null ? undefined : instant('appointmentAt', ticket.appointmentAt);
  const calendars = calendarsOf(policy, opened);
  const pinned = promises.map((promise) => ({
    ...promise,
    calendarKey: `${promise.calendar}@1`,
    policyVersion: '',
  }));
  const events: ClockEvent[] = [
    { at: opened, kind: 'OPENED', promises: pinned, ...(appointmentAt !== undefined && { appointmentAt }) },
    ...pausesIn(pauses, opened).flatMap(({ from, to, reason }): ClockEvent[] => [
      { at: from, kind: 'WAITING', reason },
      { at: to, kind: 'RESUMED' },
    ]),
  ];
  const clocks = clocksOf(events, (key) => calendars.get(key) ?? missing(key));
  return promises.map((promise) => {
    const clock = clocks.find(({ metric }) => metric === promise.metric);
    return { ...promise, dueAt: clock ? shownInstant(clock.dueAt, zoneOf(policy)) : null };
  });
}

/** Whether two texts are one instant, however its zone is written. */
export function isSameInstant(one: string, other: string): boolean {
  const [a, b] = [Date.parse(one), Date.parse(other)];
  return /\dT\d/.test(one) && /\dT\d/.test(other) && a === b;
}

const compiled = new WeakMap<object, CompiledCalendar>();

function calendarsOf(policy: Policy, opened: number): ReadonlyMap<string, CompiledCalendar> {
  const year = new Date(opened).getUTCFullYear();
  const declared = Object.entries(policy.calendars ?? {}).map(([id, calendar]) => ({
    declaration: calendar,
    definition: { ...calendar, id, version: 1, exceptions: [] },
  }));
  const all = [{ declaration: null, definition: alwaysCalendar(zoneOf(policy)) }, ...declared];
  return new Map(
    all.map(({ declaration, definition }) => {
      const known = declaration && compiled.get(declaration);
      const made = known ?? compileCalendar(definition, { fromYear: year - 1, toYear: year + 1 });
      if (declaration) compiled.set(declaration, made);
      return [calendarKey(definition), made];
    }),
  );
}

function missing(key: string): never {
  throw new RowError(`there is no calendar ${key}`);
}

function pausesIn(text: string, opened: number): Pause[] {
  if (text.trim() === '' || text === 'none') return [];
  let last = opened;
  return text.split(';').map((part) => {
    const [from = '', to = '', reason = 'WAITING_ON_CUSTOMER'] = part.trim().split(/\s+/);
    if (!(PAUSE_REASONS as readonly string[]).includes(reason))
      throw new RowError(`pauses: ${reason} is none of ${PAUSE_REASONS.join(', ')}`);
    const pause = { from: instant('pauses', from), to: instant('pauses', to), reason: reason as PauseReason };
    if (pause.from < last || pause.to < pause.from) throw new RowError('pauses: they do not follow each other');
    last = pause.to;
    return pause;
  });
}

/** @throws {RowError} it is none */
function instant(path: string, text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at) || !/\dT\d.*(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new RowError(`${path}: ${text} is no instant such as 2026-03-02T10:00:00+08:00`);
  return at;
}

function shownInstant(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.toString({ timeZoneName: 'never', smallestUnit: at % 1000 === 0 ? 'second' : 'millisecond' });
}
