import { type AlertCustomer, alertAbout } from '../../engine/alert-log/raise.ts';
import type { TaskProposal } from '../../engine/policy/answers.ts';
import type { CustomerFacts } from '../../engine/policy/facts.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { ApprovalOutcome, ApprovalOutcomes } from '../../engine/services/approval-outcome.ts';
import type { Services } from '../../engine/services/services.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { addApproval, stepsOf } from '../approvals/route.ts';
import { colleaguesAt, standIn } from './stand-in.ts';

/** Something of a customer's runs out: who looks after the customer is told once. */
export function renewalAlert(customer: AlertCustomer, key: string, task: TaskProposal, at: Date) {
  if (task.origin !== 'RENEWAL') return null;
  return alertAbout(customer, {
    key: `due:${key}`,
    kind: 'RENEWAL_DUE',
    severity: 'INFO',
    message: task.title,
    audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
    at,
  });
}

/** A new task that wants an approval with it. */
export interface Wanting {
  readonly key: string;
  readonly task: TaskProposal;
  readonly customer: AlertCustomer;
  readonly facts: CustomerFacts;
}

/**
 * Opens the approvals that new tasks want, in the name of the customer's manager or of who stands in, by the policy's route.
 * A task that was there before has had its approval, also where another person manages the customer now.
 */
export async function addRenewalApprovals(
  services: Services,
  { declaration }: InstalledPolicy,
  writes: WriteSet,
  wanting: readonly Wanting[],
  at: Date,
): Promise<void> {
  if (wanting.length === 0) return;
  const { database, policies, actors, calendars } = services;
  const keys = wanting.map(({ key }) => key);
  const known = await database.prisma.task.findMany({ where: { key: { in: keys } }, select: { key: true } });
  const had = new Set(known.map(({ key }) => key));
  const fresh = wanting.filter(({ key }) => !had.has(key));
  const routes = await policies.askMany(
    declaration.id,
    'route',
    fresh.map(({ task, facts }) => ({
      now: at.toISOString(),
      kind: task.approval ?? '',
      amount: null,
      cumulated: null,
      requester: { roles: ['CUSTOMER_MANAGER'], atHeadOffice: false },
      customer: facts,
      request: {},
    })),
  );
  const organisation = await actors.organisation();
  const places = (branchId: string) => [branchId, organisation.headOffice(branchId)];
  const unmanaged = fresh.filter(({ customer }) => customer.managerId === null);
  const branches = new Set(unmanaged.flatMap(({ customer }) => places(customer.branchId)));
  const colleagues = branches.size > 0 ? await colleaguesAt(services, [...branches]) : [];
  for (const [index, { key, task, customer }] of fresh.entries()) {
    const route = routes[index];
    if (!route || route instanceof Error) continue;
    const steps = stepsOf(route, organisation, customer.branchId);
    const requestedById = customer.managerId ?? standIn(colleagues, places(customer.branchId), steps);
    if (requestedById === null) continue;
    const request = {
      kind: task.approval ?? '',
      subject: { type: 'Customer', id: customer.id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customer,
      requestedById,
      reason: task.title.en,
      request: { task: key },
    };
    const id = addApproval(writes, { request, route, organisation, calendars, at });
    const { policyId, branchId } = customer;
    const subject = { type: 'Approval', id };
    const entry = { at, actorId: null, action: 'OPEN_RENEWAL', subject, policyId, branchId, customerId: customer.id };
    writes.insert('audit_entry', auditRow(entry));
  }
}

/** A renewal that is approved or rejected does the task that asked for its approval; one that is returned leaves it to be done. */
const settle: NonNullable<ApprovalOutcome['settle']> = async (tx, _writes, approval, { decision, at }) => {
  const { task } = (approval.request ?? {}) as { task?: string };
  if (task === undefined || decision === 'RETURN') return;
  await tx.task.updateMany({
    where: { key: task, status: { in: ['OPEN', 'OVERDUE'] } },
    data: { status: 'DONE', outcome: `Renewal: ${decision}.`, completedAt: at, nextFireAt: null },
  });
};

/** What decisions bring about that were asked for together with a task of care, a renewal or whatever the policy names it. */
export const careOutcomes = { 'Customer/*': { settle } } as const satisfies ApprovalOutcomes;
