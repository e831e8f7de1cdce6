import type { DutyDeclaration } from '../../engine/policy/contract.ts';
import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import type { Refused } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';

/** Why saying so does not do a duty that a meeting, a report or a list does. */
export function doneOtherwise(doneBy: NonNullable<DutyDeclaration['doneBy']>): Refused {
  if ('meeting' in doneBy) return refuse('DONE_OTHERWISE/meeting', { meeting: doneBy.meeting });
  if ('report' in doneBy) return refuse('DONE_OTHERWISE/report', { report: doneBy.report });
  if ('record' in doneBy) return refuse('DONE_OTHERWISE/record', { record: doneBy.record });
  return refuse('DONE_OTHERWISE/list', { scheme: doneBy.annualList });
}

/** Whether a duty is done by saying so: nothing has to be recorded with it. */
function isPlain({ record }: DutyDeclaration): boolean {
  return !record || record.safeParse({}).success;
}

/** The task of a duty is completed by hand only where the duty asks for no record, meeting or report. */
export const dutyTasks: TaskCompletion = {
  origin: 'DUTY',
  isFrom: ({ dutyCode }) => dutyCode !== null,
  mayComplete({ policyId, dutyCode }, { services }) {
    const duty = services.policies.get(policyId)?.declaration.duties?.[dutyCode ?? ''];
    if (!duty) return;
    if (duty.doneBy) throw doneOtherwise(duty.doneBy);
    if (!isPlain(duty)) throw refuse('RECORD_NEEDED');
  },
};
