import type { PolicyRecordStep } from '../../../prisma/generated/client/client.ts';
import type { RecordStep } from '../../engine/policy/contract/records.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { type KnownRecord, knownRecord } from './find-record.ts';
import { isOneOf } from './may-act.ts';
import { clocksOf } from './onward.ts';
import type { RecordWithSteps } from './record-facts.ts';
import { fieldsOf } from './record-facts.ts';
import { startersOf } from './record-terms.ts';
import { missingBefore, refusalOfStep } from './rules.ts';

export const STEP_PROGRESS = ['OPEN', 'WAITING', 'PENDING_APPROVAL', 'RETURNED', 'DONE', 'LEFT_OUT'] as const;

/** A declared step as it stands in a record. */
export interface ShownStep {
  readonly step: RecordStep;
  readonly progress: (typeof STEP_PROGRESS)[number];
  readonly dueAt: Date | null;
  /** The last time that it was taken or asked for. */
  readonly taken: PolicyRecordStep | null;
  /** Whether the viewer may take it now. */
  readonly mayTake: boolean;
}

const OVER = ['CLOSED', 'REJECTED', 'CANCELLED'];

/** The steps of a record in their order, each with when it is due and how it stands; null where its kind is declared no more. */
export function stepsOf(services: Services, actor: Actor, row: RecordWithSteps): readonly ShownStep[] {
  const record = shownRecord(services, row);
  if (!record) return [];
  const { declared, standing } = record;
  const due = OVER.includes(row.state) ? [] : clocksOf({ services }, record, row.steps, fieldsOf(row));
  return (declared.steps ?? []).map((step) => {
    const taken = row.steps.findLast(({ code }) => code === step.code) ?? null;
    const progress = progressOf(record, step, taken);
    const isOpen = progress === 'OPEN' || progress === 'RETURNED';
    return {
      step,
      progress,
      dueAt:
        due.find(({ code }) => code === step.code)?.dueAt ??
        (standing.done.includes(step.code) ? (taken?.dueAt ?? null) : null),
      taken,
      mayTake: isOpen && isOneOf(actor, step.by ?? startersOf(declared), record.to),
    };
  });
}

/** The steps that have to be taken before a step, or before the end. */
export function missingSteps(
  services: Services,
  actor: Actor,
  row: RecordWithSteps,
  before: string | null,
): readonly ShownStep[] {
  const record = shownRecord(services, row);
  if (!record || OVER.includes(row.state)) return [];
  const missing = new Set(missingBefore(record.declared, record.standing, before).map(({ code }) => code));
  return stepsOf(services, actor, row).filter(({ step }) => missing.has(step.code));
}

function shownRecord({ policies }: Services, row: RecordWithSteps): KnownRecord | null {
  const policy = policies.get(row.policyId);
  return policy?.declaration.records?.[row.kind] ? knownRecord(policy, row, null) : null;
}

function progressOf(
  { declared, standing, row }: KnownRecord,
  step: RecordStep,
  taken: PolicyRecordStep | null,
): ShownStep['progress'] {
  if (standing.pending === step.code) return 'PENDING_APPROVAL';
  if (standing.done.includes(step.code)) return 'DONE';
  if (OVER.includes(row.state)) return 'LEFT_OUT';
  const refusal = refusalOfStep(declared, standing, step);
  if (refusal === null) return taken?.state === 'RETURNED' ? 'RETURNED' : 'OPEN';
  return refusal.why === 'PASSED' ? 'LEFT_OUT' : 'WAITING';
}
