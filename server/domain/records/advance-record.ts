import type { RecordStep } from '../../engine/policy/contract/records.ts';
import { readFields } from '../../engine/policy/records/read-fields.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { fulfilByRecord } from './duties-by-record.ts';
import { type KnownRecord, openRecord } from './find-record.ts';
import { requireOneOf } from './may-act.ts';
import { afterStep, type Onward } from './onward.ts';
import { addRecordApproval } from './record-approvals.ts';
import { addStepClocks, endOtherClocks } from './record-clocks.ts';
import { earlierRecords, fieldsOf, named, toldBrought, toldFields, toldSteps } from './record-facts.ts';
import { addRecordReactions, applyStages, recordReactions } from './record-reactions.ts';
import { aboutOf, startersOf, subjectOf } from './record-terms.ts';
import { refusalOfStep, roundOf, type StepRefusal } from './rules.ts';

export interface StepInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly step: string;
  /** What the step brings; null where nothing is said. */
  readonly brings: {
    readonly kind: string;
    readonly step: string;
    readonly path: string;
    readonly fields: Readonly<Record<string, unknown>>;
  } | null;
  /** What the customer said or signed, where the step needs it. */
  readonly confirmation?: string | null;
  readonly comment?: string | null;
}

/**
 * Takes the next step of a record; one that is approved is asked for, and taken once it is decided.
 *
 * @returns the record's id
 * @throws {InvalidInput} there is no such step, or what it brings does not fit
 * @throws {Refused} a step before it was not taken, which is named; it is for others; or the policy's guard refuses
 * @throws {Conflict} the record was changed in the meantime
 */
export function advanceRecord(
  services: Services,
  caller: Caller,
  input: StepInput,
  idempotencyKey?: string | null,
): Promise<string> {
  return Act.begin(services, caller, 'workRecord').once('advanceRecord', idempotencyKey, input, (act) =>
    advance(act, input),
  );
}

async function advance(act: Act, input: StepInput): Promise<string> {
  const record = await openRecord(act, input.id, input.expectedVersion);
  const { row, declared, subject, policy, standing } = record;
  const step = stepOf(record, input.step);
  const refusal = refusalOfStep(declared, standing, step);
  if (refusal) throw refusedStep(refusal);
  requireOneOf(act.actor, step.by ?? startersOf(declared), record.to, named(step));
  const brought = readBrought(record, step, input);
  const told = { fields: toldFields(declared, fieldsOf(row)), brought: toldBrought(step, brought) };
  const customer = subject.customer && customerFacts(policy.declaration, subject.customer);
  const earlier = await earlierRecords(act.prisma, policy.declaration, aboutOf(subject), row.id);
  const asked = {
    kind: record.kind,
    step: step.code,
    steps: standing.done,
    said: toldSteps(declared, row),
    ...told,
    earlier,
  };
  await act.guard(policy.declaration.id, { action: 'ADVANCE_RECORD', customer, input: asked });
  if (step.approval) return askApproval(act, record, step, told.fields);
  const taken = { code: step.code, round: roundOf(row.steps, step.code), brought, ...said(input) };
  return take(act, record, { step, taken, told });
}

interface Taking {
  readonly step: RecordStep;
  readonly taken: {
    readonly code: string;
    readonly round: number;
    readonly brought: Record<string, unknown>;
    readonly confirmation: string | null;
    readonly comment: string | null;
  };
  readonly told: { readonly fields: Record<string, unknown>; readonly brought: Record<string, unknown> };
}

async function take(act: Act, record: KnownRecord, { step, taken, told }: Taking): Promise<string> {
  const { row, subject } = record;
  const onward = afterStep(act, record, step);
  const organisation = await act.services.actors.organisation();
  const advanced = { kind: 'RECORD_ADVANCED' as const, step: step.code, ...told };
  const ended = { kind: 'RECORD_ENDED' as const, step: step.code, state: 'CLOSED', ...told };
  const reactions = await recordReactions(act, record, onward.ends ? [advanced, ended] : [advanced]);
  const writes = new WriteSet();
  const { approval } = onward;
  if (approval)
    await addRecordApproval(act, writes, {
      ...record,
      id: row.id,
      fields: told.fields,
      step: approval,
      round: roundOf(row.steps, approval.code),
      dueAt: onward.dueOf(approval.code),
    });
  writes.insert('policy_record_step', {
    id: newId(),
    recordId: row.id,
    state: 'DONE',
    dueAt: onward.dueBefore,
    takenAt: act.now,
    byId: act.actor.id,
    code: taken.code,
    round: taken.round,
    ...(step.brings && { brought: jsonOf(taken.brought) }),
    confirmation: taken.confirmation,
    comment: taken.comment,
  });
  addStepClocks(writes, onward.clocks, act.now);
  addRecordReactions(
    { services: act.services, now: act.now, byId: act.actor.id },
    writes,
    { ...record, id: row.id },
    reactions,
  );
  return commitMove(act, record, {
    onward,
    writes,
    fulfilled: step.code,
    action: 'ADVANCE_RECORD',
    changes: [{ field: 'step', before: row.stepCode, after: step.code }],
    async after(tx) {
      await applyStages(act, tx, subject, reactions);
      if (onward.ends) await fulfilByRecord(tx, { organisation, now: act.now }, { ...record, fields: fieldsOf(row) });
    },
  });
}

async function askApproval(
  act: Act,
  record: KnownRecord,
  step: RecordStep,
  fields: Record<string, unknown>,
): Promise<string> {
  const { row } = record;
  const writes = new WriteSet();
  const onward = afterStep(act, record, null);
  const round = roundOf(row.steps, step.code);
  await addRecordApproval(act, writes, { ...record, id: row.id, fields, step, round, dueAt: onward.dueOf(step.code) });
  addStepClocks(writes, onward.clocks, act.now);
  return commitMove(act, record, {
    onward: { ...onward, state: 'PENDING_APPROVAL' },
    writes,
    fulfilled: null,
    action: 'ADVANCE_RECORD',
    changes: [{ field: 'asked', before: null, after: step.code }],
  });
}

interface Move {
  readonly onward: Pick<Onward, 'state' | 'stepCode' | 'nextDueAt' | 'endedAt' | 'clocks'>;
  readonly writes: WriteSet;
  readonly fulfilled: string | null;
  readonly action: string;
  readonly changes: readonly {
    readonly field: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly after?: (tx: Parameters<typeof endOtherClocks>[0]) => Promise<void>;
}

async function commitMove(act: Act, { row }: KnownRecord, move: Move): Promise<string> {
  const { state, stepCode, nextDueAt, endedAt, clocks } = move.onward;
  return act.commit({
    answer: row.id,
    audit: act.audit(move.action, subjectOf(row), { reason: row.kind, changes: move.changes }),
    writes: move.writes,
    alerts: true,
    announces: { kind: 'RECORD', id: row.id },
    async change(tx) {
      const { count } = await tx.policyRecord.updateMany({
        where: { id: row.id, version: row.version },
        data: { state, stepCode, nextDueAt, endedAt, version: { increment: 1 }, updatedAt: act.now },
      });
      if (count === 0) throw new Conflict(null);
      await endOtherClocks(tx, row.id, { keep: clocks, fulfilled: move.fulfilled, at: act.now });
      await move.after?.(tx);
      return row.id;
    },
  });
}

function stepOf({ declared, kind }: KnownRecord, code: string): RecordStep {
  const steps = declared.steps ?? [];
  const step = steps.find((one) => one.code === code);
  if (step) return step;
  const codes = steps.map((one) => one.code).join(', ') || 'none';
  throw new InvalidInput([{ path: 'input.step', message: `is no step of ${kind}; it has ${codes}` }]);
}

function refusedStep(refusal: StepRefusal) {
  const step = named(refusal.step);
  switch (refusal.why) {
    case 'SKIPPED':
      return refuse('STEP_SKIPPED', { step, missing: named(refusal.missing) });
    case 'PASSED':
      return refuse('STEP_PASSED', { step });
    case 'PENDING':
      return refuse('RECORD_IN_APPROVAL', { step });
    default:
      return refuse('STEP_TAKEN', { step });
  }
}

/** @throws {InvalidInput} what the step needs is missing or does not fit, or something is said that it does not ask for */
function readBrought(record: KnownRecord, step: RecordStep, input: StepInput): Record<string, unknown> {
  const { brings: given } = input;
  const issues: Issue[] = [];
  const isOurs = given === null || (given.kind === record.kind && given.step === step.code);
  if (given && (!isOurs || !step.brings)) issues.push({ path: given.path, message: 'is not asked for' });
  const path = given && isOurs ? given.path : 'input.brings';
  const read = step.brings ? readFields(step.brings, (isOurs && given?.fields) || {}, path) : null;
  issues.push(...(read?.issues ?? []));
  if (step.confirmedBy && !input.confirmation?.trim())
    issues.push({ path: 'input.confirmation', message: 'is missing: the customer confirms this step' });
  for (const name of ['confirmation', 'comment'] as const)
    if ((input[name]?.length ?? 0) > 2000)
      issues.push({ path: `input.${name}`, message: 'is longer than 2,000 characters' });
  if (issues.length > 0) throw new InvalidInput(issues);
  return read?.fields ?? {};
}

function said({ confirmation, comment }: StepInput) {
  return { confirmation: confirmation?.trim() || null, comment: comment?.trim() || null };
}
