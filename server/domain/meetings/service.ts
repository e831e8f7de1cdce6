import type { Meeting, Prisma, Resolution } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import { ownLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks } from '../../engine/sla/subject-clock.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { dateIn, dayIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, type Issue, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { fulfilDuties } from '../duties/fulfil.ts';
import { minutesClock, minutesKey, ownerClock, ownerKey } from './clocks.ts';
import { missingRoles } from './rules.ts';
import { completeResolutionTask, executeResolution, giveResolutionTask } from './tasks.ts';

export interface NewMeeting {
  readonly policyId: string;
  /** One of the kinds that the policy declares. */
  readonly kind: string;
  /** Now, unless said. */
  readonly heldAt?: Date | null;
  readonly agenda: string;
  readonly attendeeIds: readonly string[];
  /** Where its audio or video lies. */
  readonly recording?: string | null;
  readonly resolutions?:
    | readonly { readonly text: string; readonly ownerId?: string | null; readonly dueOn?: Date | null }[]
    | null;
}

/** People of one meeting, and its resolutions, at most. */
const MAX_ATTENDEES = 500;
const MAX_RESOLUTIONS = 50;

/**
 * Records a meeting that was held, with what it decided. Its minutes, and owners of what was decided, are due from then on; what
 * has an owner is a task. A meeting that everybody attended who must does the duty of its period. Returns its id.
 */
export async function holdMeeting(services: Services, caller: Caller, input: NewMeeting): Promise<string> {
  const { database, clock, calendars, actors } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'holdMeeting');
  const now = clock.now();
  const policy = ownLine(services, actor, input.policyId);
  const heldAt = input.heldAt ?? now;
  const given = input.resolutions ?? [];
  const attendeeIds = [...new Set(input.attendeeIds)];
  const people = [...new Set([...attendeeIds, ...given.flatMap(({ ownerId }) => ownerId ?? [])])];
  const staff = await database.prisma.staff.findMany({
    where: { id: { in: people }, active: true },
    select: { id: true, roles: true },
  });
  const known = new Map(staff.map((person) => [person.id, person.roles]));
  const issues: Issue[] = [];
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  if (!policy.declaration.meetings?.kinds[input.kind]) say('kind', `is no kind of meeting of ${input.policyId}`);
  if (heldAt > now) say('heldAt', 'lies ahead: a meeting is recorded once it was held');
  if (input.agenda.trim() === '') say('agenda', 'is empty');
  if (attendeeIds.length === 0) say('attendeeIds', 'is empty');
  if (attendeeIds.length > MAX_ATTENDEES) say('attendeeIds', `has more than ${MAX_ATTENDEES} entries`);
  if (attendeeIds.some((id) => !known.has(id))) say('attendeeIds', 'names somebody who does not work here');
  if (given.length > MAX_RESOLUTIONS) say('resolutions', `has more than ${MAX_RESOLUTIONS} entries`);
  for (const [index, { text, ownerId }] of given.entries()) {
    if (text.trim() === '') say(`resolutions[${index}].text`, 'is empty');
    if (ownerId && !known.has(ownerId)) say(`resolutions[${index}].ownerId`, 'is nobody who works here');
  }
  if (issues.length > 0) throw new InvalidInput(issues);
  const id = newId();
  const bound = { policyId: input.policyId, branchId: actor.branchId };
  const about = { policy, calendars, branchId: actor.branchId, heldAt };
  const resolutions = given.map(({ text, ownerId, dueOn }) => ({
    id: newId(),
    meetingId: id,
    ...bound,
    text: text.trim(),
    ownerId: ownerId ?? null,
    assignedAt: ownerId ? heldAt : null,
    dueOn: dueOn ?? null,
    state: 'OPEN' as const,
    createdAt: heldAt,
  }));
  const minutes = minutesClock(about, id);
  const unowned = resolutions.filter(({ ownerId }) => ownerId === null);
  const attendedBy = [...new Set(attendeeIds.flatMap((one) => known.get(one) ?? []))];
  const { kind } = input;
  const isCompliant = missingRoles(policy.declaration, { kind, attendedBy }).length === 0;
  const day = dayIn(heldAt, zoneOf(policy.declaration));
  const officeId = (await actors.organisation()).officeOf(input.policyId);
  const clocks = [minutes, ...unowned.map((resolution) => ownerClock(about, resolution))].filter((row) => row !== null);
  await inTransaction(database, async (tx) => {
    await tx.meeting.create({
      data: {
        id,
        ...bound,
        kind,
        heldAt,
        agenda: input.agenda.trim(),
        attendeeIds,
        attendedBy,
        recording: input.recording ?? null,
        minutesDueAt: minutes?.dueAt ?? null,
        heldById: actor.id,
      },
      select: { id: true },
    });
    await tx.resolution.createMany({ data: resolutions });
    await tx.subjectClock.createMany({ data: clocks });
    for (const resolution of resolutions) {
      const { ownerId } = resolution;
      if (ownerId) await giveResolutionTask(services, tx, { kind, heldAt }, { ...resolution, ownerId }, now);
    }
    if (isCompliant) {
      const done = { branchId: actor.branchId, officeId, day, at: heldAt, outcome: input.agenda.trim() };
      await fulfilDuties(tx, policy, { meeting: kind }, done);
    }
    await audit(tx, caller, now, 'HOLD_MEETING', { type: 'Meeting', id, ...bound }, requestId);
  });
  return id;
}

/**
 * Files the minutes: agenda, results and action plan.
 *
 * @throws {Refused} MINUTES_FILED; EXPLANATION_MISSING: an owner of an unexecuted resolution has not explained yet
 */
export async function fileMinutes(
  services: Services,
  caller: Caller,
  input: { readonly meetingId: string; readonly results: string; readonly actions: string },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'holdMeeting');
  const now = clock.now();
  const issues: Issue[] = [];
  if (input.results.trim() === '') issues.push({ path: 'input.results', message: 'is empty' });
  if (input.actions.trim() === '') issues.push({ path: 'input.actions', message: 'is empty' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const meeting = await findMeeting(services, actor, input.meetingId);
  if (meeting.minutesAt) throw Refused.because('MINUTES_FILED', 'The minutes were filed before.');
  const items = await agendaItems(services, meeting);
  const unexplained = items.filter(({ explanations }) => explanations.length === 0);
  if (unexplained.length > 0) {
    const texts = unexplained.map(({ text }) => `“${text.slice(0, 80)}”`).join(', ');
    throw Refused.because('EXPLANATION_MISSING', `Not executed and not explained yet: ${texts}.`);
  }
  await inTransaction(database, async (tx) => {
    const { count } = await tx.meeting.updateMany({
      where: { id: meeting.id, minutesAt: null },
      data: { results: input.results.trim(), actions: input.actions.trim(), minutesAt: now },
    });
    if (count === 0) throw new Conflict(null);
    await endSubjectClocks(tx, [minutesKey(meeting.id)], 'FULFILLED', now);
    await audit(tx, caller, now, 'FILE_MINUTES', { type: 'Meeting', ...meeting }, requestId);
  });
  services.alerts.wake();
  return meeting.id;
}

type AgendaItem = Prisma.ResolutionGetPayload<{ include: { explanations: true } }>;

/**
 * What is on a meeting's agenda from before: resolutions of earlier meetings of the kind that were not executed by then, each
 * with the explanation that was given here. Those due later are not late yet; what was executed here or after stays, for it
 * was open.
 */
export async function agendaItems(
  { database, policies }: Pick<Services, 'database' | 'policies'>,
  meeting: Pick<Meeting, 'id' | 'policyId' | 'branchId' | 'kind' | 'heldAt'>,
): Promise<AgendaItem[]> {
  const zone = zoneOf(policies.get(meeting.policyId)?.declaration);
  return database.prisma.resolution.findMany({
    where: {
      policyId: meeting.policyId,
      branchId: meeting.branchId,
      meeting: { kind: meeting.kind, heldAt: { lt: meeting.heldAt } },
      AND: [
        { OR: [{ doneAt: null }, { doneAt: { gt: meeting.heldAt } }] },
        { OR: [{ dueOn: null }, { dueOn: { lte: dateIn(meeting.heldAt, zone) } }] },
      ],
    },
    include: { explanations: { where: { meetingId: meeting.id } } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 100,
  });
}

/**
 * Gives a resolution its owner, or another one.
 *
 * @throws {Refused} RESOLUTION_DONE
 */
export async function assignResolution(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly ownerId: string; readonly dueOn?: Date | null },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'holdMeeting');
  const now = clock.now();
  const { meeting, ...resolution } = await findResolution(services, actor, input.id);
  const owner = await database.prisma.staff.findUnique({ where: { id: input.ownerId }, select: { active: true } });
  if (!owner?.active) throw new InvalidInput([{ path: 'input.ownerId', message: 'is nobody who works here' }]);
  await inTransaction(database, async (tx) => {
    const { count } = await tx.resolution.updateMany({
      where: { id: resolution.id, state: 'OPEN' },
      data: { ownerId: input.ownerId, assignedAt: now, ...(input.dueOn && { dueOn: input.dueOn }) },
    });
    if (count === 0) throw Refused.because('RESOLUTION_DONE', 'The resolution was executed before.');
    await endSubjectClocks(tx, [ownerKey(resolution.id)], 'FULFILLED', now);
    const { ownerId } = input;
    const dueOn = input.dueOn ?? resolution.dueOn;
    await giveResolutionTask(services, tx, meeting, { ...resolution, ownerId, dueOn }, now);
    await audit(tx, caller, now, 'ASSIGN_RESOLUTION', { type: 'Resolution', ...resolution }, requestId);
  });
  services.alerts.wake();
  return resolution.id;
}

/**
 * Records that a resolution was executed, by its owner or whoever leads; its task is done with it.
 *
 * @throws {Refused} RESOLUTION_DONE, NO_OWNER
 */
export async function completeResolution(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly outcome: string },
): Promise<string> {
  const { database, clock } = services;
  const { actor } = caller;
  requirePermission(actor, 'holdMeeting');
  const now = clock.now();
  if (input.outcome.trim() === '') throw new InvalidInput([{ path: 'outcome', message: 'is empty' }]);
  const resolution = await findResolution(services, actor, input.id);
  if (resolution.ownerId === null) throw Refused.because('NO_OWNER', 'A resolution is assigned before it is executed.');
  await inTransaction(database, async (tx) => {
    const outcome = input.outcome.trim();
    if (!(await executeResolution(tx, caller, { id: resolution.id, outcome }, now)))
      throw Refused.because('RESOLUTION_DONE', 'The resolution was executed before.');
    await completeResolutionTask(tx, resolution.id, outcome, now);
  });
  return resolution.id;
}

/**
 * Records what the owner of an unexecuted resolution explains at the next meeting.
 *
 * @throws {Refused} NOT_ON_AGENDA: it is not among what that meeting has to hear; MINUTES_FILED
 */
export async function explainResolution(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly meetingId: string; readonly explanation: string },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'holdMeeting');
  const now = clock.now();
  if (input.explanation.trim() === '') throw new InvalidInput([{ path: 'input.explanation', message: 'is empty' }]);
  const resolution = await findResolution(services, actor, input.id);
  const meeting = await findMeeting(services, actor, input.meetingId);
  if (meeting.minutesAt) throw Refused.because('MINUTES_FILED', 'The minutes were filed before.');
  const items = await agendaItems(services, meeting);
  if (!items.some(({ id }) => id === resolution.id))
    throw Refused.because('NOT_ON_AGENDA', 'It is not on the agenda of that meeting.');
  await inTransaction(database, async (tx) => {
    const key = { resolutionId: resolution.id, meetingId: meeting.id };
    const said = { text: input.explanation.trim(), byId: actor.id, at: now };
    await tx.resolutionExplanation.upsert({
      where: { resolutionId_meetingId: key },
      create: { ...key, ...said },
      update: said,
      select: { at: true },
    });
    await audit(tx, caller, now, 'EXPLAIN_RESOLUTION', { type: 'Resolution', ...resolution }, requestId);
  });
  return resolution.id;
}

async function findMeeting({ database }: Services, actor: Actor, id: string): Promise<Meeting> {
  const meeting = await database.prisma.meeting.findFirst({ where: { id, ...visible(actor) } });
  if (!meeting) throw new NotFound('Meeting');
  return meeting;
}

async function findResolution(
  { database }: Services,
  actor: Actor,
  id: string,
): Promise<Resolution & { meeting: Pick<Meeting, 'kind' | 'heldAt'> }> {
  const resolution = await database.prisma.resolution.findFirst({
    where: { id, ...visible(actor) },
    include: { meeting: { select: { kind: true, heldAt: true } } },
  });
  if (!resolution) throw new NotFound('Resolution');
  return resolution;
}

function audit(
  tx: Prisma.TransactionClient,
  { actor }: Caller,
  at: Date,
  action: string,
  subject: { readonly type: string; readonly id: string; readonly policyId: string; readonly branchId: string },
  requestId: string | null,
): Promise<void> {
  const { type, id, policyId, branchId } = subject;
  return writeAudit(tx, { at, actorId: actor.id, requestId, action, subject: { type, id }, policyId, branchId });
}
