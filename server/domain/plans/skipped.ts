import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';

/** A measure that was not carried out, and why. */
export interface SkippedMeasure {
  readonly measureId: string;
  readonly reason: string;
}

/**
 * The reasons of the measures that are open, by id: each needs one, for a plan is not closed as if work had been done.
 *
 * @throws {InvalidInput} a reason is empty, or of a measure that is not open in this plan
 * @throws {Refused} MEASURES_OPEN: some have neither an outcome nor a reason
 */
export function checkSkipped(
  measures: readonly { readonly id: string; readonly measure: string; readonly status: string }[],
  skipped: readonly SkippedMeasure[],
): ReadonlyMap<string, string> {
  const open = measures.filter(({ status }) => status === 'OPEN' || status === 'OVERDUE');
  const reasons = new Map<string, string>();
  const issues: Issue[] = [];
  for (const [index, { measureId, reason }] of skipped.entries()) {
    const path = `skipped[${index}]`;
    if (!open.some(({ id }) => id === measureId))
      issues.push({ path: `${path}.measureId`, message: 'is no open measure of the plan' });
    if (reason.trim() === '') issues.push({ path: `${path}.reason`, message: 'is empty' });
    reasons.set(measureId, reason.trim());
  }
  if (issues.length > 0) throw new InvalidInput(issues);
  const unsaid = open.filter(({ id }) => !reasons.has(id));
  if (unsaid.length > 0) throw refuse('MEASURES_OPEN', { measures: unsaid.map(({ measure }) => measure).join(', ') });
  return reasons;
}
