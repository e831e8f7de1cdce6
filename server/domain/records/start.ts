import type { RecordDeclaration } from '../../engine/policy/contract/records.ts';
import { readFields } from '../../engine/policy/records/read-fields.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { fulfilByRecord } from './duties-by-record.ts';
import { kindOf, type RecordKind } from './find-record.ts';
import { findSubject, type NamedSubject } from './find-subject.ts';
import { requireOneOf } from './may-act.ts';
import { type Begun, newRecord } from './new-record.ts';
import { addRecordApproval } from './record-approvals.ts';
import { addStepClocks } from './record-clocks.ts';
import { earlierRecords, named, sameSubject, toldFields } from './record-facts.ts';
import { addRecordReactions, applyStages, recordReactions } from './record-reactions.ts';
import { aboutOf, completed, startersOf, subjectOf, withheldFields } from './record-terms.ts';
import { approvalNext } from './rules.ts';
import { holdKind } from './sql.ts';

export interface NewRecordInput {
  readonly policyId: string;
  readonly kind: string;
  readonly about: NamedSubject;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Of a ledger; its first status unless said. */
  readonly status?: string | null;
  /** Of the fields in the input, for what is wrong with them. */
  readonly path: string;
}

/**
 * Begins a record; an approval that comes first is asked for at once.
 *
 * @returns the record's id
 * @throws {InvalidInput} a field does not fit, or nothing that it could be about is named
 * @throws {Refused} it is for others, one is open already, or the policy's guard refuses
 */
export function startRecord(
  services: Services,
  caller: Caller,
  input: NewRecordInput,
  idempotencyKey?: string | null,
): Promise<string> {
  return Act.begin(services, caller, 'workRecord').once('startRecord', idempotencyKey, input, (act) =>
    start(act, input),
  );
}

async function start(act: Act, input: NewRecordInput): Promise<string> {
  const kind = kindOf(act, input.policyId, input.kind);
  const { policy, declared } = kind;
  const subject = await findSubject(act, input.policyId, declared, input.about);
  const to = { policy: policy.declaration, person: subject.person, startedById: null };
  requireOneOf(act.actor, startersOf(declared), to, named({ code: kind.kind, label: declared.label }));
  const begun: Begun = { ...kind, subject, ...readContent(declared, input) };
  const told = toldFields(declared, begun.fields);
  const customer = subject.customer && customerFacts(policy.declaration, subject.customer);
  const about = aboutOf(subject);
  const earlier = await earlierRecords(act.prisma, policy.declaration, about, null);
  await act.guard(input.policyId, {
    action: 'START_RECORD',
    customer,
    input: { kind: kind.kind, fields: told, earlier },
  });
  const acting = { services: act.services, now: act.now, byId: act.actor.id };
  const { row, version, clocks } = newRecord(acting, begun);
  const over = row.state === 'CLOSED';
  const started = { kind: 'RECORD_STARTED' as const, fields: told };
  const ended = { kind: 'RECORD_ENDED' as const, fields: told, state: 'CLOSED' };
  const reactions = await recordReactions(act, begun, over ? [started, ended] : [started]);
  const writes = new WriteSet();
  const approval = approvalNext(declared, { done: [], pending: null });
  if (approval)
    await addRecordApproval(act, writes, { ...kind, id: row.id, subject, fields: told, step: approval, round: 1 });
  writes
    .insert('policy_record', { ...row, ...(approval && { state: 'PENDING_APPROVAL' as const }) })
    .insert('policy_record_version', version);
  addStepClocks(writes, clocks, act.now);
  addRecordReactions(acting, writes, { ...kind, id: row.id, subject }, reactions);
  // What is known of it may not be read within the transaction.
  const organisation = await act.services.actors.organisation();
  const changes = changesBetween({}, begun.fields, withheldFields(declared));
  return act.commit({
    answer: row.id,
    audit: act.audit('START_RECORD', subjectOf(row), { reason: kind.kind, changes }),
    writes,
    announces: { kind: 'RECORD', id: row.id },
    async change(tx) {
      if (declared.single) await refuseSecond(tx, begun, about);
      await applyStages(act, tx, subject, reactions);
      if (over) await fulfilByRecord(tx, { organisation, now: act.now }, begun);
      return row.id;
    },
  });
}

/** @throws {InvalidInput} each field that does not fit is named */
function readContent(declared: RecordDeclaration, input: NewRecordInput): Pick<Begun, 'fields' | 'status'> {
  const { fields, issues } = readFields(declared.fields, input.fields, input.path);
  const statuses = Object.keys(declared.statuses ?? {});
  const status = input.status ?? statuses[0] ?? null;
  if (status !== null && !statuses.includes(status)) {
    const message = statuses.length > 0 ? `is none of ${statuses.join(', ')}` : 'is not asked for';
    issues.push({ path: 'input.status', message });
  }
  if (issues.length > 0) throw new InvalidInput(issues);
  return { fields: completed(declared, fields), status };
}

/** @throws {Refused} RECORD_OPEN */
async function refuseSecond(
  tx: TransactionClient,
  { policy, kind, declared }: RecordKind,
  about: ReturnType<typeof aboutOf>,
): Promise<void> {
  const policyId = policy.declaration.id;
  const { contractId, ticketId, parentId } = about;
  await holdKind(tx, [policyId, kind, ...Object.values(about)].join(':'));
  const open = await tx.policyRecord.findFirst({
    where: {
      policyId,
      kind,
      ...sameSubject(about),
      contractId,
      ticketId,
      parentId,
      state: { in: ['OPEN', 'PENDING_APPROVAL', 'RETURNED'] },
    },
    select: { id: true },
  });
  if (open) throw refuse('RECORD_OPEN', { kind: named({ code: kind, label: declared.label }) });
}
