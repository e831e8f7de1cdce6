import type { Caller, Services } from '../../engine/services/services.ts';
import { clockEventOf } from '../../engine/sla/clock-row.ts';
import { type ClockExplanation, explainClock } from '../../engine/sla/explain.ts';
import { visible } from '../../platform/access/scope.ts';

export interface Explanation extends ClockExplanation {
  readonly clockId: string;
  readonly at: Date;
}

/** The proof of a clock's deadline as of `at`, now unless said; null where there is no such clock, or not yet then. */
export async function explainTicketClock(
  services: Services,
  { actor }: Caller,
  clockId: string,
  at: Date | null,
): Promise<Explanation | null> {
  const { database, clock, calendars } = services;
  const found = await database.prisma.slaClock.findFirst({
    where: { id: clockId, ...visible(actor) },
    select: { metric: true, cycle: true, ticket: { select: { events: { orderBy: { position: 'asc' } } } } },
  });
  if (!found) return null;
  const instant = at ?? clock.now();
  const explained = explainClock(found.ticket.events.map(clockEventOf), found, instant.getTime(), calendars.get);
  return explained ? { ...explained, clockId, at: instant } : null;
}
