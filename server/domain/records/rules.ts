import type { RecordDeclaration, RecordStep } from '../../engine/policy/contract/records.ts';

// A record OPENs, and its steps are taken in their order. A step that is approved stands PENDING_APPROVAL until it is decided: it
// is then taken, or RETURNED to who asked, or the record is REJECTED. With its last step it is CLOSED; before that it may be
// CANCELLED. A step that leads back makes those from there on open again.

/** A step as it was taken, or is being decided. */
export interface TakenStep {
  readonly code: string;
  readonly round: number;
  readonly state: 'PENDING_APPROVAL' | 'DONE' | 'RETURNED' | 'REJECTED';
  readonly dueAt: Date | null;
  readonly takenAt: Date;
  readonly decidedAt: Date | null;
}

/** Where a record stands. */
export interface RecordStanding {
  /** The steps that count as taken, in the order of the declaration. */
  readonly done: readonly string[];
  /** The step that is being decided. */
  readonly pending: string | null;
}

type Stepped = Pick<RecordDeclaration, 'steps'>;

/** @param taken in the order in which they were taken */
export function standingOf(
  { steps = [] }: Stepped,
  taken: readonly Pick<TakenStep, 'code' | 'state'>[],
): RecordStanding {
  const order = new Map(steps.map(({ code }, index) => [code, index]));
  let done: string[] = [];
  for (const { code, state } of taken) {
    if (state !== 'DONE') continue;
    const back = steps[order.get(code) ?? -1]?.returnsTo;
    if (back === undefined) done.push(code);
    else done = done.filter((one) => (order.get(one) ?? 0) < (order.get(back) ?? 0));
  }
  const pending = taken.findLast(({ state }) => state === 'PENDING_APPROVAL')?.code ?? null;
  return { done: steps.flatMap(({ code }) => (done.includes(code) ? [code] : [])), pending };
}

/** Why a step may not be taken now; null where it may. */
export type StepRefusal =
  | { readonly why: 'TAKEN' | 'PASSED' | 'PENDING'; readonly step: RecordStep }
  | { readonly why: 'SKIPPED'; readonly step: RecordStep; readonly missing: RecordStep };

export function refusalOfStep(
  declared: Stepped,
  { done, pending }: RecordStanding,
  step: RecordStep,
): StepRefusal | null {
  const { steps = [] } = declared;
  const waiting = steps.find(({ code }) => code === pending);
  if (waiting) return { why: 'PENDING', step: waiting };
  if (done.includes(step.code)) return { why: 'TAKEN', step };
  const index = steps.findIndex(({ code }) => code === step.code);
  const missing = steps.slice(0, index).find(({ code, optional }) => !optional && !done.includes(code));
  if (missing) return { why: 'SKIPPED', step, missing };
  if (steps.slice(index + 1).some(({ code }) => done.includes(code))) return { why: 'PASSED', step };
  return null;
}

/** The steps that may be taken now, whoever takes them. */
export function nextSteps(declared: Stepped, standing: RecordStanding): readonly RecordStep[] {
  return (declared.steps ?? []).filter((step) => refusalOfStep(declared, standing, step) === null);
}

/** What has still to be taken before a step, or before the end where none is named. */
export function missingBefore(
  { steps = [] }: Stepped,
  { done }: RecordStanding,
  code: string | null,
): readonly RecordStep[] {
  const index = code === null ? steps.length : steps.findIndex((step) => step.code === code);
  return steps.slice(0, Math.max(index, 0)).filter((step) => !step.optional && !done.includes(step.code));
}

/** Whether the record ends with a step that is taken. */
export function endsWith(declared: Stepped, step: RecordStep, after: RecordStanding): boolean {
  const { steps = [] } = declared;
  if (step.closes) return true;
  if (step.returnsTo !== undefined || steps.some(({ closes }) => closes)) return false;
  return missingBefore(declared, after, null).length === 0;
}

/** The approval that opens by itself: it comes next, and nothing optional stands before it. */
export function approvalNext(declared: Stepped, standing: RecordStanding): RecordStep | null {
  const [first] = nextSteps(declared, standing);
  return first?.approval ? first : null;
}

/** How often a step was taken, and the one that would come. */
export function roundOf(taken: readonly Pick<TakenStep, 'code'>[], code: string): number {
  return taken.filter((step) => step.code === code).length + 1;
}
