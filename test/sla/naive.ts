import type { CalendarDefinition } from '../../server/engine/sla/calendar.ts';
import type { ClockEvent } from '../../server/engine/sla/clock.ts';
import { always, at, DAY, hall, hallWithoutLunch, MINUTE, nights, plain } from './support.ts';

/**
 * The engine's opposite: no arrays, no sums, no library of its own. It looks at a wall clock once a minute and asks
 * whether the door is open. The holidays are copied by hand from the notice for 2026.
 */
const HOLIDAYS = new Set([
  '2026-09-25',
  '2026-09-26',
  '2026-09-27',
  ...Array.from({ length: 7 }, (_, i) => `2026-10-0${i + 1}`),
]);
const MADE_UP = new Set(['2026-09-20', '2026-10-10']);

interface WallTime {
  readonly date: string;
  readonly weekday: number;
  readonly minute: number;
}

function wallClock(timeZone: string): (ms: number) => WallTime {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
    hourCycle: 'h23',
  });
  return (ms) => {
    const [date = '', time = ''] = format.format(ms).split(', ');
    const weekday = new Date(`${date}T00:00Z`).getUTCDay() || 7;
    return { date, weekday, minute: Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5)) };
  };
}

function isOpenNaively({ week, holidays }: CalendarDefinition, date: string, weekday: number, minute: number): boolean {
  const works = (day: string, usual: number): number | undefined => {
    if (holidays === 'NONE') return usual;
    return HOLIDAYS.has(day) ? undefined : MADE_UP.has(day) ? 1 : usual;
  };
  const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  const hoursOf = (day: number | undefined) => (day === undefined ? [] : (week[day as 1] ?? []));
  const eve = new Date(Date.parse(`${date}T00:00Z`) - DAY).toISOString().slice(0, 10);
  const isOvernight = ({ start, end }: { start: string; end: string }) => minuteOf(end) <= minuteOf(start);
  return (
    hoursOf(works(date, weekday)).some(
      (h) => minute >= minuteOf(h.start) && (isOvernight(h) || minute < minuteOf(h.end)),
    ) || hoursOf(works(eve, weekday === 1 ? 7 : weekday - 1)).some((h) => isOvernight(h) && minute < minuteOf(h.end))
  );
}

/** The minutes of a stretch of time, looked at once. */
export function naiveCalendar(
  definition: CalendarDefinition,
  from: number,
  to: number,
  read = wallClock(definition.timeZone),
): (ms: number) => boolean {
  const open = new Uint8Array((to - from) / MINUTE);
  for (let i = 0; i < open.length; i++) {
    const { date, weekday, minute } = read(from + i * MINUTE);
    open[i] = isOpenNaively(definition, date, weekday, minute) ? 1 : 0;
  }
  return (ms) => {
    if (ms < from || ms >= to) throw new Error(`no naive minute ${ms}`);
    return open[Math.floor((ms - from) / MINUTE)] === 1;
  };
}

const SPAN = [at('2026-09-18T00:00'), at('2026-12-31T00:00')] as const;

/** The calendars of `support.ts`, by key. */
export function naiveCalendars(): ReadonlyMap<string, (ms: number) => boolean> {
  const shanghai = remembered(wallClock('Asia/Shanghai'));
  return new Map([
    ['hall@1', naiveCalendar(hall, ...SPAN, shanghai)],
    ['hall@2', naiveCalendar(hallWithoutLunch, ...SPAN, shanghai)],
    ['nights@1', naiveCalendar(nights, ...SPAN, shanghai)],
    ['plain@1', naiveCalendar(plain, ...SPAN)],
    ['always@1', naiveCalendar(always, ...SPAN, shanghai)],
  ]);
}

/** Looking at the wall is slow, and several calendars hang on one. */
function remembered(read: (ms: number) => WallTime): (ms: number) => WallTime {
  const known = new Map<number, WallTime>();
  return (ms) => {
    const time = known.get(ms) ?? read(ms);
    known.set(ms, time);
    return time;
  };
}

/**
 * Walks through a resolution clock minute by minute.
 *
 * @returns minutes counted until `until`, and when the target was reached: the end of the minute that filled it
 */
export function walk(events: readonly ClockEvent[], until: number, open: ReadonlyMap<string, (ms: number) => boolean>) {
  let waiting: string | undefined;
  let promise = events[0]?.promises?.[0];
  let counted = 0;
  let next = 0;
  let elapsed = 0;
  const filled: number[] = [];
  for (let now = events[0]?.at ?? 0; ; now += MINUTE) {
    for (; (events[next]?.at ?? Number.POSITIVE_INFINITY) <= now; next++) {
      const event = events[next];
      if (event?.kind === 'WAITING') waiting = event.reason;
      if (event?.kind === 'RESUMED') waiting = undefined;
      promise = event?.promises?.[0] ?? promise;
    }
    if (promise === undefined || promise.target.kind !== 'DURATION') throw new Error('not a history for this adder');
    if (now === until) elapsed = counted;
    const isLast = next >= events.length;
    const pauses: readonly string[] = promise.pauses;
    const isPaused = waiting !== undefined && pauses.includes(waiting);
    if (isLast && now >= until && (isPaused || counted >= promise.target.minutes)) {
      return { elapsed, isPaused, dueAt: isPaused ? undefined : filled[promise.target.minutes - 1] };
    }
    if (!isPaused && open.get(promise.calendarKey)?.(now)) {
      counted += 1;
      filled.push(now + MINUTE);
    }
  }
}
