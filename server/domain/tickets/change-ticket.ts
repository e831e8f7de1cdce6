import type { Caller, Services } from '../../engine/services/services.ts';
import type { HoldReason } from '../../platform/values/enums.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { appointmentProblem } from './appointment.ts';
import { required } from './ticket-work.ts';
import { type Decide, transition } from './transition.ts';

/** What is done with a ticket that was opened for nothing, at another time, or as something else, or that waits for others. */

/** A change that the caller decided on a version that they saw. */
interface Change {
  readonly id: string;
  readonly expectedVersion?: number | null;
  readonly reason: string;
}

/** Ends a ticket without a solution: its clocks are kept for nothing any more, and none of them counts as kept or broken. */
export async function cancelTicket(services: Services, caller: Caller, input: Change): Promise<string> {
  const text = required('input.reason', input.reason);
  return transition(services, caller, input.id, cancelling(services, text), input.expectedVersion ?? undefined);
}

export function cancelling({ clock }: Pick<Services, 'clock'>, text: string): Decide {
  return () => ({ move: 'cancel', events: [{ kind: 'CANCELLED', text }], set: { closedAt: clock.now() } });
}

/** Something outside has to be there first: clocks that the promise lets pause for that stand still. */
export async function holdTicket(
  services: Services,
  caller: Caller,
  { id, expectedVersion, reason, waitsFor }: Change & { readonly waitsFor: HoldReason },
): Promise<string> {
  const text = required('input.reason', reason);
  return transition(services, caller, id, holding(waitsFor, text), expectedVersion ?? undefined);
}

export function holding(waitsFor: HoldReason, text: string): Decide {
  return () => ({ move: 'hold', events: [{ kind: 'WAITING', text, pauseReason: waitsFor }] });
}

/** Agrees on another appointment: what was promised from the appointment on is promised from the new one. */
export async function rescheduleAppointment(
  services: Services,
  caller: Caller,
  input: Change & { readonly appointmentAt: Date },
): Promise<string> {
  const text = required('input.reason', input.reason);
  const decide = rescheduling(services, input.appointmentAt, text);
  return transition(services, caller, input.id, decide, input.expectedVersion ?? undefined);
}

export function rescheduling({ policies }: Pick<Services, 'policies'>, appointmentAt: Date, text: string): Decide {
  return (ticket, policy) => {
    const problem = appointmentProblem(policies, policy, appointmentAt, ticket.openedAt);
    if (problem) throw new InvalidInput([{ path: 'input.appointmentAt', message: problem }]);
    const [from, to] = [ticket.appointmentAt?.toISOString() ?? null, appointmentAt.toISOString()];
    if (from === to)
      throw new InvalidInput([{ path: 'input.appointmentAt', message: 'is the appointment that there is' }]);
    return {
      move: 'reschedule',
      events: [
        { kind: 'UPDATED', text: 'appointment', from, to, appointmentAt },
        { kind: 'COMMENTED', text },
      ],
      set: { appointmentAt },
      // A policy may promise otherwise for another day; clocks that began keep their start, others wait for the appointment.
      promise: { cause: 'OPENED', level: ticket.level, neverByFallback: true },
    };
  };
}

/** Puts a ticket under another case of its type: its clocks keep their start and take what is promised for the case. */
export async function changeTicketCase(
  services: Services,
  caller: Caller,
  input: Change & { readonly case: string },
): Promise<string> {
  const text = required('input.reason', input.reason);
  return transition(services, caller, input.id, changingCase(input.case, text), input.expectedVersion ?? undefined);
}

export function changingCase(caseCode: string, text: string): Decide {
  return (ticket, { declaration }) => {
    const cases = Object.keys(declaration.ticketTypes?.[ticket.type]?.cases ?? {});
    if (!cases.includes(caseCode))
      throw new InvalidInput([{ path: 'input.case', message: `is none of ${cases.join(', ')}` }]);
    if (caseCode === ticket.caseCode)
      throw new InvalidInput([{ path: 'input.case', message: 'is the case that it has' }]);
    return {
      move: 'changeCase',
      events: [
        { kind: 'UPDATED', text: 'case', from: ticket.caseCode, to: caseCode },
        { kind: 'COMMENTED', text },
      ],
      set: { caseCode },
      promise: { cause: 'OPENED', level: ticket.level, neverByFallback: true },
    };
  };
}
