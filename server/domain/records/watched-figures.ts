import { Decimal } from 'decimal.js';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Act } from '../../engine/services/act.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import type { FigureRow } from '../customers/record-figures.ts';
import { followCustomerEvent } from './customer-events.ts';

/** Figures of a metric before a new one that a policy is told of. */
const BEFORE = 24;

/**
 * Tells the policy of new figures of the metrics that it watches, each with those that came before it, and gathers what follows: an
 * alert about an abnormal transaction, and a record of the measure against it (S04-bank-cm-regulations, A-083).
 */
export async function followFigures(act: Act, policy: InstalledPolicy, rows: readonly FigureRow[]): Promise<WriteSet> {
  const writes = new WriteSet();
  const watched = rows.filter(({ key }) => policy.declaration.metrics?.[key]?.watched);
  for (const { customerId, key: metric, value, asOf } of watched) {
    const [customer, figures] = await Promise.all([
      act.prisma.customer.findUnique({ where: { id: customerId }, select: CUSTOMER_FACTS }),
      act.prisma.figure.findMany({
        where: { customerId, key: metric, asOf: { lte: asOf } },
        orderBy: [{ asOf: 'desc' }, { recordedAt: 'desc' }],
        select: { asOf: true, value: true },
        take: BEFORE * 2,
      }),
    ]);
    if (!customer) continue;
    // Of a day that was corrected the latest record counts; the day of the new figure itself is no day before it.
    const days = new Map<number, Decimal>();
    for (const { asOf: day, value: was } of figures)
      if (day < asOf && !days.has(day.getTime())) days.set(day.getTime(), new Decimal(was.toFixed()));
    const isKnown = figures.some(
      (one) => one.asOf.getTime() === asOf.getTime() && new Decimal(value).eq(one.value.toFixed()),
    );
    if (isKnown) continue;
    const before = [...days.values()].slice(0, BEFORE).map((one) => one.toFixed());
    const day = asOf.toISOString().slice(0, 10);
    await followCustomerEvent(act, writes, {
      key: `figure:${customerId}:${metric}:${day}`,
      policy,
      customer,
      event: { kind: 'METRIC_RECORDED', metric, value: new Decimal(value).toFixed(), before },
    });
  }
  return writes;
}
