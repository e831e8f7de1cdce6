import { type DayPeriod, periodOf } from '../../engine/policy/calendar-days.ts';
import type { DutyDeclaration } from '../../engine/policy/contract.ts';
import type { ReactFacts } from '../../engine/policy/facts.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { type Reaction, reactionTo } from '../../engine/policy/reactions.ts';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { maySee } from '../../platform/access/scope.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dayIn } from '../../platform/values/days.ts';
import { InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { own } from '../../platform/values/own.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { customerFor } from '../customers/find-customer.ts';
import { addReaction, openSelections } from '../tasks/add-reactions.ts';
import { doneOtherwise } from './duty-tasks.ts';
import { type DutyTask, dutyTask, type Holder } from './open-duties.ts';
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
  const act = Act.begin(services, caller, 'recordDuty');
  const policy = businessLine(services.policies.get(input.policyId), input.policyId);
  const duty = checkedDuty(policy, input);
  const period = periodFor(policy, duty, input.on ?? null, act.now);
  const record = await readRecord(services, duty, input);
  const holder = await holderOf(services, act.actor, duty, input);
  const shape = shapeOf(record);
  await act.guard(input.policyId, { action: 'RECORD_DUTY', input: { duty: input.code, period, record: shape } });
  const event = { kind: 'DUTY_RECORDED' as const, duty: input.code, ...shape };
  const reacting = { now: act.now.toISOString(), event, customer: null, ticket: null };
  const reaction = await reactionTo(services, input.policyId, reacting);
  const open = dutyTask(policy, input.code, duty, { period, holder, at: act.now });
  return act.commit({
    audit: [],
    alerts: true,
    async change(tx) {
      const id = await fulfil(tx, open, { note: input.note.trim(), record, byId: act.actor.id });
      await react(tx, open, reacting, reaction);
      const changes = [{ field: 'status', before: null, after: 'DONE' }];
      // Its task's id is known only here: it may have been opened before.
      await act.record(tx, act.audit('RECORD_DUTY', { ...open, type: 'Task', id }, { reason: input.code, changes }));
      return id;
    },
  });
}

/** @throws {InvalidInput} no such duty, or no note of what was done */
function checkedDuty({ declaration }: InstalledPolicy, { policyId, code, note }: DutyRecord): DutyDeclaration {
  const duty = own(declaration.duties, code);
  if (duty?.doneBy) throw doneOtherwise(duty.doneBy);
  if (!duty) throw new InvalidInput([{ path: 'input.code', message: `is no duty of ${policyId}` }]);
  if (note.trim() === '' || note.trim().length > 4000)
    throw new InvalidInput([{ path: 'input.note', message: 'has between 1 and 4,000 characters' }]);
  return duty;
}

/**
 * Marks a duty's task as done; returns its id.
 *
 * @throws {Refused} DUTY_FULFILLED
 */
async function fulfil(
  tx: TransactionClient,
  open: DutyTask,
  {
    note,
    record,
    byId,
  }: { readonly note: string; readonly record: Record<string, unknown> | null; readonly byId: string },
): Promise<string> {
  // Recorded before the task was opened: this opens it, under its stable key.
  await tx.task.createMany({ data: { ...open, assigneeId: open.assigneeId ?? byId }, skipDuplicates: true });
  const { count } = await tx.task.updateMany({
    where: { key: open.key, status: { in: ['OPEN', 'OVERDUE'] } },
    data: {
      status: 'DONE',
      outcome: note,
      completedAt: open.createdAt,
      nextFireAt: null,
      ...(record && { record: jsonOf(record) }),
    },
  });
  if (count === 0) throw refuse('DUTY_FULFILLED');
  const { id } = await tx.task.findUniqueOrThrow({ where: { key: open.key }, select: { id: true } });
  return id;
}

/** Writes what follows from a duty that was recorded. */
async function react(tx: TransactionClient, open: DutyTask, facts: ReactFacts, reaction: Reaction): Promise<void> {
  const { key, policyId, branchId } = open;
  const occasion = { key, policyId, branchId, customer: null, ticketId: null, assigneeId: null };
  const writes = new WriteSet();
  addReaction(writes, occasion, facts, reaction);
  await writes.execute(tx);
  if ('answer' in reaction) await openSelections(tx, occasion, reaction.answer, new Date(facts.now));
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
async function readRecord(
  { policies }: Services,
  { record: schema }: DutyDeclaration,
  { policyId, code: duty, record: given }: DutyRecord,
): Promise<Record<string, unknown> | null> {
  if (!schema) {
    if (given == null) return null;
    throw new InvalidInput([{ path: 'input.record', message: 'is not asked for by this duty' }]);
  }
  if (JSON.stringify(given ?? {}).length > 16_384)
    throw new InvalidInput([{ path: 'input.record', message: 'is longer than 16384 characters' }]);
  const read = await policies.read(policyId, { of: 'RECORD', duty, values: given ?? {} });
  if (read.issues.length === 0) return read.value;
  throw new InvalidInput(
    read.issues.map(({ path, message }) => ({ path: ['input.record', ...path].join('.'), message })),
  );
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
  services: Services,
  actor: Actor,
  { of }: DutyDeclaration,
  { policyId, branchCode, staffId, customerId }: DutyRecord,
): Promise<Holder> {
  const wrong = (path: string, message: string) => new InvalidInput([{ path: `input.${path}`, message }]);
  const { database, actors } = services;
  const { prisma } = database;
  if (of === 'CUSTOMER') {
    if (!customerId) throw wrong('customerId', 'is needed: the duty is owed for each customer');
    const customer = await customerFor(database, actor, customerId, { branchId: true, managerId: true }, { policyId });
    if (!customer) throw new NotFound('Customer');
    return { id: customerId, branchId: customer.branchId, staffId: customer.managerId, customerId };
  }
  if (customerId) throw wrong('customerId', 'is not asked for by this duty');
  if (of === 'MANAGER' || of === 'PERSON') {
    const id = staffId ?? actor.id;
    const staff = await prisma.staff.findUnique({ where: { id }, select: { branchId: true } });
    const isSuperior = actor.roles.some((role) => (SUPERIORS as readonly string[]).includes(role));
    if (!staff || !maySee(actor, { policyId, branchId: staff.branchId }) || (id !== actor.id && !isSuperior))
      throw wrong('staffId', 'is nobody whose duties you record');
    const about = { policyId, branchId: staff.branchId };
    const unfit = await checkGiven(services, about, [{ work: 'DUTY', staffId: id, path: 'input.staffId' }]);
    if (unfit.length > 0) throw new InvalidInput(unfit);
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
