import type { AlertClimb } from '../prisma/generated/client/client.ts';
import { snoozeAlert } from '../server/domain/alerts/snooze.ts';
import { idOf } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';

/** Who was told of an alert, who has it now, and that it is put off for a while. */
export function addAlertLadder(builder: Builder): void {
  addLadderFields(builder);
  const SnoozeAlertInput = builder.inputType('SnoozeAlertInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      until: t.field({ type: 'DateTime', required: true, description: 'At latest when it climbs.' }),
      reason: t.string({ required: true }),
    }),
  });
  builder.mutationField('snoozeAlert', (t) =>
    command(t, 'Alert', {
      description: 'Puts an alert off that nobody has taken on. It ends by itself.',
      args: { input: t.arg({ type: SnoozeAlertInput, required: true }) },
      run: (services, caller, { input }) => snoozeAlert(services, caller, { ...input, id: idOf('Alert', input.id) }),
    }),
  );
}

function addLadderFields(builder: Builder): void {
  const Climb = builder.prismaObject('AlertClimb', {
    description: 'A rung of the ladder of an alert, and who was told there.',
    fields: (t) => ({
      rung: t.exposeInt('rung', { description: 'The first is 1.' }),
      to: t.exposeString('whom', { description: 'Whom the rung names: `OWNER`, a role, or a post of the policy.' }),
      staff: t.relation('staff', { nullable: true, description: 'The person; null where all of the role were told.' }),
      nobodyThere: t.exposeBoolean('passed', {
        description: 'Nobody of the rung was there, so the next one was told at once.',
      }),
      dueAt: t.expose('dueAt', { type: 'DateTime', description: 'When it was to be told.' }),
      toldAt: t.expose('toldAt', { type: 'DateTime' }),
      lateBySeconds: t.int({
        description: 'How much later than that it was told.',
        select: { dueAt: true, toldAt: true },
        resolve: ({ dueAt, toldAt }) => lateBySeconds({ dueAt, toldAt }),
      }),
    }),
  });
  const Snooze = builder.objectRef<{ byId: string; until: Date; reason: string }>('AlertSnooze').implement({
    description: 'An alert that is put off. It climbs at its time all the same.',
    fields: (t) => ({
      by: t.prismaField({
        type: 'Staff',
        resolve: (query, { byId }, _args, { services }) =>
          services.database.prisma.staff.findUniqueOrThrow({ ...query, where: { id: byId } }),
      }),
      until: t.expose('until', { type: 'DateTime' }),
      reason: t.exposeString('reason'),
    }),
  });
  builder.prismaObjectFields('Alert', (t) => ({
    assignee: t.relation('assignee', {
      nullable: true,
      description:
        'Whom it is with now, beside the roles of the audience: who has the matter, stands in for them, or is on its rung.',
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'Since when its matter is over: the promise met, the task done, the approval decided, the ticket closed.',
    }),
    climbs: t.relation('climbs', {
      type: Climb,
      description: 'Who was told when, rung by rung; empty where the policy declares no ladder.',
      query: { orderBy: { rung: 'asc' } },
    }),
    climbsAt: t.expose('climbsAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the next rung is told, unless somebody acknowledges it; null where nobody waits, or at the last one.',
    }),
    snooze: t.field({
      type: Snooze,
      nullable: true,
      select: { snoozedById: true, snoozedUntil: true, snoozeReason: true },
      resolve: ({ snoozedById, snoozedUntil, snoozeReason }, _args, { services }) =>
        snoozedUntil && snoozedById && snoozedUntil > services.clock.now()
          ? { byId: snoozedById, until: snoozedUntil, reason: snoozeReason ?? '' }
          : null,
    }),
  }));
}

/** Whole seconds by which a rung was told too late. */
function lateBySeconds({ dueAt, toldAt }: Pick<AlertClimb, 'dueAt' | 'toldAt'>): number {
  return Math.max(0, Math.floor((toldAt.getTime() - dueAt.getTime()) / 1000));
}
