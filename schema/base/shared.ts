import type { Decimal } from 'decimal.js';
import { CURRENCY } from '../../server/platform/values/money.ts';
import type { Builder } from './builder.ts';
import type { Enums } from './enums.ts';

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
  const CalendarType = builder
    .objectRef<{ id: string; timeZone: string; label: { en: string; zh: string } | null }>('Calendar')
    .implement({
      fields: (t) => ({
        id: t.exposeID('id'),
        label: t.string({
          args: { locale: t.arg({ type: enums.Locale }) },
          resolve: ({ id, label }, { locale }, context) =>
            label ? ((locale ?? context.locale) === 'ZH' ? label.zh : label.en) : id,
        }),
        timeZone: t.exposeString('timeZone', { description: 'IANA name.' }),
      }),
    });
  return { ProtectedText, Money, MoneyInput, PeriodInput, Calendar: CalendarType };
}

export type Shared = ReturnType<typeof addShared>;
