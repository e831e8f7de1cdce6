import type { Task } from '../../../prisma/generated/client/client.ts';
import { refuse } from '../../platform/values/refusals.ts';

/** What is done with a task beside completing it. */
export const TASK_CHANGES = ['REASSIGN', 'RESCHEDULE', 'PUT_OFF', 'SKIP', 'CANCEL'] as const;
export type TaskChange = (typeof TASK_CHANGES)[number];

/** What of a task tells which changes it takes. */
type Judged = Pick<
  Task,
  'key' | 'status' | 'origin' | 'planId' | 'measureId' | 'dutyCode' | 'resolutionId' | 'leadRole'
>;

/** In words that fit into a sentence. */
const DONE: Readonly<Record<TaskChange, string>> = {
  REASSIGN: 'reassigned',
  RESCHEDULE: 'rescheduled',
  PUT_OFF: 'put off',
  SKIP: 'skipped',
  CANCEL: 'cancelled',
};

/**
 * Which change a task takes. What a duty, a resolution or a sample is owed for is changed where it comes from. A measure of a plan may
 * be given to somebody else and put off within its plan; its day and its end are the plan's. What was selected or made by hand may be
 * cancelled, for nobody but a person wanted it; all else is skipped with a reason, and stays as skipped.
 *
 * @throws {Refused} NOT_OPEN, NOT_BY_HAND
 */
export function requireTaskChange(change: TaskChange, task: Judged): void {
  const done = DONE[change];
  const { status } = task;
  if (status !== 'OPEN' && status !== 'OVERDUE') throw refuse('NOT_OPEN/changed', { status, done });
  const owner = ownerOf(task);
  if (owner === 'SAMPLE' || owner === 'MILESTONE') throw refuse('NOT_BY_HAND', { origin: owner, done });
  if (change === 'PUT_OFF' || owner === null) {
    if (change === 'CANCEL' && task.origin !== 'MANUAL' && task.origin !== 'CALLBACK')
      throw refuse('NOT_BY_HAND', { origin: task.origin, done });
    return;
  }
  if (change === 'REASSIGN' && owner === 'PLAN') return;
  throw refuse('NOT_BY_HAND', { origin: owner, done });
}

/** Who says when, and by whom, it is done; null where nobody but those who do it. */
function ownerOf({ key, planId, measureId, dutyCode, resolutionId, leadRole }: Judged): string | null {
  if (key.startsWith('service-sample:')) return 'SAMPLE';
  if (leadRole !== null) return 'MILESTONE';
  if (dutyCode !== null) return 'DUTY';
  if (resolutionId !== null) return 'RESOLUTION';
  return planId !== null || measureId !== null ? 'PLAN' : null;
}
