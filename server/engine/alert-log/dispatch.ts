import { type AlertEvent, type FeedBookmark, isOfAlert } from './feed-event.ts';
import type { SharedResult } from './shared-execution.ts';
import { after, type Subscriber, UntellableError } from './viewer.ts';

/** What viewers at the head of the log are told. */
export type LiveEvent = AlertEvent | FeedBookmark;

/** An event with its result for those who name the same predecessor: all subscribers, nearly always. */
export interface PreparedEvent {
  readonly event: LiveEvent;
  /** Undefined where nobody was known to be entitled. */
  readonly result: Promise<SharedResult> | undefined;
}

/** What became of a result; undefined where it could not be made for one viewer, which says nothing of the others. */
type Made = SharedResult | UntellableError | undefined;

/** Begins what will be needed when the event is handed out, in the name of somebody who is known to be entitled. */
export function prepare(event: LiveEvent, subscribers: ReadonlySet<Subscriber>): PreparedEvent['result'] {
  try {
    for (const subscriber of subscribers) {
      const verdict = verdictOf(event, subscriber);
      if (verdict instanceof Promise) verdict.catch(() => undefined);
      if (verdict !== true) continue;
      const result = subscriber.shared.result(event);
      result.catch(() => undefined);
      return result;
    }
  } catch {
    // Swallowed here: the same check runs again in offer(), which can report it.
  }
  return undefined;
}

/** An event on its way to the subscribers of a group: who left it meanwhile may have joined another by now. */
interface Dispatch {
  readonly subscribers: ReadonlySet<Subscriber>;
  readonly undecided: Promise<void>[];
}

/** Gives one event to each subscriber that has not had it. Resolves when all have it, so that the next cannot overtake. */
export async function dispatch({ event, result }: PreparedEvent, subscribers: ReadonlySet<Subscriber>): Promise<void> {
  const made = result && (await result.catch(untellable));
  const others: Subscriber[] = [];
  const underway: Dispatch = { subscribers, undecided: [] };
  for (const subscriber of subscribers) {
    if (isPast(event, subscriber)) continue;
    if (made && subscriber.cursor === event.prevCursor) offer(event, made, subscriber, underway);
    else others.push(subscriber);
  }
  if (underway.undecided.length > 0) await Promise.all(underway.undecided);
  if (others.length > 0) await handOutTo(others, event, subscribers);
}

/** The same for subscribers that name other predecessors, or where the result could not be made. */
async function handOutTo(
  others: readonly Subscriber[],
  event: LiveEvent,
  subscribers: ReadonlySet<Subscriber>,
): Promise<void> {
  const results = new Map<string | null, { readonly event: LiveEvent; readonly made: Made }>();
  for (const subscriber of others) {
    if (results.has(subscriber.cursor) || !subscribers.has(subscriber) || !subscriber.viewer.ready()) continue;
    const own = after(subscriber.cursor, event);
    try {
      // Nothing is executed in the name of a viewer who may not see it.
      if (!(await verdictOf(event, subscriber))) continue;
      results.set(own.prevCursor, { event: own, made: await subscriber.shared.result(own) });
    } catch (error) {
      if (error instanceof UntellableError) results.set(own.prevCursor, { event: own, made: error });
      else if (subscribers.has(subscriber)) subscriber.leave?.({ error });
    }
  }
  const underway: Dispatch = { subscribers, undecided: [] };
  for (const subscriber of others) {
    const made = results.get(subscriber.cursor);
    offer(made?.event ?? event, made?.made, subscriber, underway);
  }
  if (underway.undecided.length > 0) await Promise.all(underway.undecided);
}

/** Gives the result to a subscriber that may see the event now, or when it is known that it may. */
function offer(event: LiveEvent, made: Made, subscriber: Subscriber, underway: Dispatch): void {
  if (!underway.subscribers.has(subscriber)) return;
  try {
    const verdict = verdictOf(event, subscriber);
    if (verdict === true) send(event, made, subscriber);
    else if (verdict === false) subscriber.pos = event.pos;
    else underway.undecided.push(sendWhenEntitled(verdict, event, made, subscriber, underway));
  } catch (error) {
    subscriber.leave?.({ error });
  }
}

async function sendWhenEntitled(
  verdict: Promise<boolean>,
  event: LiveEvent,
  made: Made,
  subscriber: Subscriber,
  { subscribers }: Dispatch,
): Promise<void> {
  try {
    const may = await verdict;
    if (!subscribers.has(subscriber)) return;
    if (may) send(event, made, subscriber);
    else subscriber.pos = event.pos;
  } catch (error) {
    if (subscribers.has(subscriber)) subscriber.leave?.({ error });
  }
}

function send(event: LiveEvent, made: Made, subscriber: Subscriber): void {
  if (!subscriber.leave) return;
  if (made instanceof UntellableError) {
    subscriber.leave({ error: made });
    return;
  }
  // A transport that is full, or a right that came after the results were made: its own feed finds the event again.
  if (!made || !subscriber.viewer.ready()) {
    subscriber.leave('BEHIND');
    return;
  }
  subscriber.viewer.send(made, event);
  subscriber.cursor = event.cursor;
  subscriber.pos = event.pos;
}

function untellable(error: unknown): Made {
  return error instanceof UntellableError ? error : undefined;
}

function verdictOf(event: LiveEvent, { viewer }: Subscriber): boolean | Promise<boolean> {
  return isOfAlert(event) ? viewer.entitled(event.row) : true;
}

/** Whether the subscriber has dealt with the event before it joined. */
function isPast(event: LiveEvent, subscriber: Subscriber): boolean {
  return isOfAlert(event) ? event.pos <= subscriber.pos : event.pos < subscriber.pos;
}
