import type { Application, Prisma } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import { requireMove } from '../../engine/services/move-table.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { type Asking, openApproval, routeOf } from '../approvals/request.ts';
import { moveRatification } from '../approvals/route.ts';
import { consumeBudget } from '../budget/ledger.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { APPLICATION } from './application-states.ts';
import { type ReadApplication, readAsking } from './read-application.ts';
import type { ApplicationContent, NewApplication } from './rules.ts';

/**
 * Applies for something that the policy lets people apply for; its route says who decides. An emergency is carried out at
 * once, where the policy allows it, and approved afterwards. Returns the application's id.
 */
export async function submitApplication(services: Services, caller: Caller, input: NewApplication): Promise<string> {
  const act = Act.begin(services, caller, APPLICATION.submit.by);
  const read = await readAsking(act, input);
  const { asking, customer, plan } = read;
  await askGuard(act, asking);
  const emergency = input.emergency === true;
  const reason = input.reason.trim();
  const id = newId();
  const subject = {
    type: 'Application',
    id,
    policyId: asking.policy.declaration.id,
    branchId: asking.branchId,
    customerId: customer?.id ?? null,
  };
  const entry = act.audit(emergency ? 'ACT_IN_EMERGENCY' : 'SUBMIT_APPLICATION', subject, { reason });
  await openApproval(
    services,
    asking,
    { subject, reason, emergency },
    {
      add: (writes, approvalId) =>
        writes
          .insert('application', applicationRow(act, read, { id, approvalId, reason, emergency }))
          .insert('audit_entry', auditRow(entry)),
      after: async (tx) => {
        await act.claim(id).execute(tx);
        if (!emergency || !plan || !asking.amount) return;
        const movement = { byId: act.actor.id, at: act.now, purpose: reason, applicationId: id };
        await consumeBudget(tx, plan, asking.amount.amount, movement);
      },
    },
  );
  return id;
}

function applicationRow(
  { actor, now }: Act,
  { asking, fields, customer }: ReadApplication,
  given: { readonly id: string; readonly approvalId: string; readonly reason: string; readonly emergency: boolean },
): Prisma.ApplicationUncheckedCreateInput {
  const { kind, branchId, planId, policy, amount } = asking;
  return {
    ...given,
    kind,
    policyId: policy.declaration.id,
    branchId,
    customerId: customer?.id ?? null,
    planId,
    fields: fields as Prisma.InputJsonObject,
    amount: amount?.amount ?? null,
    currency: amount?.currency ?? null,
    state: APPLICATION.submit.to,
    version: 1,
    submittedById: actor.id,
    submittedAt: now,
    carriedOutAt: given.emergency ? now : null,
  };
}

/**
 * Submits a returned application again, with what was changed; it is decided anew.
 *
 * @throws {Refused} NOT_RETURNED: it is pending, which locks it, or decided
 */
export async function resubmitApplication(
  services: Services,
  caller: Caller,
  input: ApplicationContent & { readonly id: string; readonly expectedVersion: number },
): Promise<string> {
  const act = Act.begin(services, caller, APPLICATION.resubmit.by);
  const found = await findApplication(act, input.id);
  if (found.version !== input.expectedVersion) throw new Conflict(found.version);
  requireMove(APPLICATION.resubmit, found.state);
  const { id, kind, policyId, customerId, planId, emergency, approval } = found;
  const { asking, fields } = await readAsking(act, { ...input, kind, policyId, customerId, planId }, found);
  const issues = emergency ? spentIssues(found, asking) : [];
  if (issues.length > 0) throw new InvalidInput(issues);
  await askGuard(act, asking);
  const reason = input.reason.trim();
  const entry = act.audit('RESUBMIT_APPLICATION', subjectOf(found), { reason });
  await openApproval(
    services,
    asking,
    { subject: { type: 'Application', id }, reason, emergency, ratifyBy: approval?.ratifyBy ?? null },
    {
      add: (writes) => writes.insert('audit_entry', auditRow(entry)),
      after: async (tx, approvalId) => {
        if (emergency && approval) await moveRatification(tx, approval.id, approvalId);
        const { count } = await tx.application.updateMany({
          where: { id, version: found.version, state: found.state },
          data: {
            state: APPLICATION.resubmit.to,
            approvalId,
            fields: fields as Prisma.InputJsonObject,
            amount: asking.amount?.amount ?? null,
            currency: asking.amount?.currency ?? null,
            reason,
            submittedById: act.actor.id,
            submittedAt: act.now,
          },
        });
        if (count === 0) throw new Conflict(found.version);
      },
    },
  );
  return id;
}

/** What was spent at once cannot be another amount afterwards. */
function spentIssues({ amount, currency }: Application, asking: Asking): Issue[] {
  const issues: Issue[] = [];
  if (asking.amount && amount && !amount.equals(asking.amount.amount))
    issues.push({ path: 'input.amount.amount', message: 'is another than was spent at once' });
  if (asking.amount && currency !== asking.amount.currency)
    issues.push({ path: 'input.amount.currency', message: 'is another than was spent at once' });
  return issues;
}

/**
 * Carries out what was applied for: the change is made, the purchase placed, the service activated.
 *
 * @throws {Refused} NOT_APPROVED: nobody has approved it yet
 */
export async function carryOutApplication(services: Services, caller: Caller, id: string): Promise<string> {
  const act = Act.begin(services, caller, APPLICATION.carryOut.by);
  const found = await findApplication(act, id);
  if (found.carriedOutAt) throw refuse('ALREADY_CARRIED_OUT');
  requireMove(APPLICATION.carryOut, found.state);
  await act.commit({
    audit: act.audit('CARRY_OUT_APPLICATION', subjectOf(found)),
    async change(tx) {
      const { count } = await tx.application.updateMany({
        where: { id, state: found.state, carriedOutAt: null },
        data: { carriedOutAt: act.now },
      });
      if (count === 0) throw new Conflict(null);
    },
  });
  return id;
}

/** Who would have to approve an application, and the amount that it adds up to. Writes nothing. */
export async function previewApplication(services: Services, caller: Caller, input: NewApplication) {
  const { asking } = await readAsking(Act.begin(services, caller, APPLICATION.submit.by), input);
  return { ...(await routeOf(services, asking)), branchId: asking.branchId };
}

async function findApplication(act: Act, id: string) {
  const include = { approval: { select: { id: true, ratifyBy: true } }, customer: { select: { erasedAt: true } } };
  const found = await act.found('Application', act.prisma.application.findFirst({ where: act.one(id), include }));
  refuseErased(found.customer);
  return found;
}

function subjectOf({ id, policyId, branchId, customerId }: Application) {
  return { type: 'Application', id, policyId, branchId, customerId };
}

async function askGuard(act: Act, { policy, kind, amount, customerFacts }: Asking): Promise<void> {
  await act.guard(policy.declaration.id, {
    action: 'SUBMIT_APPLICATION',
    customer: customerFacts,
    input: { kind, amount: amount?.amount ?? null, currency: amount?.currency ?? null },
  });
}
