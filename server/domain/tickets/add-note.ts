import type { Caller, Services } from '../../engine/services/services.ts';
import { required } from './ticket-work.ts';
import { transition } from './transition.ts';

/**
 * Notes something about a ticket for those who see it, and not for the customer: on any version of it, also when it is closed.
 * Returns the ticket's id.
 */
export async function addTicketNote(
  services: Services,
  caller: Caller,
  { id, text }: { readonly id: string; readonly text: string },
): Promise<string> {
  const note = required('input.text', text);
  return transition(services, caller, id, () => ({ move: 'note', events: [{ kind: 'COMMENTED', text: note }] }));
}
