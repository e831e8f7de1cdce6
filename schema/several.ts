import { acknowledgeAlerts } from '../server/domain/alerts/acknowledge.ts';
import { reassignTasks } from '../server/domain/tasks/change-task.ts';
import type { PartlyDone } from '../server/engine/services/each-by-itself.ts';
import { referenceOf } from '../server/platform/values/ids.ts';
import { type Builder, callerOf, mutationErrors } from './base/builder.ts';
import { addNotDone } from './base/partly.ts';

/** Commands for several objects at once, each by itself. */
export function addSeveral(builder: Builder): void {
  const NotDone = addNotDone(builder);
  const AcknowledgeAlertsInput = builder.inputType('AcknowledgeAlertsInput', {
    fields: (t) => ({ ids: t.idList({ required: true, description: 'At most 100.' }), note: t.string() }),
  });
  const Acknowledged = builder.objectRef<PartlyDone>('AlertsAcknowledged').implement({
    fields: (t) => ({
      acknowledged: t.prismaField({
        type: ['Alert'],
        resolve: (query, { done }, _args, { services }) =>
          services.database.prisma.alert.findMany({
            ...query,
            where: { id: { in: [...done] } },
            orderBy: { pos: 'asc' },
          }),
      }),
      failed: t.field({
        type: [NotDone],
        resolve: ({ failed }) => failed.map((one) => ({ ...one, type: 'Alert' as const })),
      }),
    }),
  });
  const ReassignTasksInput = builder.inputType('ReassignTasksInput', {
    fields: (t) => ({
      ids: t.idList({ required: true, description: 'At most 100.' }),
      assigneeId: t.id({ required: true }),
      reason: t.string({ required: true }),
    }),
  });
  const Reassigned = builder.objectRef<PartlyDone>('TasksReassigned').implement({
    fields: (t) => ({
      reassigned: t.prismaField({
        type: ['Task'],
        resolve: (query, { done }, _args, { services }) =>
          services.database.prisma.task.findMany({
            ...query,
            where: { id: { in: [...done] } },
            orderBy: { dueAt: 'asc' },
          }),
      }),
      failed: t.field({
        type: [NotDone],
        resolve: ({ failed }) => failed.map((one) => ({ ...one, type: 'Task' as const })),
      }),
    }),
  });
  builder.mutationFields((t) => ({
    acknowledgeAlerts: t.field({
      type: Acknowledged,
      errors: mutationErrors,
      description: 'Takes several alerts on, each by itself.',
      args: { input: t.arg({ type: AcknowledgeAlertsInput, required: true }) },
      resolve: (_root, { input }, context) =>
        acknowledgeAlerts(context.services, callerOf(context), {
          ...input,
          ids: input.ids.map((id, index) => referenceOf('Alert', String(id), `input.ids[${index}]`)),
        }),
    }),
    reassignTasks: t.field({
      type: Reassigned,
      errors: mutationErrors,
      description: 'Gives several tasks to somebody else, each by itself.',
      args: { input: t.arg({ type: ReassignTasksInput, required: true }) },
      resolve: (_root, { input }, context) =>
        reassignTasks(context.services, callerOf(context), {
          ...input,
          ids: input.ids.map((id, index) => referenceOf('Task', String(id), `input.ids[${index}]`)),
          assigneeId: referenceOf('Staff', String(input.assigneeId), 'input.assigneeId'),
        }),
    }),
  }));
}
