import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { DutyDeclaration } from '../../engine/policy/contract.ts';
import { type DayPeriod, periodOf } from '../../engine/policy/days.ts';
import { guard } from '../../engine/policy/guard.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { reactionTo } from '../../engine/policy/reactions.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { maySee } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dayIn } from '../../platform/values/days.ts';
import { InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { customerFor } from '../customers/find.ts';
import { addReaction, openSelections } from '../tasks/reactions.ts';
import { dutyTask, type Holder } from './open.ts';
import { isOwedAfterwards, openPeriod } from './rules.ts';

export interface DutyRecord {
  readonly policyId: string;
  /** As the policy declares it, e.g. `WEEKLY_PLAN`. */
  readonly code: string;
  /** A day of the period that it is about; left out, the period that is open today. */
  readonly on?: Date | null;
  /** Whose duty it is: left out, the caller's own, or that of the caller's branch. */
  readonly branchCode?: string | null;
  readonly staffId?: string | null;
  readonly customerId?: string | null;
  readonly note: string;
  /** As the declaration's `record` asks. */
  readonly record?: unknown;
}

/**
 * Records that a duty was done, in time or late; a plan may be recorded before its period begins.
 *
 * @returns the id of the duty's task
 * @throws {InvalidInput} no such duty or holder, a record that does not fit, a period that is not over
 * @throws {Refused} it is recorded already, or the policy's guard refuses
 */
export async function recordDuty(services: Services, caller: Caller, input: DutyRecord): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'recordDuty');
  const now = clock.now();
  const policy = businessLine(policies.get(input.policyId), input.policyId);
  const duty = policy.declaration.duties?.[input.code];
  if (duty?.doneBy) throw doneOtherwise(duty.doneBy);
  if (!duty) throw new InvalidInput([{ path: 'input.code', message: `is no duty of ${input.policyId}` }]);
  const note = input.note.trim();
  if (note === '' || note.length > 4000)
    throw new InvalidInput([{ path: 'input.note', message: 'has between 1 and 4,000 characters' }]);
  const period = periodFor(policy, duty, input.on ?? null, now);
  const record = readRecord(duty, input.record);
  const holder = await holderOf(services, actor, duty, input);
  await guard(policies, input.policyId, {
    now: now.toISOString(),
    action: 'RECORD_DUTY',
    viewer: { roles: actor.roles },
    customer: null,
    ticket: null,
    input: { duty: input.code, period, record: shapeOf(record) },
  });
  const reacting = {
    now: now.toISOString(),
    event: { kind: 'DUTY_RECORDED' as const, duty: input.code, ...shapeOf(record) },
    customer: null,
    ticket: null,
  };
  const reaction = await reactionTo(services, input.policyId, reacting);
  return inTransaction(database, async (tx) => {
    const open = dutyTask(policy, input.code, duty, { period, holder, at: now });
    // Whoever records before the task was opened opens it, under its stable key.
    await tx.task.createMany({ data: { ...open, assigneeId: holder.staffId ?? actor.id }, skipDuplicates: true });
    const { count } = await tx.task.updateMany({
      where: { key: open.key, status: { in: ['OPEN', 'OVERDUE'] } },
      data: {
        status: 'DONE',
        outcome: note,
        completedAt: now,
        nextFireAt: null,
        ...(record && { record: record as Prisma.InputJsonObject }),
      },
    });
    if (count === 0) throw Refused.because('DUTY_FULFILLED', 'The duty of this period is recorded already.');
    const task = await tx.task.findUniqueOrThrow({ where: { key: open.key }, select: { id: true } });
    const { policyId } = input;
    const { branchId } = holder;
    const occasion = { key: open.key, policyId, branchId, customer: null, ticketId: null, assigneeId: null };
    const writes = new WriteSet();
    addReaction(writes, occasion, reacting, reaction);
    await writes.execute(tx);
    if ('answer' in reaction) await openSelections(tx, occasion, reaction.answer, now);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'RECORD_DUTY',
      subject: { type: 'Task', id: task.id },
      policyId: input.policyId,
      branchId: holder.branchId,
      customerId: holder.customerId,
      reason: input.code,
      changes: [{ field: 'status', before: null, after: 'DONE' }],
    });
    return task.id;
  });
}

function periodFor({ declaration }: InstalledPolicy, duty: DutyDeclaration, on: Date | null, now: Date): DayPeriod {
  const today = dayIn(now, zoneOf(declaration));
  if (!on) return openPeriod(duty, today);
  const period = periodOf(duty.every, on.toISOString().slice(0, 10));
  if (isOwedAfterwards(duty) && period.to >= today)
    throw new InvalidInput([{ path: 'input.on', message: 'lies in a period that is not over' }]);
  return period;
}

/** @throws {InvalidInput} the record breaks the declaration's schema; each field is named */
function readRecord({ record: schema }: DutyDeclaration, given: unknown): Record<string, unknown> | null {
  if (!schema) {
    if (given == null) return null;
    throw new InvalidInput([{ path: 'input.record', message: 'is not asked for by this duty' }]);
  }
  if (JSON.stringify(given ?? {}).length > 16_384)
    throw new InvalidInput([{ path: 'input.record', message: 'is longer than 16384 characters' }]);
  const read = schema.strict().safeParse(given ?? {});
  if (read.success) return read.data;
  throw new InvalidInput(
    read.error.issues.map(({ path, message }) => ({ path: ['input.record', ...path.map(String)].join('.'), message })),
  );
}

/** Why saying so does not do a duty that a meeting or a report does. */
export function doneOtherwise(doneBy: NonNullable<DutyDeclaration['doneBy']>): Refused {
  return 'meeting' in doneBy
    ? Refused.because('DONE_OTHERWISE', `Recording the meeting (${doneBy.meeting}) does it, with all who must attend.`)
    : Refused.because('DONE_OTHERWISE', `Filing the report (${doneBy.report}) does it.`);
}

/** Whether a duty is done by saying so: nothing has to be recorded with it. */
export function isPlainDuty(policy: InstalledPolicy | undefined, code: string): boolean {
  const schema = policy?.declaration.duties?.[code]?.record;
  return !schema || schema.safeParse({}).success;
}

/** A record as a policy may know it: texts are there or not, numbers and choices are themselves. */
function shapeOf(record: Record<string, unknown> | null): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record ?? {}).map(([field, value]) => [
      field,
      typeof value === 'string' ? value.trim() !== '' : value,
    ]),
  );
}

/** Who records other people's duties. */
const SUPERIORS = ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'] as const;

async function holderOf(
  { database, actors }: Services,
  actor: Actor,
  { of }: DutyDeclaration,
  { policyId, branchCode, staffId, customerId }: DutyRecord,
): Promise<Holder> {
  const wrong = (path: string, message: string) => new InvalidInput([{ path: `input.${path}`, message }]);
  const { prisma } = database;
  if (of === 'CUSTOMER') {
    if (!customerId) throw wrong('customerId', 'is needed: the duty is owed for each customer');
    const customer = await customerFor(database, actor, customerId, { branchId: true, managerId: true }, { policyId });
    if (!customer) throw new NotFound('Customer');
    return { id: customerId, branchId: customer.branchId, staffId: customer.managerId, customerId };
  }
  if (customerId) throw wrong('customerId', 'is not asked for by this duty');
  if (of === 'MANAGER') {
    const id = staffId ?? actor.id;
    const staff = await prisma.staff.findUnique({ where: { id }, select: { branchId: true } });
    const isSuperior = actor.roles.some((role) => (SUPERIORS as readonly string[]).includes(role));
    if (!staff || !maySee(actor, { policyId, branchId: staff.branchId }) || (id !== actor.id && !isSuperior))
      throw wrong('staffId', 'is nobody whose duties you record');
    return { id, branchId: staff.branchId, staffId: id, customerId: null };
  }
  if (staffId) throw wrong('staffId', 'is not asked for by this duty');
  const officeId = of === 'LINE' ? (await actors.organisation()).officeOf(policyId) : null;
  const named = branchCode
    ? await prisma.branch.findUnique({ where: { code: branchCode }, select: { id: true } })
    : null;
  const branchId = of === 'LINE' ? officeId : branchCode ? (named?.id ?? null) : actor.branchId;
  if (!branchId || !maySee(actor, { policyId, branchId }))
    throw wrong('branchCode', of === 'LINE' ? 'is the head office, which is not yours' : 'is no branch of yours');
  return { id: branchId, branchId, staffId: null, customerId: null };
}
