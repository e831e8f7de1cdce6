import { guard } from '../../engine/policy/guard.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dayIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { refuseErased } from '../customers/find.ts';
import { doneOtherwise, isPlainDuty } from '../duties/service.ts';
import { executeResolution } from '../meetings/tasks.ts';
import { recordedMessage } from '../messages/recorded.ts';
import { isSampleTask } from '../reports/service-sample.ts';
import { isCallback, meetCallbacks, meetTasks } from '../tasks/meet.ts';
import { recordCallback } from '../tickets/work.ts';
import { proposeFollowUp } from './follow-up.ts';
import { checkInteraction, type NewInteraction } from './service.ts';

export interface TaskCompletion {
  readonly id: string;
  readonly outcome: string;
  readonly interaction?: Pick<
    NewInteraction,
    'channel' | 'purpose' | 'summary' | 'needs' | 'satisfaction' | 'signedByCustomer' | 'openQuestion'
  > | null;
}

/** Completes a task with its outcome and, where there was contact, the record of it: one transaction. */
export async function completeTask(services: Services, caller: Caller, input: TaskCompletion): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'completeTask');
  const now = clock.now();
  const issues = input.outcome.trim() === '' ? [{ path: 'input.outcome', message: 'is empty' }] : [];
  if (input.interaction) issues.push(...checkInteraction(input.interaction, now, 'input.interaction'));
  if (issues.length > 0) throw new InvalidInput(issues);
  const task = await database.prisma.task.findFirst({
    where: { id: input.id, ...visible(actor) },
    include: { customer: { select: CUSTOMER_FACTS }, ticket: { select: { status: true } } },
  });
  if (!task) throw new NotFound('Task');
  refuseErased(task.customer);
  if (isSampleTask(task)) throw Refused.because('DRAW_THE_SAMPLE', 'Drawing the sample completes this task.');
  if (task.status !== 'OPEN' && task.status !== 'OVERDUE')
    throw Refused.because('NOT_OPEN', `A task that is ${task.status} is not completed.`);
  const { doneBy } = policies.get(task.policyId)?.declaration.duties?.[task.dutyCode ?? ''] ?? {};
  if (doneBy) throw doneOtherwise(doneBy);
  if (task.dutyCode && !isPlainDuty(policies.get(task.policyId), task.dutyCode))
    throw Refused.because('RECORD_NEEDED', 'What was done has to be recorded with it: use recordDuty.');
  if (task.leadRole && !actor.roles.includes(task.leadRole))
    throw Refused.because('WRONG_LEAD', `This milestone is led by ${task.leadRole}.`);
  const { customer, interaction } = { customer: task.customer, interaction: input.interaction };
  const policy = policies.get(task.policyId);
  if (!policy) throw new NotFound('Policy');
  await guard(policies, task.policyId, {
    now: now.toISOString(),
    action: 'COMPLETE_TASK',
    viewer: { roles: actor.roles },
    customer: customer && customerFacts(policy.declaration, customer),
    ticket: null,
    input: {
      origin: task.origin,
      channel: interaction?.channel ?? null,
      signedByCustomer: interaction?.signedByCustomer ?? null,
      aboutProblem: Boolean(interaction?.needs?.trim()) || task.ticketId !== null,
    },
  });
  const writes = new WriteSet();
  const facts = customer && customerFacts(policy.declaration, customer);
  const message =
    interaction && facts
      ? await recordedMessage(database, policy.declaration, { id: customer.id, facts }, interaction, now)
      : null;
  // A message that a task asked for is a message all the same.
  if (interaction && message)
    await guard(policies, task.policyId, {
      now: now.toISOString(),
      action: 'RECORD_INTERACTION',
      viewer: { roles: actor.roles },
      customer: facts,
      ticket: null,
      input: { channel: interaction.channel, purpose: interaction.purpose, ...message.facts },
    });
  if (interaction && customer && facts) {
    const id = newId();
    writes.insert('interaction', {
      id,
      customerId: customer.id,
      policyId: customer.policyId,
      channel: interaction.channel,
      purpose: interaction.purpose,
      direction: 'OUTBOUND',
      happenedAt: now,
      summary: interaction.summary.trim(),
      needs: interaction.needs ?? null,
      signedByCustomer: interaction.signedByCustomer ?? null,
      satisfaction: interaction.satisfaction ?? null,
      ticketId: task.ticketId,
      taskId: task.id,
      staffId: actor.id,
      recordedAt: now,
    });
    await proposeFollowUp(services, writes, { interactionId: id, customer, facts }, interaction, now);
  }
  await inTransaction(database, async (tx) => {
    // The resolution first, as all do who complete both.
    if (task.resolutionId)
      await executeResolution(tx, caller, { id: task.resolutionId, outcome: input.outcome.trim() }, now);
    const { count } = await tx.task.updateMany({
      where: { id: task.id, status: task.status },
      data: { status: 'DONE', outcome: input.outcome.trim(), completedAt: now, nextFireAt: null },
    });
    if (count === 0) throw new Conflict(null);
    if (task.measureId)
      await tx.planMeasure.update({ where: { id: task.measureId }, data: { status: 'DONE' }, select: { id: true } });
    if (task.planId) {
      await tx.maintenancePlan.updateMany({
        where: { id: task.planId, status: 'APPROVED' },
        data: { status: 'IN_PROGRESS', updatedAt: now },
      });
    }
    await message?.count(tx);
    await writes.execute(tx);
    if (interaction && customer) {
      const on = dayIn(now, zoneOf(policy.declaration));
      await meetTasks(tx, customer.id, { on, at: now, channel: interaction.channel, purpose: interaction.purpose });
      if (task.ticketId) {
        const { channel, purpose } = interaction;
        await meetCallbacks(tx, task.ticketId, { on, at: now, channel, purpose });
      }
    }
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'COMPLETE_TASK',
      subject: { type: 'Task', id: task.id },
      policyId: task.policyId,
      branchId: task.branchId,
      customerId: task.customerId,
      changes: [{ field: 'status', before: task.status, after: 'DONE' }],
    });
  });
  if (writes.of('alert').length > 0) services.alerts.wake();
  // Whoever works off the callback has called back: it is not recorded a second time.
  if (task.ticketId && task.ticket?.status === 'RESOLVED' && interaction && isCallback(interaction))
    await recordCallback(services, caller, task.ticketId, interaction.summary.trim());
  return task.id;
}
