import type { TicketEventKind, TicketStatus } from '../../../prisma/generated/client/enums.ts';
import { instantOf } from './reading/cells.ts';
import type { Issues, ParsedRow } from './reading/parse.ts';
import { type Shift, shiftInstant } from './shift.ts';
import type { TicketCells } from './ticket-row.ts';

/** When what happened to a ticket, in this order; a step that did not happen is left out. */
const STEPS = [
  { column: 'openedAt', kind: 'OPENED', status: 'NEW' },
  { column: 'acknowledgedAt', kind: 'ACKNOWLEDGED', status: 'ACKNOWLEDGED' },
  { column: 'resolvedAt', kind: 'RESOLVED', status: 'RESOLVED' },
  { column: 'calledBackAt', kind: 'CALLED_BACK', status: null },
  { column: 'closedAt', kind: 'CLOSED', status: 'CLOSED' },
] as const satisfies readonly { column: keyof TicketCells; kind: TicketEventKind; status: TicketStatus | null }[];

export interface TicketHistory {
  readonly events: readonly { readonly kind: TicketEventKind; readonly at: Date }[];
  readonly status: TicketStatus;
  readonly openedAt: Date;
  readonly appointmentAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly closedAt: Date | null;
}

/** The history that a row tells, each instant after the one before and none in the future; null where it is wrong. */
export function historyOf(
  { row, cells }: ParsedRow<TicketCells>,
  { timeZone, shift, now }: { readonly timeZone: string; readonly shift: Shift; readonly now: Date },
  issues: Issues,
): TicketHistory | null {
  const read = (column: (typeof STEPS)[number]['column'] | 'appointmentAt'): Date | null => {
    const text = cells[column];
    if (!text) return null;
    const at = instantOf(text, timeZone);
    if (!at) issues.add(row, column, 'is no instant like 2026-03-02T08:00:00+08:00 or 2026-03-02 08:00');
    return at && shiftInstant(at, shift);
  };
  const steps = STEPS.flatMap(({ column, kind, status }) => {
    const at = read(column);
    return at ? [{ column, kind, status, at }] : [];
  });
  const appointmentAt = read('appointmentAt');
  for (const [index, { column, at }] of steps.entries()) {
    const before = steps[index - 1];
    if (before && at < before.at) issues.add(row, column, `lies before ${before.column}`);
    if (at > now) issues.add(row, column, 'lies in the future');
  }
  const at = Object.fromEntries(steps.map((step) => [step.column, step.at]));
  if (!at.resolvedAt && (at.closedAt ?? at.calledBackAt))
    issues.add(row, 'resolvedAt', 'is empty, though the ticket is closed or was called back about');
  const { openedAt = null, resolvedAt = null, closedAt = null } = at;
  if (issues.has(row) || !openedAt) return null;
  const status = steps.findLast((step) => step.status !== null)?.status ?? 'NEW';
  return {
    events: steps.map(({ kind, at: instant }) => ({ kind, at: instant })),
    status,
    openedAt,
    appointmentAt,
    resolvedAt,
    closedAt,
  };
}
