import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks } from '../../engine/sla/subject-clock.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { Conflict, Forbidden } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { releaseBudget } from '../budget/ledger.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { erasedFile } from '../customers/personal-data.ts';
import { PERSONAL_DATA } from './personal-data.ts';
import { deleteRequestKeys, eraseRows, holdFile } from './sql.ts';
import { visibleFile } from './visible-file.ts';

// A customer who leaves the archive: names, numbers, addresses, profile and free texts go; what has to be kept stays without
// telling whose it was: tickets with their times, grades, decisions, amounts, figures, the audit trail (decision 0017).

/**
 * Takes a customer out of the archive and erases who it was, for good. Open tasks and plans are cancelled, grades and cards end.
 *
 * @returns the customer's id
 * @throws {Refused} OPEN_TICKETS, PENDING_APPROVALS: what runs has to end first
 * @throws {Conflict} the file is no longer at `expectedVersion`
 */
export async function deleteCustomer(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly expectedVersion: number; readonly reason: string },
): Promise<string> {
  const act = Act.begin(services, caller, 'deleteCustomer');
  const reason = input.reason.trim();
  requireReason(reason);
  const before = await visibleFile(act, input.id, act.prisma.customer.findFirst({ where: act.one(input.id) }));
  const isManager = act.actor.roles.every((role) => role === 'CUSTOMER_MANAGER');
  if (isManager && before.managerId !== act.actor.id)
    throw new Forbidden('A customer manager deletes the files that they manage.');
  refuseErased(before);
  const { id, policyId, branchId } = before;
  const changes = changesBetween(
    { number: before.number, stage: before.stage, tier: before.tierCode, name: before.name },
    { number: null, stage: 'LAPSED', tier: null, name: null },
    ['name', 'number'],
  );
  await act.commit({
    audit: act.audit('DELETE_CUSTOMER', { type: 'Customer', id, policyId, branchId }, { reason, changes }),
    async change(tx) {
      const held = await holdFile(tx, id);
      refuseErased(held);
      if (held?.version !== input.expectedVersion) throw new Conflict(held?.version ?? null);
      await refuseWhatRuns(tx, id);
      await endWhatIsOpen(tx, id, { byId: act.actor.id, at: act.now });
      await eraseTexts(tx, id);
      await withdrawConsent(tx, id, { byId: act.actor.id, at: act.now });
      // Last: the database refuses everything that is written about the customer afterwards.
      await tx.customer.update({ where: { id }, data: erasedFile(before, act.now) });
    },
  });
  return id;
}

async function refuseWhatRuns(tx: TransactionClient, customerId: string): Promise<void> {
  const [tickets, approvals] = [
    await tx.ticket.count({ where: { customerId, status: { not: 'CLOSED' } } }),
    await tx.approval.count({ where: { customerId, state: { in: ['PENDING', 'RATIFICATION_DUE'] } } }),
  ];
  if (tickets > 0) throw refuse('OPEN_TICKETS', { count: tickets });
  if (approvals > 0) throw refuse('PENDING_APPROVALS', { count: approvals });
}

interface Movement {
  readonly byId: string;
  readonly at: Date;
}

async function endWhatIsOpen(tx: TransactionClient, customerId: string, movement: Movement): Promise<void> {
  const { at: now } = movement;
  await tx.grade.updateMany({
    where: { customerId, state: { not: 'ENDED' } },
    data: { state: 'ENDED', endedAt: now, endedBecause: 'CONSENT_WITHDRAWN', scheduled: false },
  });
  await tx.task.updateMany({
    where: { customerId, status: { in: ['OPEN', 'OVERDUE'] } },
    data: { status: 'CANCELLED', nextFireAt: null },
  });
  await tx.planMeasure.updateMany({
    where: { plan: { customerId }, status: { in: ['OPEN', 'OVERDUE'] } },
    data: { status: 'CANCELLED' },
  });
  const plans = await tx.maintenancePlan.findMany({
    where: { customerId, status: { notIn: ['COMPLETED', 'CANCELLED'] } },
    select: { id: true, policyId: true, branchId: true, currency: true, startsOn: true },
  });
  await tx.maintenancePlan.updateMany({
    where: { id: { in: plans.map(({ id }) => id) } },
    data: { status: 'CANCELLED', version: { increment: 1 }, updatedAt: now },
  });
  for (const plan of plans) await releaseBudget(tx, plan, movement);
  await tx.policyRecord.updateMany({
    where: { customerId, state: { in: ['OPEN', 'RETURNED'] } },
    data: { state: 'CANCELLED', endedAt: now, nextDueAt: null, version: { increment: 1 }, updatedAt: now },
  });
  const clocks = await tx.subjectClock.findMany({
    where: { customerId, subjectType: 'Record', endedAt: null },
    select: { key: true },
  });
  await endSubjectClocks(
    tx,
    clocks.map(({ key }) => key),
    'CANCELLED',
    now,
  );
  await tx.message.updateMany({
    where: { customerId, state: 'QUEUED' },
    data: { state: 'CANCELLED', nextAttemptAt: null },
  });
  await tx.vipCard.updateMany({
    where: { customerId, state: { not: 'CLOSED' } },
    data: { state: 'CLOSED', version: { increment: 1 }, updatedAt: now },
  });
}

async function eraseTexts(tx: TransactionClient, customerId: string): Promise<void> {
  // First, while the rows are there that their answers name.
  await deleteRequestKeys(tx, customerId);
  for (const [table, personal] of Object.entries(PERSONAL_DATA)) await eraseRows(tx, table, personal, customerId);
}

async function withdrawConsent(tx: TransactionClient, customerId: string, { byId, at }: Movement): Promise<void> {
  const nothing = { vipService: false, marketing: false, disclosure: false };
  await tx.consentDecision.create({ data: { id: newId(), customerId, ...nothing, decidedAt: at, byId } });
}
