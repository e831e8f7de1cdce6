import { dutyTasks } from '../domain/duties/duty-tasks.ts';
import { contactTasks } from '../domain/interactions/contact.ts';
import { resolutionTasks } from '../domain/meetings/resolution-tasks.ts';
import { planTasks } from '../domain/plans/plan-tasks.ts';
import { stepTasks } from '../domain/records/step-tasks.ts';
import { serviceSampleTasks } from '../domain/reports/service-sample.ts';
import { ticketTasks } from '../domain/tickets/ticket-tasks.ts';
import { joinTaskCompletions } from '../engine/services/task-completion.ts';

/** What completing a task means where it comes from, by all slices that have tasks. */
export const taskCompletions = joinTaskCompletions([
  serviceSampleTasks,
  stepTasks,
  dutyTasks,
  planTasks,
  resolutionTasks,
  contactTasks,
  ticketTasks,
]);
