import type { Role } from '../prisma/generated/client/enums.ts';
import { assignResolution, completeResolution, explainResolution } from '../server/domain/meetings/resolutions.ts';
import { missingRoles } from '../server/domain/meetings/rules.ts';
import { agendaItems, fileMinutes, holdMeeting } from '../server/domain/meetings/service.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { visible } from '../server/platform/access/scope.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { actorOf, type Builder, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import { pageSize } from './base/page.ts';

/** The roles that had to attend a meeting and did not. */
function missing(
  { services }: RequestContext,
  { policyId, ...meeting }: { policyId: string; kind: string; attendedBy: readonly Role[] },
): Role[] {
  const policy = services.policies.get(policyId)?.declaration;
  return policy ? missingRoles(policy, meeting) : [];
}

/** What meetings decided. */
function addResolutions(builder: Builder, enums: Enums): void {
  builder.prismaNode('Resolution', {
    id: { field: 'id' },
    ...seenBy,
    description: 'What a meeting decided to do, and who does it.',
    fields: (t) => ({
      text: t.exposeString('text'),
      state: t.expose('state', { type: enums.ResolutionState }),
      owner: t.relation('owner', { nullable: true }),
      assignedAt: t.expose('assignedAt', { type: 'DateTime', nullable: true }),
      dueOn: t.expose('dueOn', { type: 'Date', nullable: true }),
      outcome: t.exposeString('outcome', { nullable: true }),
      doneAt: t.expose('doneAt', { type: 'DateTime', nullable: true }),
      meeting: t.relation('meeting'),
      task: t.prismaField({
        type: 'Task',
        nullable: true,
        description: "The owner's task, where it has an owner and a deadline; completing either completes the other.",
        select: { id: true },
        resolve: (query, { id }, _args, context) =>
          context.services.database.prisma.task.findFirst({
            ...query,
            where: { AND: [visible(actorOf(context)), { resolutionId: id, status: { not: 'CANCELLED' } }] },
            orderBy: { id: 'desc' },
          }),
      }),
    }),
  });
  builder.prismaObjectField('Task', 'resolution', (t) =>
    t.prismaField({
      type: 'Resolution',
      nullable: true,
      description: 'What it executes, where the viewer sees the meeting.',
      select: { resolutionId: true },
      resolve: (query, { resolutionId }, _args, context) =>
        resolutionId
          ? context.services.database.prisma.resolution.findFirst({
              ...query,
              where: { AND: [visible(actorOf(context)), { id: resolutionId }] },
            })
          : null,
    }),
  );
}

/** What is done with meetings and what they decided. */
function addMeetingWork(builder: Builder): void {
  const MeetingResolutionInput = builder.inputType('MeetingResolutionInput', {
    fields: (t) => ({
      text: t.string({ required: true }),
      ownerId: t.id({ description: 'Somebody is found within the hours that the policy gives.' }),
      dueOn: t.field({ type: 'Date' }),
    }),
  });
  const MeetingInput = builder.inputType('MeetingInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      kind: t.string({ required: true }),
      heldAt: t.field({ type: 'DateTime', description: 'Now, unless said.' }),
      agenda: t.string({ required: true }),
      attendeeIds: t.idList({ required: true }),
      recording: t.string(),
      resolutions: t.field({ type: [MeetingResolutionInput] }),
    }),
  });
  const MinutesInput = builder.inputType('MinutesInput', {
    fields: (t) => ({
      meetingId: t.id({ required: true }),
      results: t.string({ required: true }),
      actions: t.string({ required: true }),
    }),
  });
  const AssignResolutionInput = builder.inputType('AssignResolutionInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      ownerId: t.id({ required: true }),
      dueOn: t.field({ type: 'Date' }),
    }),
  });
  const ExplainResolutionInput = builder.inputType('ExplainResolutionInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      meetingId: t.id({ required: true }),
      explanation: t.string({ required: true }),
    }),
  });
  builder.mutationFields((t) => ({
    holdMeeting: command(t, 'Meeting', {
      description: 'Records a meeting that was held, with what it decided.',
      args: { input: t.arg({ type: MeetingInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        holdMeeting(services, caller, {
          ...input,
          policyId: String(input.policyId),
          attendeeIds: input.attendeeIds.map((one, index) =>
            referenceOf('Staff', String(one), `input.attendeeIds[${index}]`),
          ),
          resolutions:
            input.resolutions?.map((one, index) => ({
              ...one,
              ownerId: one.ownerId
                ? referenceOf('Staff', String(one.ownerId), `input.resolutions[${index}].ownerId`)
                : null,
            })) ?? null,
        }),
    }),
    fileMinutes: command(t, 'Meeting', {
      args: { input: t.arg({ type: MinutesInput, required: true }) },
      run: (services, caller, { input }) => {
        const meetingId = idOf('Meeting', String(input.meetingId));
        return fileMinutes(services, caller, { ...input, meetingId });
      },
    }),
    assignResolution: command(t, 'Resolution', {
      args: { input: t.arg({ type: AssignResolutionInput, required: true }) },
      run: (services, caller, { input }) =>
        assignResolution(services, caller, {
          ...input,
          id: idOf('Resolution', String(input.id)),
          ownerId: referenceOf('Staff', String(input.ownerId), 'input.ownerId'),
        }),
    }),
    completeResolution: command(t, 'Resolution', {
      args: { id: t.arg.id({ required: true }), outcome: t.arg.string({ required: true }) },
      run: (services, caller, args) => {
        const resolution = { ...args, id: idOf('Resolution', String(args.id)) };
        return completeResolution(services, caller, resolution);
      },
    }),
    explainResolution: command(t, 'Resolution', {
      description: 'Records what the owner of an unexecuted resolution explains at the next meeting.',
      args: { input: t.arg({ type: ExplainResolutionInput, required: true }) },
      run: (services, caller, { input }) =>
        explainResolution(services, caller, {
          ...input,
          id: idOf('Resolution', String(input.id)),
          meetingId: idOf('Meeting', String(input.meetingId)),
        }),
    }),
  }));
}

/** Meetings with what they decided. */
export function addMeetings(builder: Builder, enums: Enums): void {
  addResolutions(builder, enums);
  const AgendaItem = builder
    .objectRef<{ id: string; explanations: readonly { text: string }[] }>('AgendaItem')
    .implement({
      description: 'A resolution of an earlier meeting that was not executed by this one: its owner explains.',
      fields: (t) => ({
        resolution: t.prismaField({
          type: 'Resolution',
          resolve: (query, { id }, _args, { services }) =>
            services.database.prisma.resolution.findUniqueOrThrow({ ...query, where: { id } }),
        }),
        explanation: t.string({
          nullable: true,
          description: 'What the owner explained at this meeting; null until then.',
          resolve: ({ explanations }) => explanations[0]?.text ?? null,
        }),
      }),
    });

  builder.prismaNode('Meeting', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A meeting that was held.',
    fields: (t) => ({
      kind: t.exposeString('kind', { description: 'One of the kinds that the policy declares.' }),
      heldAt: t.expose('heldAt', { type: 'DateTime' }),
      agenda: t.exposeString('agenda'),
      recording: t.exposeString('recording', { nullable: true }),
      attendees: t.prismaField({
        type: ['Staff'],
        description: 'At most 500.',
        select: { attendeeIds: true },
        resolve: (query, { attendeeIds }, _args, { services }) =>
          services.database.prisma.staff.findMany({
            ...query,
            where: { id: { in: attendeeIds } },
            orderBy: { number: 'asc' },
          }),
      }),
      missingRoles: t.field({
        type: [enums.Role],
        description: 'Roles that had to attend and did not.',
        select: { policyId: true, kind: true, attendedBy: true },
        resolve: (meeting, _args, context) => missing(context, meeting),
      }),
      compliant: t.boolean({
        description: 'Whether everybody attended who had to.',
        select: { policyId: true, kind: true, attendedBy: true },
        resolve: (meeting, _args, context) => missing(context, meeting).length === 0,
      }),
      results: t.exposeString('results', { nullable: true }),
      actions: t.exposeString('actions', { nullable: true }),
      minutesDueAt: t.expose('minutesDueAt', { type: 'DateTime', nullable: true }),
      minutesAt: t.expose('minutesAt', { type: 'DateTime', nullable: true }),
      minutesOverdue: t.boolean({
        description: 'The minutes were, or are, filed after they were due.',
        select: { minutesAt: true, minutesDueAt: true },
        resolve: ({ minutesAt, minutesDueAt }, _args, { services }) =>
          minutesDueAt !== null && (minutesAt ?? services.clock.now()) > minutesDueAt,
      }),
      resolutions: t.relation('resolutions', {
        description: 'At most 50.',
        query: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] },
      }),
      agendaItems: t.field({
        type: [AgendaItem],
        description: 'What earlier meetings of the kind decided and nobody executed by now; at most 100.',
        select: { id: true, policyId: true, branchId: true, kind: true, heldAt: true },
        resolve: (meeting, _args, { services }) => agendaItems(services, meeting),
      }),
    }),
  });
  builder.queryField('meetings', (t) =>
    t.prismaField({
      type: ['Meeting'],
      description: 'The newest first; 20 unless said, at most 100.',
      args: { policyId: t.arg.id({ required: true }), kind: t.arg.string(), first: t.arg.int() },
      resolve: (query, _root, { policyId, kind, first }, context) =>
        context.services.database.prisma.meeting.findMany({
          ...query,
          where: { AND: [visible(actorOf(context)), { policyId: String(policyId), ...(kind != null && { kind }) }] },
          orderBy: [{ heldAt: 'desc' }, { id: 'desc' }],
          take: pageSize({ first }).size,
        }),
    }),
  );

  addMeetingWork(builder);
}
