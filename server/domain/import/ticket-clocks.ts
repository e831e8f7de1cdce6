import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { type ClockOwner, clockRow, summaryOf } from '../../engine/sla/clock-row.ts';
import { newId } from '../../platform/values/ids.ts';
import { foldOf } from '../tickets/fold.ts';
import type { ImportServices } from './kind.ts';

type FoldedEvent = Parameters<typeof foldOf>[0][number];

/**
 * The clocks of a ticket that comes with its history. Moments that had passed before it came raise no alert, for nobody
 * could have been told and a file of old tickets would flood the duty officer: an open clock past an at-risk point is at
 * risk, one past its due instant is breached as of that instant, both silently. What lies in the future fires as usual.
 */
export function importedClocks(
  events: readonly FoldedEvent[],
  owner: ClockOwner,
  { calendars, now }: Pick<ImportServices, 'calendars'> & { readonly now: Date },
): { readonly rows: readonly Prisma.SlaClockUncheckedCreateInput[]; readonly summary: ReturnType<typeof summaryOf> } {
  const { clocks } = foldOf(events, calendars.get);
  const asOf = { calendars: calendars.get, at: now };
  const rows = clocks.map((reading) => past(clockRow(newId(), reading, owner, asOf) as ClockRow, now));
  return { rows, summary: summaryOf(rows) };
}

type ClockRow = Omit<Prisma.SlaClockUncheckedCreateInput, 'fireAt' | 'firePercent'> & {
  readonly dueAt: Date;
  readonly fireAt: Date[];
  readonly firePercent: number[];
  readonly atRisk: boolean;
  readonly fulfilledAt: Date | null;
  readonly cancelledAt: Date | null;
};

/** The row without what would have fired by now, as the sweep leaves it (server/engine/sla/sweep.ts). */
function past(row: ClockRow, now: Date): ClockRow {
  const gone = row.fireAt.filter((at) => at <= now).length;
  if (gone === 0) return row;
  const breached = row.firePercent.slice(0, gone).some((percent) => percent >= 100);
  return {
    ...row,
    fireAt: row.fireAt.slice(gone),
    firePercent: row.firePercent.slice(gone),
    nextFireAt: row.fireAt[gone] ?? null,
    atRisk: true,
    ...(breached && { state: 'BREACHED' as const, breachedAt: row.dueAt }),
  };
}
