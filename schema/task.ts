import { selectForCallback } from '../server/domain/tasks/callbacks.ts';
import { completeTask } from '../server/domain/tasks/complete.ts';
import { visibleParts } from '../server/platform/access/scope.ts';
import { SELECTION_METHODS } from '../server/platform/values/enums.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { actorOf, type Builder, callerOf, mutationErrors, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';
import { type TaskFilterRef, taskWhere } from './task-filter.ts';

/** Tasks: what a person has to do by an instant. */
export function addTasks(builder: Builder, enums: Enums, refs: TypeRefs, TaskFilter: TaskFilterRef): void {
  builder.prismaNode('Task', {
    id: { field: 'id' },
    ...seenBy,
    description: 'Something that a person has to do by an instant.',
    select: { id: true, policyId: true, branchId: true },
    fields: (t) => ({
      title: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        select: { title: true },
        resolve: ({ title }, { locale }, context) => localised(title, locale, context),
      }),
      origin: t.expose('origin', { type: enums.TaskOrigin }),
      status: t.expose('status', { type: enums.TaskStatus }),
      dueAt: t.expose('dueAt', { type: 'DateTime' }),
      plannedOn: t.expose('plannedOn', {
        type: 'Date',
        nullable: true,
        description: 'The working day on which the assignee has room for it; it may be done on any day of its period.',
      }),
      purpose: t.expose('purpose', { type: enums.Purpose }),
      channel: t.expose('channel', { type: enums.Channel, nullable: true }),
      outcome: t.exposeString('outcome', { nullable: true }),
      completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true }),
      milestone: t.exposeString('milestone', { nullable: true, description: "The plan's milestone that it is." }),
      leadRole: t.expose('leadRole', {
        type: enums.Role,
        nullable: true,
        description: 'Who leads the milestone; only that role completes it.',
      }),
      customer: t.relation('customer', { nullable: true }),
      assignee: t.relation('assignee', { nullable: true }),
      plan: t.relation('plan', { nullable: true }),
      ticket: t.relation('ticket', { nullable: true }),
    }),
  });

  builder.queryField('tasks', (t) =>
    listField(t, refs, 'Task', {
      description: 'By due date.',
      args: { filter: t.arg({ type: TaskFilter }) },
      rows: ({ filter }, context) => ({
        parts: visibleParts(actorOf(context)),
        where: taskWhere(filter, context),
      }),
      order: () => ({ field: 'dueAt', direction: 'ASC', nullable: false }),
    }),
  );

  const TaskInteractionInput = builder.inputType('TaskInteractionInput', {
    fields: (t) => ({
      channel: t.field({ type: enums.Channel, required: true }),
      purpose: t.field({ type: enums.Purpose, required: true }),
      summary: t.string({ required: true }),
      needs: t.string(),
      satisfaction: t.int({ description: '1 to 5.' }),
      signedByCustomer: t.boolean(),
      openQuestion: t.boolean({
        description: 'Something was asked that is to be answered; of a call with a need, left out means yes.',
      }),
    }),
  });
  const CompleteTaskInput = builder.inputType('CompleteTaskInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      outcome: t.string({ required: true }),
      interaction: t.field({ type: TaskInteractionInput }),
    }),
  });
  const Method = builder.enumType('SelectionMethod', { values: SELECTION_METHODS });
  const SelectForCallbackInput = builder.inputType('SelectForCallbackInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      method: t.field({ type: Method, required: true }),
      count: t.int({ required: true, description: '1 to 100.' }),
      dueAt: t.field({ type: 'DateTime', required: true }),
      reason: t.string({ required: true, description: 'What the calls are about.' }),
    }),
  });
  const Selection = builder.objectRef<{ tasks: string[] }>('CallbackSelection').implement({
    description: 'Who is to be called back.',
    fields: (t) => ({
      tasks: t.field({
        type: [refs.named('Task')],
        description: 'At most 100, in the order of the method.',
        resolve: async ({ tasks }, _args, { services }) => {
          const found = await services.database.prisma.task.findMany({ where: { id: { in: tasks } } });
          return found.sort((a, b) => tasks.indexOf(a.id) - tasks.indexOf(b.id));
        },
      }),
    }),
  });
  builder.mutationField('selectForCallback', (t) =>
    t.field({
      type: Selection,
      errors: mutationErrors,
      description: 'Chooses customers by a method and opens a callback for each.',
      args: { input: t.arg({ type: SelectForCallbackInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (_root, { input, idempotencyKey }, context) => ({
        tasks: await selectForCallback(context.services, callerOf(context), input, idempotencyKey),
      }),
    }),
  );

  builder.mutationField('completeTask', (t) =>
    command(t, 'Task', {
      args: { input: t.arg({ type: CompleteTaskInput, required: true }) },
      run: (services, caller, { input }) => completeTask(services, caller, { ...input, id: idOf('Task', input.id) }),
    }),
  );
}
