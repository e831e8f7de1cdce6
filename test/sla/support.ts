import { type CompiledCalendar, compileCalendar } from '../../server/engine/sla/business-time.ts';
import type { CalendarDefinition } from '../../server/engine/sla/calendar.ts';
import { alwaysCalendar, calendarKey } from '../../server/engine/sla/calendar.ts';
import type { ClockEvent } from '../../server/engine/sla/clock.ts';
import type { ClockReading, PinnedPromise } from '../../server/engine/sla/reading.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Epoch ms of a local time in Shanghai (`2026-03-02T08:00`), or of any time that names its offset. */
export function at(iso: string): number {
  return Date.parse(/Z$|[+-]\d\d:\d\d$/.test(iso) ? iso : `${iso}+08:00`);
}

/** The other way, for messages that can be read: Shanghai time. */
export function shown(ms: number): string {
  return new Date(ms + 8 * HOUR).toISOString().replace(':00.000Z', '').replace('.000Z', '');
}

const split = [
  { start: '09:00', end: '12:00' },
  { start: '13:30', end: '18:00' },
];

/** A hall in Shanghai: Monday to Friday, closed over lunch, statutory days observed. */
export const hall: CalendarDefinition = {
  id: 'hall',
  version: 1,
  label: { en: 'Service hall', zh: '营业厅' },
  timeZone: 'Asia/Shanghai',
  week: { 1: split, 2: split, 3: split, 4: split, 5: split },
  holidays: 'CN',
  exceptions: [],
};

/** The same hall, later without a lunch break. */
export const hallWithoutLunch: CalendarDefinition = {
  ...hall,
  version: 2,
  week: { 1: whole(), 2: whole(), 3: whole(), 4: whole(), 5: whole() },
};

function whole() {
  return [{ start: '09:00', end: '18:00' }];
}

/** A night desk, every night, no holidays. */
export const nights: CalendarDefinition = {
  id: 'nights',
  version: 1,
  label: { en: 'Night desk', zh: '夜间值班' },
  timeZone: 'Asia/Shanghai',
  week: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [day, [{ start: '22:00', end: '06:00' }]])),
  holidays: 'NONE',
  exceptions: [],
};

/** A desk in UTC without holidays, Monday to Friday. */
export const plain: CalendarDefinition = {
  ...hallWithoutLunch,
  id: 'plain',
  version: 1,
  timeZone: 'UTC',
  holidays: 'NONE',
};

export const always = alwaysCalendar('Asia/Shanghai');

export function compiled(definition: CalendarDefinition): CompiledCalendar {
  return compileCalendar(definition, { fromYear: 2026, toYear: 2026 });
}

/** Finds the calendars above, each compiled once for who asks through the same function. */
export function calendarsOf(): (key: string) => CompiledCalendar {
  const known = new Map(
    [hall, hallWithoutLunch, nights, plain, always].map((definition) => [
      calendarKey(definition),
      compiled(definition),
    ]),
  );
  return (key) => {
    const calendar = known.get(key);
    if (calendar === undefined) throw new Error(`no calendar ${key}`);
    return calendar;
  };
}

export const calendars = calendarsOf();

/** A promise with all said that a test does not care for. */
export function promise(given: Partial<PinnedPromise> & Pick<PinnedPromise, 'metric' | 'target'>): PinnedPromise {
  return {
    label: { en: given.metric, zh: given.metric },
    from: 'RECEIPT',
    calendar: 'always',
    calendarKey: 'always@1',
    policyVersion: 'test@1',
    atRisk: [80],
    pauses: given.metric === 'FIRST_RESPONSE' ? [] : ['WAITING_ON_CUSTOMER'],
    audience: [],
    because: { en: 'Promised.', zh: '承诺。' },
    ...given,
  };
}

export function hours(count: number): PinnedPromise['target'] {
  return { kind: 'DURATION', minutes: count * 60 };
}

export function endOfDays(days: number, count: 'CALENDAR' | 'WORKING' = 'CALENDAR'): PinnedPromise['target'] {
  return { kind: 'END_OF_DAY', days, count };
}

/** An event at a Shanghai time. */
export function event(time: string, kind: ClockEvent['kind'], more: Omit<ClockEvent, 'at' | 'kind'> = {}): ClockEvent {
  return { at: at(time), kind, ...more };
}

/** The one clock of a metric and cycle. */
export function clockOf(clocks: readonly ClockReading[], metric: ClockReading['metric'], cycle = 1): ClockReading {
  const clock = clocks.find((candidate) => candidate.metric === metric && candidate.cycle === cycle);
  if (clock === undefined) throw new Error(`no ${metric} ${cycle}`);
  return clock;
}

/** What a test knows to be there. */
export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}
