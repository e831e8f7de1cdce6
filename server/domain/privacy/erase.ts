import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { changesBetween, writeAudit } from '../../platform/audit/audit.ts';
import { noteRefusedRead } from '../../platform/audit/refused-read.ts';
import { inTransaction, type TransactionClient } from '../../platform/storage/transaction.ts';
import { Conflict, Forbidden, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { releaseBudget } from '../budget/ledger.ts';
import { refuseErased } from '../customers/find.ts';

// A customer who leaves the archive: names, numbers, addresses, profile and free texts go; what has to be kept stays without
// telling whose it was: tickets with their times, grades, decisions, amounts, figures, the audit trail (decision 0017).

/** What stands where a text was. */
const ERASED = '(erased)';

/** What is done to the rows of a customer in each table. A test holds this list to the tables that there are. */
export const ERASURE: Readonly<Record<string, Prisma.Sql | 'KEPT'>> = {
  alert: Prisma.sql`note = case when note is null then null else ${ERASED} end`,
  annual_list_entry: 'KEPT',
  application: Prisma.sql`fields = '{}', reason = ${ERASED}`,
  approval: Prisma.sql`reason = case when reason is null then null else ${ERASED} end`,
  assessment: Prisma.sql`remarks = null, indicators = (
      select coalesce(jsonb_agg(case when one ? 'basis' then jsonb_set(one, '{basis}', to_jsonb(${ERASED}::text)) else one end
        order by place), '[]'::jsonb)
      from jsonb_array_elements(case jsonb_typeof(indicators) when 'array' then indicators else '[]'::jsonb end)
        with ordinality as each (one, place))`,
  consent_decision: Prisma.sql`evidence = case when evidence is null then null else ${ERASED} end`,
  contract: Prisma.sql`content_sealed = null`,
  current_figure: 'KEPT',
  disclosure: Prisma.sql`purpose = ${ERASED}`,
  figure: 'KEPT',
  grade: 'KEPT',
  interaction: Prisma.sql`summary = ${ERASED}, needs = null, place = null, details = null`,
  maintenance_plan: Prisma.sql`objective = ${ERASED}, summary = case when summary is null then null else ${ERASED} end,
    evidence = null, improvement = case when improvement is null then null else ${ERASED} end`,
  message: Prisma.sql`body = ${ERASED}, reference = null, problem = null`,
  sla_clock: 'KEPT',
  subject_clock: 'KEPT',
  survey_response: Prisma.sql`comment = null`,
  task: Prisma.sql`outcome = case when outcome is null then null else ${ERASED} end, record = null,
    title = case when plan_id is null then title else jsonb_build_object('en', ${ERASED}::text, 'zh', ${'（已删除）'}::text) end`,
  ticket: Prisma.sql`subject = ${ERASED}, description = null, external_number = null,
    resolution = case when resolution is null then null else ${ERASED} end,
    root_cause = case when root_cause is null then null else ${ERASED} end`,
  // Nothing follows for who was erased: the next look removes it.
  unsaid_reaction: Prisma.sql`event = jsonb_build_object('kind', event -> 'kind'), ticket = null`,
  vip_card: 'KEPT',
};

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
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'deleteCustomer');
  const reason = input.reason.trim();
  requireReason(reason);
  const before = await database.prisma.customer.findFirst({ where: { id: input.id, ...visible(actor) } });
  if (!before) {
    noteRefusedRead(services, caller, input.id);
    throw new NotFound('Customer');
  }
  const isManager = actor.roles.every((role) => role === 'CUSTOMER_MANAGER');
  if (isManager && before.managerId !== actor.id)
    throw new Forbidden('A customer manager deletes the files that they manage.');
  refuseErased(before);
  const now = clock.now();
  const { id } = before;
  await inTransaction(database, async (tx) => {
    // Whoever is writing about the customer is waited for, and whoever comes later finds it erased.
    const [held] = await tx.$queryRaw<{ version: number; erasedAt: Date | null }[]>`
      select version, erased_at as "erasedAt" from customer where id = ${id}::uuid for update`;
    refuseErased(held ?? null);
    if (held?.version !== input.expectedVersion) throw new Conflict(held?.version ?? null);
    await refuseWhatRuns(tx, id);
    await endWhatIsOpen(tx, id, { byId: actor.id, at: now });
    await eraseTexts(tx, id);
    await tx.consentDecision.create({
      data: {
        id: newId(),
        customerId: id,
        vipService: false,
        marketing: false,
        disclosure: false,
        decidedAt: now,
        byId: actor.id,
      },
    });
    // Last, for from then on nothing is written about the customer.
    await tx.customer.update({
      where: { id },
      data: {
        number: `X-${id.replaceAll('-', '').slice(-12)}`,
        name: ERASED,
        nameWords: [],
        stage: 'LAPSED',
        birthday: null,
        phoneSealed: null,
        phoneMask: null,
        phoneIndex: null,
        emailSealed: null,
        emailMask: null,
        emailIndex: null,
        idNumberSealed: null,
        idNumberMask: null,
        idNumberIndex: null,
        profile: Prisma.DbNull,
        vipConsent: false,
        marketingConsent: false,
        mayDisclose: false,
        consentAt: now,
        gradeId: null,
        tierCode: null,
        tierRank: null,
        schemeId: null,
        reviewDueOn: null,
        departedAt: before.departedAt ?? now,
        erasedAt: now,
        version: { increment: 1 },
        updatedAt: now,
      },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'DELETE_CUSTOMER',
      subject: { type: 'Customer', id },
      policyId: before.policyId,
      branchId: before.branchId,
      customerId: id,
      reason,
      changes: changesBetween(
        { number: before.number, stage: before.stage, tier: before.tierCode, name: before.name },
        { number: null, stage: 'LAPSED', tier: null, name: null },
        ['name', 'number'],
      ),
    });
  });
  return id;
}

async function refuseWhatRuns(tx: TransactionClient, customerId: string): Promise<void> {
  const [tickets, approvals] = [
    await tx.ticket.count({ where: { customerId, status: { not: 'CLOSED' } } }),
    await tx.approval.count({ where: { customerId, state: { in: ['PENDING', 'RATIFICATION_DUE'] } } }),
  ];
  if (tickets > 0)
    throw Refused.because('OPEN_TICKETS', `${tickets} tickets of the customer are open; close them first.`);
  if (approvals > 0)
    throw Refused.because(
      'PENDING_APPROVALS',
      `${approvals} approvals about the customer are pending; decide them first.`,
    );
}

async function endWhatIsOpen(
  tx: TransactionClient,
  customerId: string,
  movement: { readonly byId: string; readonly at: Date },
): Promise<void> {
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
  for (const [table, columns] of Object.entries(ERASURE)) {
    if (columns === 'KEPT') continue;
    await tx.$executeRaw`update ${Prisma.raw(`"${table}"`)} set ${columns} where customer_id = ${customerId}::uuid`;
  }
  await tx.contact.deleteMany({ where: { customerId } });
  await tx.$executeRaw`
    update ticket_event set text = null, pause_reason = null,
      "from" = case when kind in ('UPDATED', 'COMMENTED') then null else "from" end,
      "to" = case when kind in ('UPDATED', 'COMMENTED') then null else "to" end
    where ticket_id in (select id from ticket where customer_id = ${customerId}::uuid)`;
  await tx.$executeRaw`
    update approval_step set comment = case when comment is null then null else ${ERASED} end
    where approval_id in (select id from approval where customer_id = ${customerId}::uuid)`;
  // The keys of requests are the client's own words.
  await tx.$executeRaw`
    delete from idempotency_key where result #>> '{}' in (
      select ${customerId}::text
      union all select id::text from ticket where customer_id = ${customerId}::uuid
      union all select id::text from maintenance_plan where customer_id = ${customerId}::uuid
      union all select id::text from contract where customer_id = ${customerId}::uuid)`;
  const plans = Prisma.sql`select id from maintenance_plan where customer_id = ${customerId}::uuid`;
  await tx.$executeRaw`update plan_measure set measure = ${ERASED} where plan_id in (${plans})`;
  await tx.$executeRaw`update plan_version set content = '{}', comment = null where plan_id in (${plans})`;
  await tx.$executeRaw`update budget_entry set purpose = null where plan_id in (${plans})`;
}
