import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import { Act } from '../../engine/services/act.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { readKnownCustomer } from '../customers/customer-facts.ts';
import { proposedTask } from './proposed.ts';

export interface NewTask {
  readonly customerId: string;
  /** A ticket of the customer that it is about. */
  readonly ticketId?: string | null;
  readonly title: string;
  readonly purpose: Purpose;
  readonly channel?: Channel | null;
  readonly dueAt: Date;
  /** The customer's manager where nobody is named. */
  readonly assigneeId?: string | null;
}

const MAX_TITLE = 200;

/**
 * Makes a task by hand about a customer, for somebody who may have it.
 *
 * @returns the task's id
 */
export async function createTask(
  services: Services,
  caller: Caller,
  input: NewTask,
  idempotencyKey?: string | null,
): Promise<string> {
  return Act.begin(services, caller, 'changeTask').once('createTask', idempotencyKey, input, async (act) => {
    const customer = await readKnownCustomer(services.database, act.actor, input.customerId);
    if (!customer) throw new NotFound('Customer');
    const assigneeId = input.assigneeId ?? customer.managerId;
    const issues = await checkTask(act, input, { customer, assigneeId });
    if (issues.length > 0) throw new InvalidInput(issues);
    const title = input.title.trim();
    const { purpose, channel, ticketId, dueAt } = input;
    const { policyId, branchId } = customer;
    const key = `manual:${newId()}`;
    const task = proposedTask(
      {
        key,
        title: { en: title, zh: title },
        origin: 'MANUAL',
        purpose,
        dueAt: dueAt.toISOString(),
        ...(channel && { channel }),
      },
      { key, customer, assigneeId, ticketId: ticketId ?? null, at: act.now },
    );
    const subject = { type: 'Task', id: task.id, policyId, branchId, customerId: customer.id };
    const writes = new WriteSet().insert('task', task);
    await act.commit({ answer: task.id, audit: act.audit('CREATE_TASK', subject), writes });
    return task.id;
  });
}

async function checkTask(
  { services, now, prisma, actor }: Act,
  { title, dueAt, ticketId }: NewTask,
  about: { readonly customer: { id: string; policyId: string; branchId: string }; readonly assigneeId: string | null },
): Promise<Issue[]> {
  const issues: Issue[] = [];
  const { customer, assigneeId } = about;
  if (title.trim() === '' || title.trim().length > MAX_TITLE)
    issues.push({ path: 'input.title', message: `has between 1 and ${MAX_TITLE} characters` });
  if (dueAt <= now) issues.push({ path: 'input.dueAt', message: 'does not lie ahead' });
  if (ticketId && (await prisma.ticket.count({ where: { id: ticketId, customerId: customer.id } })) === 0)
    issues.push({ path: 'input.ticketId', message: "is no ticket of the customer's" });
  const work = assigneeId ?? actor.id;
  issues.push(...(await checkGiven(services, customer, [{ work: 'TASK', staffId: work, path: 'input.assigneeId' }])));
  return issues;
}
