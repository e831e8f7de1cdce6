import type { Meeting, Resolution } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import { peopleOfMeeting } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks } from '../../engine/sla/subject-clock.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { ownerKey } from './clocks.ts';
import { MEETING, RESOLUTION } from './meeting-states.ts';
import { completeResolutionTask, executeResolution, giveResolutionTask } from './resolution-tasks.ts';
import { agendaItems, findMeetingFor } from './service.ts';

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
  const act = Act.begin(services, caller, RESOLUTION.assign.by);
  const { meeting, ...resolution } = await findResolution(act, input.id);
  const { ownerId } = input;
  const unfit = (await peopleOfMeeting(services, resolution, [ownerId])).unfit(ownerId, 'RESOLUTION');
  if (unfit) throw new InvalidInput([{ path: 'input.ownerId', message: unfit }]);
  await act.commit({
    audit: act.audit('ASSIGN_RESOLUTION', subjectOf(resolution)),
    alerts: true,
    async change(tx) {
      const { count } = await tx.resolution.updateMany({
        where: { id: resolution.id, state: { in: [...RESOLUTION.assign.from] } },
        data: { ownerId, assignedAt: act.now, ...(input.dueOn && { dueOn: input.dueOn }) },
      });
      if (count === 0) throw RESOLUTION.assign.otherwise();
      await endSubjectClocks(tx, [ownerKey(resolution.id)], 'FULFILLED', act.now);
      const dueOn = input.dueOn ?? resolution.dueOn;
      await giveResolutionTask(services, tx, meeting, { ...resolution, ownerId, dueOn }, act.now);
    },
  });
  return resolution.id;
}

/**
 * Records that a resolution was executed, by its owner or the person who leads; its task is done with it.
 *
 * @throws {Refused} RESOLUTION_DONE, NO_OWNER
 */
export async function completeResolution(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly outcome: string },
): Promise<string> {
  const act = Act.begin(services, caller, RESOLUTION.complete.by);
  const outcome = input.outcome.trim();
  if (outcome === '') throw new InvalidInput([{ path: 'outcome', message: 'is empty' }]);
  const { id, ownerId } = await findResolution(act, input.id);
  if (ownerId === null) throw refuse('NO_OWNER');
  await act.commit({
    // The entry is written where the resolution is executed, whichever way that comes about.
    audit: [],
    async change(tx) {
      if (!(await executeResolution(tx, act, { id, outcome }))) throw RESOLUTION.complete.otherwise();
      await completeResolutionTask(tx, id, outcome, act.now);
    },
  });
  return id;
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
  const act = Act.begin(services, caller, MEETING.explain.by);
  if (input.explanation.trim() === '') throw new InvalidInput([{ path: 'input.explanation', message: 'is empty' }]);
  const resolution = await findResolution(act, input.id);
  const meeting = await findMeetingFor(act, MEETING.explain, input.meetingId);
  const items = await agendaItems(services, meeting);
  if (!items.some(({ id }) => id === resolution.id)) throw refuse('NOT_ON_AGENDA');
  await act.commit({
    audit: act.audit('EXPLAIN_RESOLUTION', subjectOf(resolution)),
    async change(tx) {
      const key = { resolutionId: resolution.id, meetingId: meeting.id };
      const said = { text: input.explanation.trim(), byId: act.actor.id, at: act.now };
      await tx.resolutionExplanation.upsert({
        where: { resolutionId_meetingId: key },
        create: { ...key, ...said },
        update: said,
        select: { at: true },
      });
    },
  });
  return resolution.id;
}

function findResolution(act: Act, id: string): Promise<Resolution & { meeting: Pick<Meeting, 'kind' | 'heldAt'> }> {
  const include = { meeting: { select: { kind: true, heldAt: true } } } as const;
  return act.found('Resolution', act.prisma.resolution.findFirst({ where: act.one(id), include }));
}

function subjectOf({ id, policyId, branchId }: Resolution) {
  return { type: 'Resolution', id, policyId, branchId };
}
