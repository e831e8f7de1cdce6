import { queryFromInfo } from '@pothos/plugin-prisma';
import { visible } from '../server/access/scope.ts';
import { idOf } from '../server/ids.ts';
import { completeTask } from '../server/tasks/service.ts';
import { actorOf, type Builder, callerOf, guardNode, mutationErrors, seenBy } from './builder.ts';
import type { Enums } from './enums.ts';
import { keysetPage } from './page.ts';
import type { TypeRefs } from './refs.ts';
import { localised } from './text.ts';

/** Tasks: what a person has to do by an instant. */
export function addTasks(builder: Builder, enums: Enums, refs: TypeRefs): void {
  builder.prismaNode('Task', {
    id: { field: 'id' },
    ...seenBy,
    description: 'Something that a person has to do by an instant.',
    fields: (t) => ({
      title: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        select: { title: true },
        resolve: ({ title }, { locale }, context) => localised(title, locale, context),
      }),
      origin: t.expose('origin', { type: enums.TaskOrigin }),
      status: t.expose('status', { type: enums.TaskStatus }),
      dueAt: t.expose('dueAt', { type: 'DateTime' }),
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
  guardNode(
    'Task',
    async ({ services, actor }, id) =>
      (await services.database.prisma.task.count({ where: { id, ...visible(actor) } })) > 0,
  );

  builder.queryField('tasks', (t) =>
    t.connection(
      {
        type: refs.named('Task'),
        description: 'By due date.',
        args: { filter: t.arg({ type: refs.TaskFilter }) },
        resolve: (_root, args, context, info) =>
          keysetPage(context.services.database.prisma.task as never, {
            where: { AND: [visible(actorOf(context)), refs.taskWhere(args.filter, context)] },
            order: { field: 'dueAt', direction: 'ASC', nullable: false },
            page: args,
            selection: { ...queryFromInfo({ context, info, typeName: 'Task', paths: [['nodes'], ['edges', 'node']] }) },
          }) as never,
      },
      refs.connections.Task,
      refs.edges.Task,
    ),
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
  builder.mutationField('completeTask', (t) =>
    t.prismaField({
      type: 'Task',
      errors: mutationErrors,
      args: { input: t.arg({ type: CompleteTaskInput, required: true }) },
      resolve: async (query, _root, { input }, context) => {
        const id = await completeTask(context.services, callerOf(context), { ...input, id: idOf('Task', input.id) });
        return context.services.database.prisma.task.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
  );
}
