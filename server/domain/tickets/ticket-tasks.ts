import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import { isCallback } from '../tasks/meet.ts';
import { prepareCallback } from './ticket-work.ts';

/** Completing a task about a resolved ticket by speaking to the customer is the callback: it is not recorded a second time. */
export const ticketTasks: TaskCompletion = {
  origin: 'TICKET',
  isFrom: ({ ticketId }) => ticketId !== null,
  async prepare({ task: { ticketId }, ticketStatus, contact }, act) {
    if (!ticketId || ticketStatus !== 'RESOLVED' || !contact || !isCallback(contact)) return null;
    return prepareCallback(act, ticketId, contact.summary.trim());
  },
};
