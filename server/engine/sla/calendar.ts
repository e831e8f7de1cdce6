import { Temporal } from 'temporal-polyfill';
import type { Text } from '../../platform/values/text.ts';
import type { CalendarDeclaration, Hours } from '../policy/contract/declarations.ts';
import type { HolidayCorrections } from './holidays.ts';

/** Monday is 1, Sunday is 7. */
export type IsoWeekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/**
 * What an operator says of one local date. It goes before the week and before the statutory days.
 *
 * - `CLOSED`: no hours begin on that date.
 * - `HOURS`: these hours instead of the usual ones; where the usual ones are cut, it is a holiday.
 * - `WORKING_DAY`: a make-up working day with the hours of weekday `like`.
 */
export type CalendarException =
  | { readonly date: string; readonly kind: 'CLOSED'; readonly because?: Text }
  | { readonly date: string; readonly kind: 'HOURS'; readonly hours: readonly Hours[]; readonly because?: Text }
  | { readonly date: string; readonly kind: 'WORKING_DAY'; readonly like: IsoWeekday; readonly because?: Text };

/**
 * One version of a calendar, as JSON-safe data. `week` has the local hours by ISO weekday, half-open and several a day;
 * an `end` at or before its `start` is on the next day, so `22:00` to `06:00` is a night shift, which belongs to the day
 * on which it begins, also where a holiday follows or precedes. `24:00` is the end of the day.
 *
 * A version never changes: a correction is a new one, and clocks keep the one that they were promised under.
 */
export interface CalendarDefinition extends CalendarDeclaration {
  readonly id: string;
  readonly version: number;
  readonly exceptions: readonly CalendarException[];
  /** Local date from which promises are made on this version; left out: always. */
  readonly effectiveFrom?: string;
  /** Local date from which promises are no longer made on it; left out: never. */
  readonly effectiveTo?: string;
  /** Whose hours a statutory make-up day has; left out: the first weekday that opens. */
  readonly makeUpLike?: IsoWeekday;
  /** What this version knows otherwise, or more, than the statutory table does. */
  readonly holidayCorrections?: HolidayCorrections;
}

const WHOLE_DAY: readonly Hours[] = [{ start: '00:00', end: '24:00' }];

/** The 24×7 calendar. Its zone only says where a day ends. */
export function alwaysCalendar(timeZone: string): CalendarDefinition {
  return {
    id: 'always',
    version: 1,
    label: { en: 'Around the clock', zh: '7×24 小时' },
    timeZone,
    week: { 1: WHOLE_DAY, 2: WHOLE_DAY, 3: WHOLE_DAY, 4: WHOLE_DAY, 5: WHOLE_DAY, 6: WHOLE_DAY, 7: WHOLE_DAY },
    holidays: 'NONE',
    exceptions: [],
  };
}

/** True where nothing is ever closed, whatever the calendar is called. */
export function isAroundTheClock(definition: CalendarDefinition): boolean {
  if (definition.holidays !== 'NONE' || definition.exceptions.length > 0) return false;
  return WEEKDAYS.every((weekday) => {
    const [first, ...more] = definition.week[weekday] ?? [];
    return more.length === 0 && first?.start === '00:00' && first.end === '24:00';
  });
}

export const WEEKDAYS: readonly IsoWeekday[] = [1, 2, 3, 4, 5, 6, 7];

/** What a promise is pinned to: `hall@2`. */
export function calendarKey({ id, version }: Pick<CalendarDefinition, 'id' | 'version'>): string {
  return `${id}@${version}`;
}

/**
 * The version on which a promise of this instant is made: the newest of those in force on its local date.
 *
 * @param versions versions of one calendar, in any order
 * @param at epoch milliseconds, UTC
 * @returns `undefined` where none is in force
 */
export function calendarInForce(versions: readonly CalendarDefinition[], at: number): CalendarDefinition | undefined {
  return newestOf(
    versions.filter((version) => {
      const { timeZone, effectiveFrom, effectiveTo } = version;
      // Nearly all calendars are for ever, and to know the local day costs more than all the rest.
      if (effectiveFrom === undefined && effectiveTo === undefined) return true;
      const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
      return isInForceOn(version, local.toPlainDate().toString());
    }),
  );
}

/** The version on which promises of a local date are made; `undefined` where none is in force. */
export function calendarOn(versions: readonly CalendarDefinition[], date: string): CalendarDefinition | undefined {
  return newestOf(versions.filter((version) => isInForceOn(version, date)));
}

/** ISO dates sort as text. */
function isInForceOn({ effectiveFrom, effectiveTo }: CalendarDefinition, date: string): boolean {
  return (effectiveFrom === undefined || effectiveFrom <= date) && (effectiveTo === undefined || date < effectiveTo);
}

function newestOf(versions: readonly CalendarDefinition[]): CalendarDefinition | undefined {
  return versions.reduce<CalendarDefinition | undefined>(
    (newest, next) => (newest === undefined || next.version > newest.version ? next : newest),
    undefined,
  );
}
