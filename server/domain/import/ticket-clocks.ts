import type { ClockRow } from '../../engine/sla/clock-row.ts';

/**
 * A clock of a ticket that comes with its history, without what would have fired by now, as the sweep leaves it
 * (server/engine/sla/sweep-clocks.ts). Moments that had passed before it came raise no alert, because nobody could have been told
 * and a file of old tickets would flood the duty officer: an open clock past an at-risk point is at risk, one past its due
 * instant is breached as of that instant, both silently. What lies in the future fires as usual. Only the demo's tickets keep those moments, for the sweep to tell of them.
 */
export function withoutPast(row: ClockRow, now: Date): ClockRow {
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
