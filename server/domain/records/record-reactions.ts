import type { RecordProposal } from '../../engine/policy/answers.ts';
import type { EventFact, ReactFacts } from '../../engine/policy/facts.ts';
import { type Reaction, reactionTo } from '../../engine/policy/reactions.ts';
import { readFields } from '../../engine/policy/records/read-fields.ts';
import type { Act } from '../../engine/services/act.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { setStage } from '../customers/set-stage.ts';
import { addReaction } from '../tasks/add-reactions.ts';
import type { RecordKind } from './find-record.ts';
import type { FoundSubject } from './find-subject.ts';
import { type Acting, newRecord } from './new-record.ts';
import { addStepClocks } from './record-clocks.ts';
import { completed } from './record-terms.ts';

/** An event of a record, and what the policy says follows from it. */
export interface RecordReaction {
  readonly facts: ReactFacts;
  readonly reaction: Reaction;
}

/** Whose record something happens to. */
export interface HappensTo extends Pick<RecordKind, 'policy'> {
  readonly id: string;
  readonly subject: FoundSubject;
}

/** Asks the policy what follows from events of a record, outside of any transaction. */
export async function recordReactions(
  { services, now }: Pick<Acting, 'services' | 'now'>,
  { policy, kind, subject }: Pick<HappensTo, 'policy' | 'subject'> & { readonly kind: string | null },
  events: readonly Omit<EventFact, 'record'>[],
): Promise<RecordReaction[]> {
  const customer = subject.customer && customerFacts(policy.declaration, subject.customer);
  const reactions: RecordReaction[] = [];
  for (const event of events) {
    const facts = {
      now: now.toISOString(),
      event: { ...event, ...(kind !== null && { record: kind }) },
      customer,
      ticket: null,
    } as ReactFacts;
    reactions.push({ facts, reaction: await reactionTo(services, policy.declaration.id, facts) });
  }
  return reactions;
}

/** Adds the tasks, alerts and records that follow. Of a record about a person only records follow: tasks and alerts are the branch's. */
export function addRecordReactions(
  acting: Acting,
  writes: WriteSet,
  { policy, id, subject }: HappensTo,
  reactions: readonly RecordReaction[],
): void {
  const { customer, person, ticketId, branchId } = subject;
  for (const { facts, reaction } of reactions) {
    const at = `${facts.event.kind}:${facts.event.step ?? ''}:${facts.now}`;
    const occasion = {
      key: `record:${id}:${at}`,
      policyId: policy.declaration.id,
      branchId,
      customer,
      ticketId,
      assigneeId: null,
    };
    if (!person) addReaction(writes, occasion, facts, reaction);
    if ('answer' in reaction)
      for (const proposal of reaction.answer.records ?? []) addProposed(acting, writes, { policy, subject }, proposal);
  }
}

/** Gives the customer the stage that the policy says. */
export async function applyStages(
  act: Act,
  tx: TransactionClient,
  { customer }: FoundSubject,
  reactions: readonly RecordReaction[],
): Promise<void> {
  if (!customer) return;
  for (const { facts, reaction } of reactions) {
    const stage = 'answer' in reaction ? reaction.answer.stage : null;
    if (stage) await setStage(act, tx, customer.id, stage, facts.event.record ?? facts.event.kind);
  }
}

/** Another record about the same, which the policy begins; one that its own schema does not take is noted and left out. */
function addProposed(
  acting: Acting,
  writes: WriteSet,
  { policy, subject }: Pick<HappensTo, 'policy' | 'subject'>,
  { kind, fields: given }: RecordProposal,
): void {
  const declared = policy.declaration.records?.[kind];
  const { fields, issues } = declared ? readFields(declared.fields, given, kind) : { fields: {}, issues: [] };
  if (!declared || issues.length > 0) {
    acting.services.log.warn(
      { policyId: policy.declaration.id, kind, issues },
      'a policy proposed a record that is none',
    );
    return;
  }
  const status = Object.keys(declared.statuses ?? {})[0] ?? null;
  const { row, version, clocks } = newRecord(acting, {
    policy,
    kind,
    declared,
    subject,
    fields: completed(declared, fields),
    status,
  });
  writes.insert('policy_record', row).insert('policy_record_version', version);
  addStepClocks(writes, clocks, acting.now);
}
