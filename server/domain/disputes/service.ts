import type { Dispute, Prisma } from '../../../prisma/generated/client/client.ts';
import { ownLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks, subjectClockRow } from '../../engine/sla/subject-clock.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';

// A dispute goes OPEN → MEDIATION → ARBITRATION, and from each of them to SETTLED. Mediation has a neutral mediator and a
// third party as witness; arbitration is HR's and ends with a written result. One that is open for longer than the
// policy's parameter says goes on to mediation by itself, and is told of (S01-bank-relationship-dept; X-03).

/** The key of the clock that runs until a dispute is settled. */
function disputeKey(id: string): string {
  return `dispute:${id}`;
}

/** Opens a dispute between people of the line. Returns its id. */
export async function openDispute(
  services: Services,
  caller: Caller,
  input: {
    readonly policyId: string;
    readonly subject: string;
    readonly parties: string;
    readonly openedAt?: Date | null;
  },
): Promise<string> {
  const { database, clock, calendars } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'openDispute');
  const now = clock.now();
  const policy = ownLine(services, actor, input.policyId);
  const openedAt = input.openedAt ?? now;
  const issues = [];
  if (input.subject.trim() === '') issues.push({ path: 'input.subject', message: 'is empty' });
  if (input.parties.trim() === '') issues.push({ path: 'input.parties', message: 'is empty' });
  if (openedAt > now) issues.push({ path: 'input.openedAt', message: 'lies ahead' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const id = newId();
  const name = policy.declaration.disputes?.days;
  const days = name === undefined ? undefined : policy.parameters[name];
  const bound = { policyId: input.policyId, branchId: actor.branchId };
  const row =
    typeof days === 'number'
      ? subjectClockRow(
          calendars,
          {
            key: disputeKey(id),
            subject: { type: 'Dispute', id },
            ...bound,
            alertKind: 'TASK_OVERDUE',
            label: {
              en: 'Internal dispute: mediation, then arbitration by HR',
              zh: '内部争议：转入调解，再由人力资源仲裁',
            },
            audience: ['SUPERVISOR', 'DIRECTOR'],
            policyVersion: policy.version,
            within: { target: { kind: 'DURATION', minutes: days * 1440 } },
          },
          openedAt,
        )
      : null;
  await inTransaction(database, async (tx) => {
    await tx.dispute.create({
      data: {
        id,
        ...bound,
        subject: input.subject.trim(),
        parties: input.parties.trim(),
        stage: 'OPEN',
        openedById: actor.id,
        openedAt,
        dueAt: row?.dueAt ?? null,
      },
      select: { id: true },
    });
    if (row) await tx.subjectClock.create({ data: row, select: { id: true } });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'OPEN_DISPUTE',
      subject: { type: 'Dispute', id },
      ...bound,
    });
  });
  return id;
}

/** Brings a dispute before a neutral mediator, with a witness of neither party. */
export function mediateDispute(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly mediator: string; readonly witness: string },
): Promise<string> {
  const issues = (['mediator', 'witness'] as const).flatMap((field) =>
    input[field].trim() === '' ? [{ path: `input.${field}`, message: 'is empty' }] : [],
  );
  if (issues.length > 0) throw new InvalidInput(issues);
  const data = { stage: 'MEDIATION' as const, mediator: input.mediator.trim(), witness: input.witness.trim() };
  return move(services, caller, input.id, ['OPEN', 'MEDIATION'], data);
}

/**
 * Brings a dispute that mediation did not settle before HR.
 *
 * @throws {Refused} DISPUTE_STAGE: it has not been in mediation
 */
export function arbitrateDispute(services: Services, caller: Caller, id: string): Promise<string> {
  return move(services, caller, id, ['MEDIATION'], { stage: 'ARBITRATION' });
}

/** Settles a dispute with its written result. */
export function settleDispute(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly result: string },
): Promise<string> {
  if (input.result.trim() === '')
    throw new InvalidInput([{ path: 'result', message: 'is empty: a result is written' }]);
  const data = { stage: 'SETTLED' as const, result: input.result.trim(), settledAt: services.clock.now() };
  return move(services, caller, input.id, ['OPEN', 'MEDIATION', 'ARBITRATION'], data);
}

async function move(
  services: Services,
  { actor, requestId }: Caller,
  id: string,
  from: readonly Dispute['stage'][],
  data: Prisma.DisputeUpdateManyMutationInput & { readonly stage: Dispute['stage'] },
): Promise<string> {
  const { database, clock } = services;
  requirePermission(actor, 'settleDispute');
  const now = clock.now();
  const found = await database.prisma.dispute.findFirst({ where: { id, ...visible(actor) } });
  if (!found) throw new NotFound('Dispute');
  if (!from.includes(found.stage))
    throw Refused.because('DISPUTE_STAGE', `A dispute goes from ${found.stage} not to ${data.stage}.`);
  await inTransaction(database, async (tx) => {
    const { count } = await tx.dispute.updateMany({ where: { id, stage: found.stage }, data });
    if (count === 0) throw new Conflict(null);
    if (data.stage === 'SETTLED') await endSubjectClocks(tx, [disputeKey(id)], 'FULFILLED', now);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'MOVE_DISPUTE',
      subject: { type: 'Dispute', id },
      policyId: found.policyId,
      branchId: found.branchId,
      changes: [{ field: 'stage', before: found.stage, after: data.stage }],
    });
  });
  services.alerts.wake();
  return id;
}
