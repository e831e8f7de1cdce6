import type { ClockMetric, PauseReason, WaitReason } from '../../platform/values/enums.ts';
import { type Calendars, type ClockReading, isOver, type PinnedPromise } from './reading.ts';
import { cancel, fulfil, judged, passed, repromise, restartAt, settle, startClock } from './schedule.ts';

export type ClockEventKind =
  | 'OPENED'
  | 'ACKNOWLEDGED'
  | 'ASSIGNED'
  | 'COMMENTED'
  | 'WAITING'
  | 'RESUMED'
  | 'ESCALATED'
  | 'RESOLVED'
  | 'CALLED_BACK'
  | 'CLOSED'
  | 'REOPENED'
  | 'POLICY_APPLIED'
  | 'UPDATED'
  | 'CANCELLED';

/**
 * What happened to a ticket, as far as its clocks care. `OPENED`, `ESCALATED`, `REOPENED` and `POLICY_APPLIED` may bring
 * promises, one a metric; an appointment may come with any event.
 */
export interface ClockEvent {
  /** Epoch milliseconds, UTC. */
  readonly at: number;
  readonly kind: ClockEventKind;
  /** Why it waits; with `WAITING`. */
  readonly reason?: WaitReason;
  /** The customer can read it; with `COMMENTED`. */
  readonly isPublic?: boolean;
  readonly appointmentAt?: number;
  readonly promises?: readonly PinnedPromise[];
}

/**
 * A ticket's clocks, folded from its events so far. JSON-safe.
 *
 * The phase goes NEW → OPEN → RESOLVED → CLOSED, and from RESOLVED or CLOSED back to OPEN on reopening, which begins a
 * new round: of the clocks before `roundFrom` none starts again. In each phase these run:
 *
 * - FIRST_RESPONSE from the promise until acknowledged or resolved; it never pauses.
 * - RESOLUTION and FULFILMENT until resolved; the latter from the appointment where the promise says so.
 * - NEXT_UPDATE while open, once the first response is given: every public comment fulfils one and starts the next.
 * - CALLBACK from resolved until called back.
 *
 * A promise left out of an escalation or a change of policy stays as it was. Whoever judges which move is legal does it
 * before the event is made; a fold takes events as they are, and one that finds nothing to move moves nothing.
 */
export interface TicketClocks {
  readonly asOf: number;
  readonly phase: 'NEW' | 'OPEN' | 'RESOLVED' | 'CLOSED';
  readonly waiting?: WaitReason;
  readonly appointmentAt?: number;
  /** The promises in force, from which later clocks start. */
  readonly promises: readonly PinnedPromise[];
  readonly roundFrom: number;
  readonly clocks: readonly ClockReading[];
}

/** A ticket of which nothing is known yet. */
export const noClocks: TicketClocks = {
  asOf: Number.MIN_SAFE_INTEGER,
  phase: 'NEW',
  promises: [],
  roundFrom: 0,
  clocks: [],
};

/**
 * All clocks of a ticket as of its last event, in the order in which they began.
 *
 * @param events ascending
 * @throws {RangeError} out of order, or a calendar refuses (see `addOpenTime`)
 */
export function clocksOf(events: readonly ClockEvent[], calendars: Calendars): readonly ClockReading[] {
  return events.reduce<TicketClocks>((state, event) => applyEvent(state, event, calendars), noClocks).clocks;
}

/**
 * The clocks after one more event; the state given stays as it is.
 *
 * @throws {RangeError} the event lies before the last one, or a calendar refuses
 */
export function applyEvent(state: TicketClocks, event: ClockEvent, calendars: Calendars): TicketClocks {
  if (event.at < state.asOf) throw new RangeError(`an event of ${event.at} after one of ${state.asOf}`);
  const marked: TicketClocks = {
    ...state,
    asOf: event.at,
    clocks: state.clocks.map((clock) => passed(clock, event.at)),
  };
  const next = STEPS.reduce((before, step) => step(before, event, calendars), marked);
  return { ...next, clocks: next.clocks.map((clock) => judged(clock, event.at)) };
}

type Step = (state: TicketClocks, event: ClockEvent, calendars: Calendars) => TicketClocks;

/** A new appointment moves the start of the clocks that wait for it. */
const reschedule: Step = (state, { at, appointmentAt }, calendars) => {
  if (appointmentAt === undefined) return state;
  const clocks = mapOpen(state.clocks, (clock) =>
    awaitsAppointment(clock.promise) && clock.startedAt !== appointmentAt
      ? restartAt(clock, appointmentAt, at, calendars)
      : clock,
  );
  return { ...state, appointmentAt, clocks };
};

const FULFILLED_BY: Readonly<Partial<Record<ClockEventKind, readonly ClockMetric[]>>> = {
  ACKNOWLEDGED: ['FIRST_RESPONSE'],
  COMMENTED: ['NEXT_UPDATE'],
  RESOLVED: ['FIRST_RESPONSE', 'RESOLUTION', 'FULFILMENT', 'NEXT_UPDATE'],
  CALLED_BACK: ['CALLBACK'],
};

const CANCELLED_BY: Readonly<Partial<Record<ClockEventKind, readonly ClockMetric[]>>> = {
  // What was to be called about is open again.
  REOPENED: ['CALLBACK'],
  CLOSED: ['FIRST_RESPONSE', 'RESOLUTION', 'NEXT_UPDATE', 'FULFILMENT', 'CALLBACK'],
  CANCELLED: ['FIRST_RESPONSE', 'RESOLUTION', 'NEXT_UPDATE', 'FULFILMENT', 'CALLBACK'],
};

const endClocks: Step = (state, { at, kind, isPublic }, calendars) => {
  const fulfilled = kind === 'COMMENTED' && isPublic !== true ? undefined : FULFILLED_BY[kind];
  const clocks = mapOpen(state.clocks, (clock) => {
    if (fulfilled?.includes(clock.metric)) return fulfil(clock, at, calendars);
    return CANCELLED_BY[kind]?.includes(clock.metric) ? cancel(clock, at, calendars) : clock;
  });
  return { ...state, clocks };
};

const changePhase: Step = (state, { kind, reason }) => {
  const { waiting: _, ...going } = state;
  switch (kind) {
    case 'OPENED':
      return { ...state, phase: 'OPEN' };
    case 'WAITING':
      return reason === undefined ? state : { ...state, waiting: reason };
    case 'RESUMED':
      return going;
    case 'RESOLVED':
      return { ...going, phase: 'RESOLVED' };
    case 'CLOSED':
    case 'CANCELLED':
      return { ...going, phase: 'CLOSED' };
    case 'REOPENED':
      // Updates are promised anew or not at all; who is called back after the next solution has been told so.
      return {
        ...going,
        phase: 'OPEN',
        roundFrom: state.clocks.length,
        promises: state.promises.filter(({ metric }) => metric === 'RESOLUTION' || metric === 'CALLBACK'),
      };
    default:
      return state;
  }
};

/** What the event promises holds from now on, for the clocks that run and for those to come. */
const keepPromises: Step = (state, { at, kind, promises = [] }, calendars) => {
  if (promises.length === 0) return state;
  const brought = new Map(promises.map((promise) => [promise.metric, promise]));
  const clocks = mapOpen(state.clocks, (clock) => {
    const promise = brought.get(clock.metric);
    if (promise === undefined) return clock;
    const other = { promise, isCorrection: kind === 'POLICY_APPLIED' };
    return repromise(clock, other, pauseOf(promise, state), at, calendars);
  });
  return {
    ...state,
    clocks,
    promises: [...state.promises.filter(({ metric }) => !brought.has(metric)), ...brought.values()],
  };
};

/** Starts each clock that is promised and whose time has come. */
const startDueClocks: Step = (state, event, calendars) => {
  let next = state;
  for (const promise of state.promises) {
    const { metric } = promise;
    if (!mayStart(next, metric)) continue;
    const cycle = next.clocks.filter((clock) => clock.metric === metric).length + 1;
    const begun = { promise, cycle, promisedAt: event.at, startedAt: startOf(next, event, promise) };
    next = { ...next, clocks: [...next.clocks, startClock(begun, pauseOf(promise, next), calendars)] };
  }
  return next;
};

function mayStart({ phase, clocks, roundFrom }: TicketClocks, metric: ClockMetric): boolean {
  if (phase !== (metric === 'CALLBACK' ? 'RESOLVED' : 'OPEN')) return false;
  const isRunning = (wanted: ClockMetric) => clocks.some((clock) => clock.metric === wanted && !isOver(clock));
  // Until the first response is given, that is what the customer waits for.
  if (metric === 'NEXT_UPDATE') return !isRunning(metric) && !isRunning('FIRST_RESPONSE');
  return !isRunning(metric) && !clocks.slice(roundFrom).some((clock) => clock.metric === metric);
}

function startOf({ appointmentAt, roundFrom }: TicketClocks, event: ClockEvent, promise: PinnedPromise): number {
  if (!awaitsAppointment(promise) || appointmentAt === undefined) return event.at;
  // A ticket reopened after its appointment has no appointment unless it gets one.
  const isStale = roundFrom > 0 && event.appointmentAt === undefined && appointmentAt < event.at;
  return isStale ? event.at : appointmentAt;
}

const settleClocks: Step = (state, { at }, calendars) => ({
  ...state,
  clocks: mapOpen(state.clocks, (clock) => settle(clock, pauseOf(clock.promise, state), at, calendars)),
});

/** In this order: who resolves at the due instant is in time, whatever else the event brings. */
const STEPS: readonly Step[] = [reschedule, endClocks, changePhase, keepPromises, startDueClocks, settleClocks];

/** Why a clock stands still, if it does. */
function pauseOf({ metric, pauses }: PinnedPromise, { waiting }: TicketClocks): PauseReason | undefined {
  if (waiting === undefined || metric === 'FIRST_RESPONSE') return undefined;
  return pauses.find((reason) => reason === waiting);
}

function awaitsAppointment({ from, metric }: PinnedPromise): boolean {
  return from === 'APPOINTMENT' && metric !== 'NEXT_UPDATE' && metric !== 'CALLBACK';
}

function mapOpen(
  clocks: readonly ClockReading[],
  move: (clock: ClockReading) => ClockReading,
): readonly ClockReading[] {
  return clocks.map((clock) => (isOver(clock) ? clock : move(clock)));
}
