import type { AlertRaised, FeedBookmark } from './catch-up.ts';
import type { SharedResult } from './shared-execution.ts';
import { after, type Subscriber, UntellableError } from './viewer.ts';

/** What viewers at the head of the log are told. */
export type LiveEvent = AlertRaised | FeedBookmark;

/** An event with its result for those who name the same predecessor: all seats, nearly always. */
export interface Found {
  readonly event: LiveEvent;
  /** Undefined where nobody was known to be entitled. */
  readonly result: Promise<SharedResult> | undefined;
}

/** What became of a result; undefined where it could not be made for one viewer, which says nothing of the others. */
type Made = SharedResult | UntellableError | undefined;

/** Begins what will be needed when the event is handed out, in the name of somebody who is known to be entitled. */
export function begin(event: LiveEvent, seats: ReadonlySet<Subscriber>): Found['result'] {
  try {
    for (const seat of seats) {
      const verdict = verdictOf(event, seat);
      if (verdict instanceof Promise) verdict.catch(() => undefined);
      if (verdict !== true) continue;
      const result = seat.shared.result(event);
      result.catch(() => undefined);
      return result;
    }
  } catch {
    // It is met again where it can be told.
  }
  return undefined;
}

/** An event on its way to those who ride with a group: who left it meanwhile may ride with another by now. */
interface Round {
  readonly seats: ReadonlySet<Subscriber>;
  readonly undecided: Promise<void>[];
}

/** Gives one event to each seat that has not had it. Resolves when all have it, so that the next cannot overtake. */
export async function dispatch({ event, result }: Found, seats: ReadonlySet<Subscriber>): Promise<void> {
  const made = result && (await result.catch(untellable));
  const others: Subscriber[] = [];
  const round: Round = { seats, undecided: [] };
  for (const seat of seats) {
    if (isPast(event, seat)) continue;
    if (made && seat.cursor === event.prevCursor) offer(event, made, seat, round);
    else others.push(seat);
  }
  if (round.undecided.length > 0) await Promise.all(round.undecided);
  if (others.length > 0) await handOutTo(others, event, seats);
}

/** The same for seats that name other predecessors, or where the result could not be made. */
async function handOutTo(
  others: readonly Subscriber[],
  event: LiveEvent,
  seats: ReadonlySet<Subscriber>,
): Promise<void> {
  const results = new Map<string | null, { readonly event: LiveEvent; readonly made: Made }>();
  for (const seat of others) {
    if (results.has(seat.cursor) || !seats.has(seat) || !seat.viewer.ready()) continue;
    const own = after(seat.cursor, event);
    try {
      // Nothing is executed in the name of a viewer who may not see it.
      if (!(await verdictOf(event, seat))) continue;
      results.set(own.prevCursor, { event: own, made: await seat.shared.result(own) });
    } catch (error) {
      if (error instanceof UntellableError) results.set(own.prevCursor, { event: own, made: error });
      else if (seats.has(seat)) seat.leave?.({ error });
    }
  }
  const round: Round = { seats, undecided: [] };
  for (const seat of others) {
    const made = results.get(seat.cursor);
    offer(made?.event ?? event, made?.made, seat, round);
  }
  if (round.undecided.length > 0) await Promise.all(round.undecided);
}

/** Gives the result to a seat that may see the event now, or when it is known that it may. */
function offer(event: LiveEvent, made: Made, seat: Subscriber, round: Round): void {
  if (!round.seats.has(seat)) return;
  try {
    const verdict = verdictOf(event, seat);
    if (verdict === true) give(event, made, seat);
    else if (verdict === false) seat.pos = event.pos;
    else round.undecided.push(decide(verdict, event, made, seat, round));
  } catch (error) {
    seat.leave?.({ error });
  }
}

async function decide(
  verdict: Promise<boolean>,
  event: LiveEvent,
  made: Made,
  seat: Subscriber,
  { seats }: Round,
): Promise<void> {
  try {
    const may = await verdict;
    if (!seats.has(seat)) return;
    if (may) give(event, made, seat);
    else seat.pos = event.pos;
  } catch (error) {
    if (seats.has(seat)) seat.leave?.({ error });
  }
}

function give(event: LiveEvent, made: Made, seat: Subscriber): void {
  if (!seat.leave) return;
  if (made instanceof UntellableError) {
    seat.leave({ error: made });
    return;
  }
  // A transport that is full, or a right that came after the results were made: its own feed finds the event again.
  if (!made || !seat.viewer.ready()) {
    seat.leave('BEHIND');
    return;
  }
  seat.viewer.send(made, event);
  seat.cursor = event.cursor;
  seat.pos = event.pos;
}

function untellable(error: unknown): Made {
  return error instanceof UntellableError ? error : undefined;
}

function verdictOf(event: LiveEvent, { viewer }: Subscriber): boolean | Promise<boolean> {
  return event.kind === 'RAISED' ? viewer.entitled(event.row) : true;
}

/** Whether the seat has dealt with the event before it sat down. */
function isPast(event: LiveEvent, seat: Subscriber): boolean {
  return event.kind === 'RAISED' ? event.pos <= seat.pos : event.pos < seat.pos;
}
