import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import { isCallback } from '../tasks/meet.ts';
import { recordCallback } from './ticket-work.ts';

/** Completing a task about a resolved ticket by speaking to the customer is the callback: it is not recorded a second time. */
export const ticketTasks: TaskCompletion = {
  origin: 'TICKET',
  isFrom: ({ ticketId }) => ticketId !== null,
  async afterDone({ task: { ticketId }, ticketStatus, contact }, { services, caller }) {
    if (ticketId && ticketStatus === 'RESOLVED' && contact && isCallback(contact))
      await recordCallback(services, caller, ticketId, contact.summary.trim());
  },
};
