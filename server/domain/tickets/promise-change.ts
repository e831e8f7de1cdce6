import { isDeepStrictEqual } from 'node:util';
import type { CompiledCalendar } from '../../engine/sla/business-time.ts';
import { applyEvent, type TicketClocks } from '../../engine/sla/clock.ts';
import { isOver, isPastDue, type PinnedPromise } from '../../engine/sla/reading.ts';

/** A deadline that other promises would move. Epoch milliseconds, UTC. */
export interface MovedDeadline {
  readonly metric: string;
  readonly cycle: number;
  readonly from: number;
  readonly to: number;
}

/** What other promises would do to the open clocks of a ticket. */
export interface Repromised {
  readonly moved: readonly MovedDeadline[];
  readonly breachesCreated: number;
  readonly breachesAvoided: number;
}

/**
 * What would become of a ticket's open deadlines if these promises were in force from `at`: computed by the fold that
 * applies them, so that a preview and its application agree.
 *
 * @param at epoch milliseconds, UTC
 */
export function repromise(
  state: TicketClocks,
  promises: readonly PinnedPromise[],
  at: number,
  calendars: (key: string) => CompiledCalendar,
): Repromised {
  const after = applyEvent(state, { at, kind: 'POLICY_APPLIED', promises }, calendars);
  const moved: MovedDeadline[] = [];
  let breachesCreated = 0;
  let breachesAvoided = 0;
  for (const clock of state.clocks) {
    const now = after.clocks.find(({ metric, cycle }) => metric === clock.metric && cycle === clock.cycle);
    if (isOver(clock) || !now || now.dueAt === clock.dueAt) continue;
    moved.push({ metric: clock.metric, cycle: clock.cycle, from: clock.dueAt, to: now.dueAt });
    const [wasLate, isLate] = [isPastDue(clock, at), isPastDue(now, at)];
    if (!wasLate && isLate) breachesCreated += 1;
    if (wasLate && !isLate) breachesAvoided += 1;
  }
  return { moved, breachesCreated, breachesAvoided };
}

/** Whether promises say the same on the same calendars: then there is nothing to apply. */
export function isSamePromise(a: readonly PinnedPromise[], b: readonly PinnedPromise[]): boolean {
  // Neither their order nor that of their fields says anything; the database keeps the latter as it likes.
  const said = (promises: readonly PinnedPromise[]) =>
    promises
      .map(({ policyVersion: _version, decisionId: _id, ...promise }) => promise)
      .sort((x, y) => (x.metric < y.metric ? -1 : 1));
  return isDeepStrictEqual(said(a), said(b));
}
