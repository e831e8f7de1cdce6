import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { readFields } from '../../engine/policy/records/read-fields.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { type AuditFacts, changesBetween } from '../../platform/audit/audit.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { isSameRecord } from '../../platform/values/json.ts';
import { own } from '../../platform/values/own.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { type KnownRecord, openRecord, refusePending } from './find-record.ts';
import { requireOneOf } from './may-act.ts';
import { afterStep } from './onward.ts';
import { addStepClocks, endOtherClocks, type StepClock } from './record-clocks.ts';
import { earlierRecords, fieldsOf, named, toldFields } from './record-facts.ts';
import { addRecordReactions, applyStages, type RecordReaction, recordReactions } from './record-reactions.ts';
import { aboutOf, completed, startersOf, subjectOf, withheldFields } from './record-terms.ts';

export interface RecordChange {
  readonly id: string;
  readonly expectedVersion: number;
  /** Fields that are given are set, null empties, the others stay; null where only the status changes. */
  readonly change: {
    readonly kind: string;
    readonly path: string;
    readonly fields: Readonly<Record<string, unknown>>;
  } | null;
  readonly status?: string | null;
}

/**
 * Changes what an open record says; what it said before is kept as a version.
 *
 * @returns the record's id
 * @throws {InvalidInput} a field does not fit, or nothing changes
 * @throws {Refused} it is for others, it is being decided, or the policy's guard refuses
 * @throws {Conflict} the record was changed in the meantime
 */
export function changeRecord(
  services: Services,
  caller: Caller,
  input: RecordChange,
  idempotencyKey?: string | null,
): Promise<string> {
  return Act.begin(services, caller, 'workRecord').once('changeRecord', idempotencyKey, input, (act) =>
    change(act, input),
  );
}

async function change(act: Act, input: RecordChange): Promise<string> {
  const record = await openRecord(act, input.id, input.expectedVersion);
  const { row, declared, policy, subject } = record;
  refusePending(record);
  requireOneOf(
    act.actor,
    [...startersOf(declared), 'STARTER'],
    record.to,
    named({ code: row.kind, label: declared.label }),
  );
  const before = fieldsOf(row);
  const { fields, status } = readChange(record, input, before);
  const told = toldFields(declared, fields);
  const customer = subject.customer && customerFacts(policy.declaration, subject.customer);
  const earlier = await earlierRecords(act.prisma, policy.declaration, aboutOf(subject), row.id);
  await act.guard(policy.declaration.id, {
    action: 'CHANGE_RECORD',
    customer,
    input: { kind: row.kind, fields: told, before: toldFields(declared, before), status, earlier },
  });
  const ends = status !== null && own(declared.statuses, status)?.closes === true;
  const changed = { kind: 'RECORD_CHANGED' as const, fields: told, status };
  const ended = { kind: 'RECORD_ENDED' as const, fields: told, state: 'CLOSED' };
  const reactions = await recordReactions(act, record, ends ? [changed, ended] : [changed]);
  const { clocks, nextDueAt } = afterStep(act, record, null, fields);
  const keep = ends ? [] : clocks;
  const version = { id: newId(), recordId: row.id, version: row.version + 1, fields: jsonOf(fields), status };
  const writes = new WriteSet().insert('policy_record_version', { ...version, byId: act.actor.id, at: act.now });
  addStepClocks(writes, keep, act.now);
  addRecordReactions(
    { services: act.services, now: act.now, byId: act.actor.id },
    writes,
    { ...record, id: row.id },
    reactions,
  );
  const changes = changesBetween(
    { ...before, status: row.status },
    { ...emptied(before, fields), status },
    withheldFields(declared),
  );
  return commitChange(act, record, {
    writes,
    audit: act.audit('CHANGE_RECORD', subjectOf(row), { reason: row.kind, changes }),
    data: {
      fields: jsonOf(fields),
      status,
      nextDueAt: ends ? null : nextDueAt,
      ...(ends && { state: 'CLOSED' as const, endedAt: act.now }),
    },
    keep,
    reactions,
  });
}

/** What is written of a change. */
interface ChangeOfRow {
  readonly writes: WriteSet;
  readonly audit: AuditFacts;
  readonly data: Prisma.PolicyRecordUncheckedUpdateManyInput;
  readonly keep: readonly StepClock[];
  readonly reactions: readonly RecordReaction[];
}

function commitChange(
  act: Act,
  { row, subject }: KnownRecord,
  { writes, audit, data, keep, reactions }: ChangeOfRow,
): Promise<string> {
  return act.commit({
    answer: row.id,
    audit,
    writes,
    alerts: true,
    announces: { kind: 'RECORD', id: row.id },
    async change(tx) {
      const { count } = await tx.policyRecord.updateMany({
        where: { id: row.id, version: row.version },
        data: { ...data, version: { increment: 1 }, updatedAt: act.now },
      });
      if (count === 0) throw new Conflict(null);
      await endOtherClocks(tx, row.id, { keep, fulfilled: null, at: act.now });
      await applyStages(act, tx, subject, reactions);
      return row.id;
    },
  });
}

/** Fields that are gone show as null. */
function emptied(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return { ...Object.fromEntries(Object.keys(before).map((name) => [name, null])), ...after };
}

function readChange(
  { declared, row, standing }: KnownRecord,
  { change: given, status: stated }: RecordChange,
  before: Readonly<Record<string, unknown>>,
): { fields: Record<string, unknown>; status: string | null } {
  const issues: Issue[] = [];
  if (given && given.kind !== row.kind) issues.push({ path: given.path, message: 'is not asked for' });
  const path = given?.path ?? 'input.record';
  const wanted = given && given.kind === row.kind ? given.fields : {};
  const { fields: read, issues: wrong } = readFields(declared.fields, { ...before, ...wanted }, path);
  const fields = wrong.length > 0 ? read : completed(declared, read);
  issues.push(...wrong);
  const status = stated ?? row.status;
  const statuses = Object.keys(declared.statuses ?? {});
  if (stated != null && !statuses.includes(stated))
    issues.push({
      path: 'input.status',
      message: statuses.length > 0 ? `is none of ${statuses.join(', ')}` : 'is not asked for',
    });
  const approved = (declared.steps ?? []).some(({ code, approval }) => approval && standing.done.includes(code));
  if (approved && issues.length === 0)
    for (const name of declared.approvedFields ?? Object.keys(declared.fields.shape))
      if (!isSameRecord(before[name], fields[name]))
        issues.push({ path: `${path}.${name}`, message: 'was approved, and stays' });
  if (issues.length === 0 && status === row.status && isSameRecord(before, fields))
    issues.push({ path: 'input', message: 'changes nothing' });
  if (issues.length > 0) throw new InvalidInput(issues);
  return { fields, status };
}

/**
 * Ends a record that is not gone through with, and says why.
 *
 * @returns the record's id
 * @throws {Refused} it is for others, or being decided
 * @throws {Conflict} the record was changed in the meantime
 */
export function cancelRecord(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly expectedVersion: number; readonly reason: string },
  idempotencyKey?: string | null,
): Promise<string> {
  return Act.begin(services, caller, 'workRecord').once('cancelRecord', idempotencyKey, input, async (act) => {
    requireReason(input.reason);
    const record = await openRecord(act, input.id, input.expectedVersion);
    const { row, declared } = record;
    refusePending(record);
    const kind = named({ code: row.kind, label: declared.label });
    requireOneOf(act.actor, [...startersOf(declared), 'STARTER'], record.to, kind);
    const reason = input.reason.trim();
    const told = toldFields(declared, fieldsOf(row));
    const reactions = await recordReactions(act, record, [{ kind: 'RECORD_ENDED', fields: told, state: 'CANCELLED' }]);
    const writes = new WriteSet();
    addRecordReactions(
      { services: act.services, now: act.now, byId: act.actor.id },
      writes,
      { ...record, id: row.id },
      reactions,
    );
    const changes = [{ field: 'state', before: row.state, after: 'CANCELLED' }];
    return commitChange(act, record, {
      writes,
      audit: act.audit('CANCEL_RECORD', subjectOf(row), { reason, changes }),
      data: { state: 'CANCELLED', endedAt: act.now, endReason: reason, nextDueAt: null },
      keep: [],
      reactions,
    });
  });
}
