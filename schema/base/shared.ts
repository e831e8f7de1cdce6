import type { Decimal } from 'decimal.js';
import { type CalendarDefinition, calendarKey } from '../../server/engine/sla/calendar.ts';
import { toGlobalId } from '../../server/platform/values/ids.ts';
import { CURRENCY } from '../../server/platform/values/money.ts';
import type { Builder } from './builder.ts';
import type { Enums } from './enums.ts';
import { localised } from './text.ts';

/** A value that leaves masked unless it was revealed. */
export interface Protected {
  readonly text: string | null;
  readonly withheld: boolean;
}

/** A mask as clients get it; nothing stored is nothing withheld. */
export function masked(mask: string | null): Protected {
  return { text: mask, withheld: mask !== null };
}

export interface MoneyValue {
  readonly amount: string | Decimal | { toFixed(): string };
  readonly currency: string;
}

/** Types that several slices name. */
export function addShared(builder: Builder, enums: Enums) {
  const ProtectedText = builder.objectRef<Protected>('ProtectedText').implement({
    description: 'A value that may not be seen in clear: masked, or null with `withheld` true.',
    fields: (t) => ({
      text: t.exposeString('text', { nullable: true }),
      withheld: t.exposeBoolean('withheld'),
    }),
  });
  const Money = builder.objectRef<MoneyValue>('Money').implement({
    fields: (t) => ({
      amount: t.expose('amount', { type: 'Decimal' }),
      currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    }),
  });
  const MoneyInput = builder.inputType('MoneyInput', {
    fields: (t) => ({
      amount: t.field({ type: 'Decimal', required: true }),
      currency: t.string({ defaultValue: CURRENCY }),
    }),
  });
  const PeriodInput = builder.inputType('PeriodInput', {
    description: 'Days, both included.',
    fields: (t) => ({ from: t.field({ type: 'Date', required: true }), to: t.field({ type: 'Date', required: true }) }),
  });
  const CalendarType = addCalendar(builder, enums);
  return { ProtectedText, Money, MoneyInput, PeriodInput, Calendar: CalendarType };
}

export type Shared = ReturnType<typeof addShared>;

function addCalendar(builder: Builder, enums: Enums) {
  return builder.objectRef<CalendarDefinition>('Calendar').implement({
    description: 'A version of a calendar: the newest of a policy, or the one that a clock was promised on.',
    fields: (t) => ({
      id: t.id({ resolve: (version) => toGlobalId('Calendar', calendarKey(version)) }),
      code: t.string({ description: 'Its name within its policy.', resolve: (version) => codeOf(version) }),
      version: t.exposeInt('version', { description: 'What `reviseCalendar` expects, where it is the newest.' }),
      label: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        resolve: ({ label }, { locale }, context) => localised(label, locale, context),
      }),
      timeZone: t.exposeString('timeZone', { description: 'IANA name.' }),
      week: t.field({
        type: 'JSON',
        description: 'Hours by ISO weekday, as `reviseCalendar` takes them.',
        resolve: ({ week }) => week,
      }),
      exceptions: t.field({
        type: 'JSON',
        description: 'Dates that are otherwise, as `reviseCalendar` takes them.',
        resolve: ({ exceptions }) => exceptions,
      }),
      keepsHolidays: t.boolean({
        description: 'Closed on the statutory days off.',
        resolve: ({ holidays }) => holidays !== 'NONE',
      }),
      effectiveFrom: t.field({
        type: 'Date',
        nullable: true,
        description: 'From when promises are made on this version; null: always.',
        resolve: ({ effectiveFrom }) => (effectiveFrom ? new Date(effectiveFrom) : null),
      }),
    }),
  });
}

/** The calendar's name within its policy: `hall` of `telecom-vip/hall`. */
function codeOf({ id }: CalendarDefinition): string {
  return id.slice(id.indexOf('/') + 1);
}
