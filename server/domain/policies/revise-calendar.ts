import { z } from 'zod';
import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { issueText } from '../../engine/policy/declaration/issue-text.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { type CompiledCalendar, compileCalendar } from '../../engine/sla/business-time.ts';
import { type CalendarDefinition, type CalendarException, calendarKey, calendarOn } from '../../engine/sla/calendar.ts';
import { checkCalendar } from '../../engine/sla/check-calendar.ts';
import { chineseHolidays } from '../../engine/sla/holidays.ts';
import { isOver } from '../../engine/sla/reading.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { dayIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { isSameRecord } from '../../platform/values/json.ts';
import { foldOf } from '../tickets/clock-fold.ts';
import { type MovedDeadline, repromise } from '../tickets/promise-change.ts';

/** What an operator corrects of a calendar; what is left out stays as it is. */
export interface CalendarRevision {
  readonly policyId: string;
  readonly calendarId: string;
  /** Hours by ISO weekday, `1` to `7`. */
  readonly week?: CalendarDefinition['week'] | null;
  /** Dates that are otherwise than the week and the statutory days say; they replace the present list. */
  readonly exceptions?: readonly CalendarException[] | null;
  readonly effectiveFrom?: string | null;
}

/** An open deadline that a revision would move, if it were applied to open tickets. */
export interface DeadlineMove {
  readonly ticketId: string;
  readonly metric: string;
  readonly from: Date;
  readonly to: Date;
}

const MAX_MOVES = 100;
const BATCH = 500;

/**
 * The open deadlines on the calendar that a revision would move; nothing is changed.
 *
 * @returns how many, and the first 100 by ticket
 */
export async function calendarImpact(
  services: Services,
  { actor }: Pick<Caller, 'actor'>,
  revision: CalendarRevision,
): Promise<{ count: number; moves: DeadlineMove[] }> {
  requirePermission(actor, 'previewPolicy');
  const { next } = await revised(services, revision);
  const now = services.clock.now();
  // An administrator, who sees no ticket, is told how many there are.
  const seesRows = !actor.roles.includes('ADMIN');
  const scope = seesRows ? visible(actor) : { policyId: { in: [...actor.policyIds] } };
  const years = { fromYear: now.getUTCFullYear() - 1, toYear: now.getUTCFullYear() + 2 };
  const compiled = compileCalendar(next, years);
  const moves: DeadlineMove[] = [];
  let count = 0;
  for (let cursor: string | null = null; ; ) {
    const tickets = await ticketsOn(services, { policyId: revision.policyId, calendarId: next.id, scope }, cursor);
    for (const ticket of tickets) {
      const moved = movedDeadlines(services, ticket, compiled, now);
      count += moved.length;
      for (const { metric, from, to } of seesRows ? moved.slice(0, MAX_MOVES - moves.length) : []) {
        moves.push({ ticketId: ticket.id, metric, from: new Date(from), to: new Date(to) });
      }
    }
    if (tickets.length < BATCH) return { count, moves };
    cursor = tickets.at(-1)?.id ?? null;
  }
}

type FoldedTicket = Prisma.TicketGetPayload<{ include: { events: true } }>;

/** A batch of the open tickets that have a clock on a calendar. */
function ticketsOn(
  { database }: Services,
  { policyId, calendarId, scope }: { policyId: string; calendarId: string; scope: Prisma.TicketWhereInput },
  cursor: string | null,
): Promise<FoldedTicket[]> {
  return database.prisma.ticket.findMany({
    where: {
      AND: [{ policyId }, scope],
      // What waits only to be closed keeps its promise when the policy is applied.
      status: { notIn: ['RESOLVED', 'CLOSED'] },
      clocks: { some: { calendarKey: { startsWith: `${calendarId}@` }, fulfilledAt: null, cancelledAt: null } },
      ...(cursor && { id: { gt: cursor } }),
    },
    include: { events: { orderBy: { position: 'asc' } } },
    orderBy: { id: 'asc' },
    take: BATCH,
    relationLoadStrategy: 'query',
  });
}

/** The deadlines of a ticket that another version of a calendar would move. */
function movedDeadlines(
  { calendars }: Services,
  { events }: FoldedTicket,
  next: CompiledCalendar,
  now: Date,
): readonly MovedDeadline[] {
  const state = foldOf(events, calendars.get);
  const { id } = next.definition;
  const promises = state.clocks
    .filter((reading) => !isOver(reading) && reading.promise.calendarKey.startsWith(`${id}@`))
    .map(({ promise }) => ({ ...promise, calendarKey: next.key }));
  const withNext = (key: string) => (key === next.key ? next : calendars.get(key));
  return repromise(state, promises, Math.max(now.getTime(), state.asOf), withNext).moved;
}

/** Whether the next version says what the newest one does, and knows no more statutory days. */
function isSameCalendar(newest: CalendarDefinition, next: CalendarDefinition): boolean {
  const words = (calendar: CalendarDefinition) => ({ ...calendar, version: 0, holidayCorrections: undefined });
  const known = newest.holidayCorrections ?? next.holidayCorrections;
  return isSameRecord(words(newest), words(next)) && isSameRecord(known, next.holidayCorrections);
}

/**
 * Makes a new version of a calendar. Promises from now on are made on it; open tickets keep theirs until the policy is
 * applied to them.
 *
 * @returns the new version
 * @throws {Conflict} another version was made in the meantime
 */
export async function reviseCalendar(
  services: Services,
  caller: Caller,
  revision: CalendarRevision & { readonly expectedVersion: number; readonly reason: string },
): Promise<CalendarDefinition> {
  const act = Act.begin(services, caller, 'configurePolicy', revision);
  const { policyId, calendarId, reason } = revision;
  if (reason.trim() === '') throw new InvalidInput([{ path: 'input.reason', message: 'is empty' }]);
  const { newest, next } = await revised(services, revision);
  if (newest.version !== revision.expectedVersion) throw new Conflict(newest.version);
  if (isSameCalendar(newest, next)) throw new InvalidInput([{ path: 'input', message: 'changes nothing' }]);
  const changes = [{ field: calendarId, before: calendarKey(newest), after: calendarKey(next) }];
  const subject = { type: 'Calendar', id: null, policyId, branchId: act.actor.branchId };
  const at = services.clock.now();
  const row = { id: newId(), policyId, calendarId, version: next.version, definition: jsonOf(next) };
  try {
    await act.commit({
      audit: act.at(at).audit('REVISE_CALENDAR', subject, { reason, changes }),
      async change(tx) {
        const data = { ...row, reason: reason.trim(), byId: act.actor.id, at };
        await tx.calendarVersion.create({ data, select: { id: true } });
      },
    });
  } catch (error) {
    throw isUniqueViolation(error) ? new Conflict(null) : error;
  }
  await services.calendars.refresh();
  return next;
}

const because = z.strictObject({ en: z.string(), zh: z.string() }).optional();
const hours = z.array(z.strictObject({ start: z.string(), end: z.string() }));
const date = z.string();

/** What JSON has to look like before `checkCalendar` can say what speaks against it. */
const SHAPE = z.object({
  week: z.record(z.string(), hours).nullish(),
  exceptions: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ date, kind: z.literal('CLOSED'), because }),
        z.strictObject({ date, kind: z.literal('HOURS'), hours, because }),
        z.strictObject({ date, kind: z.literal('WORKING_DAY'), like: z.number(), because }),
      ]),
    )
    .nullish(),
});

function checkShape({ week, exceptions }: CalendarRevision): void {
  const given = { week, exceptions };
  const read = SHAPE.safeParse(given);
  if (read.success) return;
  throw new InvalidInput(
    read.error.issues.map((issue) => ({
      path: `input.${z.core.toDotPath(issue.path)}`,
      message: issueText(issue, given),
    })),
  );
}

/**
 * The newest version and the one that would follow it: what is in force when the revision takes effect, as revised, until a
 * version that was made for a later date.
 */
async function revised(
  { calendars, policies, clock }: Services,
  revision: CalendarRevision,
): Promise<{ newest: CalendarDefinition; next: CalendarDefinition }> {
  const { policyId, calendarId } = revision;
  if (!Object.hasOwn(policies.get(policyId)?.declaration.calendars ?? {}, calendarId)) throw new NotFound('Calendar');
  checkShape(revision);
  await calendars.refresh();
  const versions = calendars.versions(policyId, calendarId);
  const newest = versions.at(-1);
  if (!newest) throw new NotFound('Calendar');
  const from = revision.effectiveFrom ?? dayIn(clock.now(), newest.timeZone);
  const present = calendarOn(versions, from) ?? newest;
  const [until] = versions.flatMap(({ effectiveFrom = '' }) => (effectiveFrom > from ? [effectiveFrom] : [])).sort();
  const next: CalendarDefinition = {
    ...present,
    version: newest.version + 1,
    ...(revision.week && { week: revision.week }),
    ...(revision.exceptions && { exceptions: revision.exceptions }),
    ...(revision.effectiveFrom && { effectiveFrom: revision.effectiveFrom }),
    ...(until && { effectiveTo: until }),
    // What this version knows of statutory days is fixed, so that no later release moves a deadline that was promised.
    ...(present.holidays === 'CN' && {
      holidayCorrections: {
        days: present.holidayCorrections?.days ?? [],
        lastYear: Math.max(present.holidayCorrections?.lastYear ?? 0, chineseHolidays.lastYear),
      },
    }),
  };
  const issues = checkCalendar(next);
  if (issues.length > 0)
    throw new InvalidInput(issues.map(({ field, message }) => ({ path: `input.${field}`, message: message.en })));
  return { newest, next };
}
