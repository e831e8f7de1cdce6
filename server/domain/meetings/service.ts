import type { Meeting, Prisma } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { ownLine } from '../../engine/services/business-line.ts';
import { type MeetingPeople, peopleOfMeeting } from '../../engine/services/give-work.ts';
import { requireMove, type TableMove } from '../../engine/services/move-table.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks } from '../../engine/sla/subject-clock.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { dayIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { own } from '../../platform/values/own.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { fulfilDuties } from '../duties/fulfil.ts';
import { minutesClock, minutesKey, ownerClock } from './clocks.ts';
import { MEETING, type MeetingState, meetingState, RESOLUTION } from './meeting-states.ts';
import { giveResolutionTask } from './resolution-tasks.ts';
import { missingRoles } from './rules.ts';

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
  const act = Act.begin(services, caller, MEETING.hold.by);
  const policy = ownLine(services, act.actor, input.policyId);
  const people = await peopleOf(act, input);
  checkMeeting(input, policy, people, act.now);
  const rows = meetingRows(act, policy, input, people);
  const { meeting, resolutions, clocks } = rows;
  const { id, policyId, branchId } = meeting;
  const officeId = (await services.actors.organisation()).officeOf(policyId);
  await act.commit({
    answer: id,
    audit: act.audit('HOLD_MEETING', { type: 'Meeting', id, policyId, branchId }),
    async change(tx) {
      await tx.meeting.create({ data: meeting, select: { id: true } });
      await tx.resolution.createMany({ data: resolutions });
      await tx.subjectClock.createMany({ data: clocks });
      for (const resolution of resolutions) {
        const { ownerId } = resolution;
        if (ownerId) await giveResolutionTask(services, tx, meeting, { ...resolution, ownerId }, act.now);
      }
      await fulfilByMeeting(tx, policy, meeting, officeId);
    },
  });
  return id;
}

/** Those whom a meeting at the actor's branch names. */
function peopleOf({ services, actor }: Act, input: NewMeeting): Promise<MeetingPeople> {
  const { policyId, attendeeIds, resolutions } = input;
  const ids = [...attendeeIds, ...(resolutions ?? []).flatMap(({ ownerId }) => ownerId ?? [])];
  return peopleOfMeeting(services, { policyId, branchId: actor.branchId }, ids);
}

/** @throws {InvalidInput} every field that does not fit is named */
function checkMeeting(input: NewMeeting, { declaration }: InstalledPolicy, people: MeetingPeople, now: Date): void {
  const { kind, agenda, heldAt, resolutions } = input;
  const issues: Issue[] = [];
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  if (!own(declaration.meetings?.kinds, kind)) say('kind', `is no kind of meeting of ${input.policyId}`);
  if (heldAt && heldAt > now) say('heldAt', 'lies ahead: a meeting is recorded once it was held');
  if (agenda.trim() === '') say('agenda', 'is empty');
  const attendees = new Set(input.attendeeIds);
  if (attendees.size === 0) say('attendeeIds', 'is empty');
  if (attendees.size > MAX_ATTENDEES) say('attendeeIds', `has more than ${MAX_ATTENDEES} entries`);
  for (const [index, id] of input.attendeeIds.entries()) {
    const unfit = people.unfit(id, null);
    if (unfit) say(`attendeeIds[${index}]`, unfit);
  }
  const given = resolutions ?? [];
  if (given.length > MAX_RESOLUTIONS) say('resolutions', `has more than ${MAX_RESOLUTIONS} entries`);
  for (const [index, { text, ownerId }] of given.entries()) {
    if (text.trim() === '') say(`resolutions[${index}].text`, 'is empty');
    const unfit = ownerId ? people.unfit(ownerId, 'RESOLUTION') : null;
    if (unfit) say(`resolutions[${index}].ownerId`, unfit);
  }
  if (issues.length > 0) throw new InvalidInput(issues);
}

/** A meeting with its resolutions, and the clocks of its minutes and of the resolutions that nobody owns. */
function meetingRows(
  { services, actor, now }: Act,
  policy: InstalledPolicy,
  input: NewMeeting,
  { people }: MeetingPeople,
) {
  const id = newId();
  const { branchId } = actor;
  const bound = { policyId: input.policyId, branchId };
  const heldAt = input.heldAt ?? now;
  const resolutions = (input.resolutions ?? []).map(({ text, ownerId, dueOn }) => ({
    id: newId(),
    meetingId: id,
    ...bound,
    text: text.trim(),
    ownerId: ownerId ?? null,
    assignedAt: ownerId ? heldAt : null,
    dueOn: dueOn ?? null,
    state: RESOLUTION.pass.to,
    createdAt: heldAt,
  }));
  const about = { policy, calendars: services.calendars, branchId, heldAt };
  const minutes = minutesClock(about, id);
  const unowned = resolutions.filter(({ ownerId }) => ownerId === null);
  const clocks = [minutes, ...unowned.map((resolution) => ownerClock(about, resolution))];
  const attendeeIds = [...new Set(input.attendeeIds)];
  const meeting = {
    id,
    ...bound,
    kind: input.kind,
    heldAt,
    agenda: input.agenda.trim(),
    attendeeIds,
    attendedBy: [...new Set(attendeeIds.flatMap((one) => people.get(one)?.roles ?? []))],
    recording: input.recording ?? null,
    minutesDueAt: minutes?.dueAt ?? null,
    heldById: actor.id,
  };
  return { meeting, resolutions, clocks: clocks.filter((row) => row !== null) };
}

/** Does the duty of the meeting's period, if all attended who must. */
async function fulfilByMeeting(
  tx: TransactionClient,
  policy: InstalledPolicy,
  meeting: Pick<Meeting, 'branchId' | 'kind' | 'heldAt' | 'agenda' | 'attendedBy'>,
  officeId: string | null,
): Promise<void> {
  if (missingRoles(policy.declaration, meeting).length > 0) return;
  const { branchId, kind, heldAt: at, agenda: outcome } = meeting;
  const day = dayIn(at, zoneOf(policy.declaration));
  await fulfilDuties(tx, policy, { meeting: kind }, { branchId, officeId, day, at, outcome });
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
  const act = Act.begin(services, caller, MEETING.fileMinutes.by);
  const issues: Issue[] = [];
  if (input.results.trim() === '') issues.push({ path: 'input.results', message: 'is empty' });
  if (input.actions.trim() === '') issues.push({ path: 'input.actions', message: 'is empty' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const meeting = await findMeetingFor(act, MEETING.fileMinutes, input.meetingId);
  const items = await agendaItems(services, meeting);
  const unexplained = items.filter(({ explanations }) => explanations.length === 0);
  if (unexplained.length > 0) {
    const resolutions = unexplained.map(({ text }) => `“${text.slice(0, 80)}”`).join(', ');
    throw refuse('EXPLANATION_MISSING', { resolutions });
  }
  const { id, policyId, branchId } = meeting;
  await act.commit({
    audit: act.audit('FILE_MINUTES', { type: 'Meeting', id, policyId, branchId }),
    alerts: true,
    async change(tx) {
      const { count } = await tx.meeting.updateMany({
        where: { id, minutesAt: null },
        data: { results: input.results.trim(), actions: input.actions.trim(), minutesAt: act.now },
      });
      if (count === 0) throw new Conflict(null);
      await endSubjectClocks(tx, [minutesKey(id)], 'FULFILLED', act.now);
    },
  });
  return id;
}

/**
 * A meeting with which the move may be made.
 *
 * @throws {Refused} MINUTES_FILED
 */
export async function findMeetingFor(act: Act, move: TableMove<MeetingState>, id: string): Promise<Meeting> {
  const meeting = await act.found('Meeting', act.prisma.meeting.findFirst({ where: act.one(id) }));
  requireMove(move, meetingState(meeting));
  return meeting;
}

type AgendaItem = Prisma.ResolutionGetPayload<{ include: { explanations: true } }>;

/**
 * What is on a meeting's agenda from before: resolutions of earlier meetings of the kind that were not executed by then, each
 * with the explanation that was given here, whatever day they are due. What was executed here or after stays, because it
 * was open then.
 */
export async function agendaItems(
  { database }: Pick<Services, 'database'>,
  meeting: Pick<Meeting, 'id' | 'policyId' | 'branchId' | 'kind' | 'heldAt'>,
): Promise<AgendaItem[]> {
  return database.prisma.resolution.findMany({
    where: {
      policyId: meeting.policyId,
      branchId: meeting.branchId,
      meeting: { kind: meeting.kind, heldAt: { lt: meeting.heldAt } },
      OR: [{ doneAt: null }, { doneAt: { gt: meeting.heldAt } }],
    },
    include: { explanations: { where: { meetingId: meeting.id } } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 100,
  });
}
