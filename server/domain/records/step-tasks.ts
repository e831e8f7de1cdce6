import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { STEP_TASK } from './record-clocks.ts';

/** The task of a record's step is done by taking the step, and by nothing else. */
export const stepTasks: TaskCompletion = {
  origin: 'RECORD',
  isFrom: ({ key }) => key.startsWith(STEP_TASK),
  neverByHand: () => refuse('TAKE_THE_STEP'),
};
