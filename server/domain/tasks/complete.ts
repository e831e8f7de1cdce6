import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { CompletedTask, TaskCompletion, TaskContact } from '../../engine/services/task-completion.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { refuseErased } from '../customers/find-customer.ts';

export interface TaskOutcome {
  readonly id: string;
  readonly outcome: string;
  readonly interaction?: TaskContact | null;
}

export const COMPLETED = {
  customer: { select: CUSTOMER_FACTS },
  ticket: { select: { status: true } },
} satisfies Prisma.TaskInclude;

type LoadedTask = Prisma.TaskGetPayload<{ include: typeof COMPLETED }>;

/**
 * Completes a task with its outcome and, where there was contact, the record of it: one transaction. What else that means
 * where the task comes from, `services.taskCompletions` say.
 */
export async function completeTask(services: Services, caller: Caller, input: TaskOutcome): Promise<string> {
  const act = Act.begin(services, caller, 'completeTask');
  checkInput(act, input);
  const task = await act.found('Task', act.prisma.task.findFirst({ where: act.one(input.id), include: COMPLETED }));
  refuseErased(task.customer);
  const { done, handlers } = await checkComplete(act, task, input);
  const prepared = [];
  for (const handler of handlers) prepared.push((await handler.prepare?.(done, act)) ?? []);
  const writes = prepared.flat();
  const { id, policyId, branchId, customerId, status } = task;
  await act.commit({
    audit: act.audit(
      'COMPLETE_TASK',
      { type: 'Task', id, policyId, branchId, customerId },
      { changes: [{ field: 'status', before: status, after: 'DONE' }] },
    ),
    alerts: writes.some(({ alerts }) => alerts),
    async change(tx) {
      for (const handler of handlers) await handler.beforeDone?.(tx, done, act);
      await markDone(tx, done, act.now);
      for (const handler of handlers) await handler.onDone?.(tx, done, act);
      for (const one of writes) await one.write(tx);
    },
  });
  for (const { announces } of writes) if (announces) services.changes.announce(announces.kind, announces.id);
  return id;
}

/**
 * All that judges whether the task may be completed like this, by this person.
 *
 * @throws {Refused} something speaks against it
 */
export async function checkComplete(
  act: Act,
  task: LoadedTask,
  input: TaskOutcome,
): Promise<{ done: CompletedTask; handlers: TaskCompletion[] }> {
  const handlers = act.services.taskCompletions.filter((handler) => handler.isFrom(task));
  checkMayComplete(act, task, handlers);
  const done = doneOf(act, task, input);
  await checkGuard(act, done);
  return { done, handlers };
}

function checkInput({ services, now }: Act, { outcome, interaction }: TaskOutcome): void {
  const issues = outcome.trim() === '' ? [{ path: 'input.outcome', message: 'is empty' }] : [];
  if (interaction)
    issues.push(...services.taskCompletions.flatMap((handler) => handler.checkContact?.(interaction, now) ?? []));
  if (issues.length > 0) throw new InvalidInput(issues);
}

function checkMayComplete(act: Act, task: LoadedTask, handlers: readonly TaskCompletion[]): void {
  for (const { neverByHand } of handlers) if (neverByHand) throw neverByHand();
  const { status } = task;
  if (status !== 'OPEN' && status !== 'OVERDUE') throw refuse('NOT_OPEN', { status });
  for (const handler of handlers) handler.mayComplete?.(task, act);
}

function doneOf(act: Act, { customer, ticket, ...task }: LoadedTask, input: TaskOutcome): CompletedTask {
  const policy = act.policyOf(task);
  return {
    task,
    outcome: input.outcome.trim(),
    contact: input.interaction ?? null,
    policy,
    customer,
    customerFacts: customer && customerFacts(policy.declaration, customer),
    ticketStatus: ticket?.status ?? null,
  };
}

function checkGuard(act: Act, { task, contact, customerFacts: customer }: CompletedTask): Promise<void> {
  return act.guard(task.policyId, {
    action: 'COMPLETE_TASK',
    customer,
    input: {
      origin: task.origin,
      channel: contact?.channel ?? null,
      signedByCustomer: contact?.signedByCustomer ?? null,
      aboutProblem: Boolean(contact?.needs?.trim()) || task.ticketId !== null,
    },
  });
}

/** @throws {Conflict} the task was completed or cancelled in the meantime */
async function markDone(tx: TransactionClient, { task, outcome }: CompletedTask, now: Date): Promise<void> {
  const { count } = await tx.task.updateMany({
    where: { id: task.id, status: task.status },
    data: { status: 'DONE', outcome, completedAt: now, nextFireAt: null },
  });
  if (count === 0) throw new Conflict(null);
}
