import {
  cancelTask,
  PUT_OFF_REASONS,
  putOffTask,
  reassignTask,
  rescheduleTask,
  skipTask,
} from '../server/domain/tasks/change-task.ts';
import { createTask } from '../server/domain/tasks/create-task.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';

/** Tasks that are made by hand, and what is done with a task beside completing it. */
export function addTaskChanges(builder: Builder, enums: Enums): void {
  const change = (t: Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]) => ({
    id: t.id({ required: true }),
    reason: t.string({ required: true, description: 'Kept in the audit trail.' }),
  });
  const CreateTaskInput = builder.inputType('CreateTaskInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      ticketId: t.id({ description: "A ticket of the customer's." }),
      title: t.string({ required: true }),
      purpose: t.field({ type: enums.Purpose, required: true }),
      channel: t.field({ type: enums.Channel }),
      dueAt: t.field({ type: 'DateTime', required: true }),
      assigneeId: t.id({ description: "The customer's manager unless said." }),
    }),
  });
  const ReassignTaskInput = builder.inputType('ReassignTaskInput', {
    fields: (t) => ({ ...change(t), assigneeId: t.id({ required: true }) }),
  });
  const RescheduleTaskInput = builder.inputType('RescheduleTaskInput', {
    fields: (t) => ({ ...change(t), dueAt: t.field({ type: 'DateTime', required: true }) }),
  });
  const PutOffReason = builder.enumType('PutOffReason', { values: PUT_OFF_REASONS });
  const PutOffTaskInput = builder.inputType('PutOffTaskInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      until: t.field({ type: 'Date', required: true, description: 'The day on which it is tried again.' }),
      why: t.field({ type: PutOffReason, required: true }),
      note: t.string({ description: 'Needed with OTHER.' }),
    }),
  });
  const EndTaskInput = builder.inputType('EndTaskInput', { fields: (t) => change(t) });
  builder.mutationFields((t) => ({
    createTask: command(t, 'Task', {
      description: 'Makes a task about a customer by hand.',
      args: { input: t.arg({ type: CreateTaskInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) => {
        const task = {
          ...input,
          customerId: idOf('Customer', input.customerId),
          ticketId: input.ticketId ? referenceOf('Ticket', input.ticketId, 'input.ticketId') : null,
          assigneeId: input.assigneeId ? referenceOf('Staff', input.assigneeId, 'input.assigneeId') : null,
        };
        return createTask(services, caller, task, idempotencyKey);
      },
    }),
    reassignTask: command(t, 'Task', {
      description: 'Gives a task to somebody else; `staff(filter: { mayBeGiven })` says to whom.',
      args: { input: t.arg({ type: ReassignTaskInput, required: true }) },
      run: (services, caller, { input }) =>
        reassignTask(services, caller, {
          ...input,
          id: idOf('Task', input.id),
          assigneeId: referenceOf('Staff', input.assigneeId, 'input.assigneeId'),
        }),
    }),
    rescheduleTask: command(t, 'Task', {
      description: 'Agrees on another due instant within the period of the task; what was late stays late.',
      args: { input: t.arg({ type: RescheduleTaskInput, required: true }) },
      run: (services, caller, { input }) => rescheduleTask(services, caller, { ...input, id: idOf('Task', input.id) }),
    }),
    putOffTask: command(t, 'Task', {
      description: 'Plans a task for a later day; it stays due when it was.',
      args: { input: t.arg({ type: PutOffTaskInput, required: true }) },
      run: (services, caller, { input }) => putOffTask(services, caller, { ...input, id: idOf('Task', input.id) }),
    }),
    skipTask: command(t, 'Task', {
      description: 'Leaves a task undone; its outcome keeps the reason.',
      args: { input: t.arg({ type: EndTaskInput, required: true }) },
      run: (services, caller, { input }) => skipTask(services, caller, { ...input, id: idOf('Task', input.id) }),
    }),
    cancelTask: command(t, 'Task', {
      description: 'Takes back a task that a person made or selected.',
      args: { input: t.arg({ type: EndTaskInput, required: true }) },
      run: (services, caller, { input }) => cancelTask(services, caller, { ...input, id: idOf('Task', input.id) }),
    }),
  }));
}
