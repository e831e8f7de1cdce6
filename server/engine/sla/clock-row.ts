import type { Prisma, SlaClock, TicketEvent } from '../../../prisma/generated/client/client.ts';
import type { SlaState } from '../../../prisma/generated/client/enums.ts';
import type { WaitReason } from '../../platform/values/enums.ts';
import { fromJson } from '../../platform/values/json.ts';
import { type CompiledCalendar, openTimeBetween } from './business-time.ts';
import type { ClockEvent } from './clock.ts';
import { type ClockReading, isAtRisk, type PinnedPromise } from './reading.ts';

/** What a clock's row has beside its reading: to whom it belongs. */
export interface ClockOwner {
  readonly ticketId: string;
  readonly customerId: string;
  readonly policyId: string;
  readonly branchId: string;
  readonly tierRank: number | null;
}

/** What of an event the fold reads: one that is stored, or is about to be. */
export type FoldedEvent = Pick<TicketEvent, 'kind' | 'at' | 'isPublic' | 'pauseReason' | 'appointmentAt'> & {
  /** Pinned promises, as they are or as the database gave them back; none on most events. */
  readonly promises?: unknown;
};

/** A clock's row with what is decided from it again. */
export type ClockRow = Omit<Prisma.SlaClockUncheckedCreateInput, 'fireAt' | 'firePercent' | 'nextFireAt'> & {
  readonly dueAt: Date;
  readonly fireAt: Date[];
  readonly firePercent: number[];
  readonly nextFireAt: Date | null;
  readonly atRisk: boolean;
  readonly fulfilledAt: Date | null;
  readonly cancelledAt: Date | null;
};

/** An event as the fold takes it. */
export function clockEventOf(event: FoldedEvent): ClockEvent {
  return {
    at: event.at.getTime(),
    kind: event.kind,
    isPublic: event.isPublic,
    ...(event.pauseReason && { reason: event.pauseReason as WaitReason }),
    ...(event.appointmentAt && { appointmentAt: event.appointmentAt.getTime() }),
    ...(event.promises != null && { promises: fromJson<PinnedPromise[]>(event.promises) }),
  };
}

/**
 * A reading as it is cached. The sweep needs nothing else: what fires next stands in it, with whom to tell.
 *
 * @param id the row's id: a clock keeps its id over all its events
 * @param at the instant of its ticket's last event
 */
export function clockRow(
  id: string,
  reading: ClockReading,
  owner: ClockOwner,
  { calendars, at }: { readonly calendars: (key: string) => CompiledCalendar; readonly at: Date },
): ClockRow {
  const { promise, stretches, current, fires } = reading;
  const counting = current && current.pause === undefined ? new Date(current.from) : null;
  const instant = (at: number | undefined) => (at === undefined ? null : new Date(at));
  return {
    id,
    ...owner,
    metric: reading.metric,
    cycle: reading.cycle,
    label: { ...reading.label },
    because: { ...promise.because },
    state: reading.state,
    startedAt: new Date(reading.startedAt),
    dueAt: new Date(reading.dueAt),
    targetMs: BigInt(reading.targetMs),
    pausedAt: instant(reading.pausedAt),
    fulfilledAt: instant(reading.fulfilledAt),
    breachedAt: instant(reading.breachedAt),
    cancelledAt: instant(reading.cancelledAt),
    countedMs: BigInt(stretches.reduce((sum, { countedMs }) => sum + countedMs, 0)),
    countingFrom: counting,
    atRisk: isAtRisk(reading, at.getTime(), calendars),
    fireAt: fires.map(({ at }) => new Date(at)),
    firePercent: fires.map((fire) => (fire.kind === 'BREACH' ? 100 : fire.percent)),
    nextFireAt: instant(fires[0]?.at),
    warnAtPercent: [...promise.atRisk],
    calendarKey: promise.calendarKey,
    beyondHorizon: reading.beyondHorizon,
    timeZone: calendars(promise.calendarKey).definition.timeZone,
    audience: [...promise.audience],
    policyVersion: promise.policyVersion,
    decisionId: promise.decisionId ?? null,
  };
}

/** A clock's figures at an instant, from its row. Lengths in milliseconds. */
export interface RowFigures {
  readonly state: SlaClock['state'];
  readonly elapsedMs: number;
  readonly remainingMs: number;
  readonly percent: number;
}

type Cached = Pick<
  SlaClock,
  | 'state'
  | 'dueAt'
  | 'targetMs'
  | 'countedMs'
  | 'countingFrom'
  | 'fulfilledAt'
  | 'cancelledAt'
  | 'calendarKey'
  | 'fireAt'
  | 'firePercent'
>;

/** Reads a row as of `at`: between two sweeps it is breached as soon as it is late, whatever the row still says. */
export function figuresAt(clock: Cached, at: Date, calendars: (key: string) => CompiledCalendar): RowFigures {
  const counted = Number(clock.countedMs);
  const running =
    clock.countingFrom === null
      ? 0
      : openTimeBetween(
          calendars(clock.calendarKey),
          clock.countingFrom.getTime(),
          Math.max(at.getTime(), clock.countingFrom.getTime()),
        );
  const elapsedMs = counted + running;
  const targetMs = Number(clock.targetMs);
  const isOver = clock.fulfilledAt !== null || clock.cancelledAt !== null;
  const breach = clock.fireAt[clock.firePercent.indexOf(100)];
  const late = !isOver && clock.state === 'RUNNING' && breach !== undefined && breach <= at;
  return {
    state: late ? 'BREACHED' : clock.state,
    elapsedMs,
    remainingMs: targetMs - elapsedMs,
    percent: targetMs > 0 ? (elapsedMs / targetMs) * 100 : clock.dueAt <= at ? 100 : 0,
  };
}

/** The worst of a ticket's open clocks, and when the next one falls due. */
export function summaryOf(
  clocks: readonly {
    readonly state: string;
    readonly atRisk: boolean;
    readonly dueAt: Date;
    readonly fulfilledAt: Date | null;
    readonly cancelledAt: Date | null;
  }[],
): {
  slaState: SlaState;
  nextDueAt: Date | null;
} {
  const open = clocks.filter(({ fulfilledAt, cancelledAt }) => fulfilledAt === null && cancelledAt === null);
  const due = open.filter(({ state }) => state !== 'PAUSED').map(({ dueAt }) => dueAt.getTime());
  const slaState: SlaState = open.some(({ state }) => state === 'BREACHED')
    ? 'BREACHED'
    : open.some(({ atRisk }) => atRisk)
      ? 'AT_RISK'
      : open.length > 0
        ? 'ON_TRACK'
        : 'NONE';
  return { slaState, nextDueAt: due.length > 0 ? new Date(Math.min(...due)) : null };
}
