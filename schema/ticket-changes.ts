import {
  cancelTicket,
  changeTicketCase,
  holdTicket,
  rescheduleAppointment,
} from '../server/domain/tickets/change-ticket.ts';
import type { HoldReason } from '../server/platform/values/enums.ts';
import { idOf } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';

/** What is done with a ticket that was opened for nothing, at another time, or as something else, or that waits for others. */
export function addTicketChanges(builder: Builder): void {
  const change = (t: Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]) => ({
    id: t.id({ required: true }),
    expectedVersion: t.int({ description: 'Conflict where the ticket is at another one by now.' }),
    reason: t.string({ required: true }),
  });
  const CancelTicketInput = builder.inputType('CancelTicketInput', { fields: (t) => change(t) });
  const RescheduleAppointmentInput = builder.inputType('RescheduleAppointmentInput', {
    fields: (t) => ({ ...change(t), appointmentAt: t.field({ type: 'DateTime', required: true }) }),
  });
  const ChangeTicketCaseInput = builder.inputType('ChangeTicketCaseInput', {
    fields: (t) => ({ ...change(t), case: t.string({ required: true, description: "One of the type's cases." }) }),
  });
  const HoldReasonEnum = builder.enumType('HoldReason', {
    values: {
      APPROVAL: { description: 'A decision of somebody else in the house.' },
      ANOTHER_PARTY: { description: 'A supplier, a carrier, an authority.' },
      ANOTHER_DEPARTMENT: { description: 'Colleagues in the house: no clock of the customer stands still for them.' },
    } as const satisfies Record<HoldReason, object>,
  });
  const HoldTicketInput = builder.inputType('HoldTicketInput', {
    fields: (t) => ({ ...change(t), waitsFor: t.field({ type: HoldReasonEnum, required: true }) }),
  });
  builder.mutationFields((t) => ({
    holdTicket: command(t, 'Ticket', {
      description:
        'Something outside has to be there first; the customer is waited for by waitOnCustomer. Clocks whose promise names what is waited for stand still until resumeTicket.',
      args: { input: t.arg({ type: HoldTicketInput, required: true }) },
      run: (services, caller, { input }) => holdTicket(services, caller, { ...input, id: idOf('Ticket', input.id) }),
    }),
    cancelTicket: command(t, 'Ticket', {
      description: 'Ends a ticket without a solution; its clocks end with it, neither kept nor broken.',
      args: { input: t.arg({ type: CancelTicketInput, required: true }) },
      run: (services, caller, { input }) => cancelTicket(services, caller, { ...input, id: idOf('Ticket', input.id) }),
    }),
    rescheduleAppointment: command(t, 'Ticket', {
      description: 'Agrees on another appointment: what was promised from it is promised from the new one.',
      args: { input: t.arg({ type: RescheduleAppointmentInput, required: true }) },
      run: (services, caller, { input }) =>
        rescheduleAppointment(services, caller, { ...input, id: idOf('Ticket', input.id) }),
    }),
    changeTicketCase: command(t, 'Ticket', {
      description:
        "Puts a ticket under another case of its type: the clocks keep their start and take the case's promise.",
      args: { input: t.arg({ type: ChangeTicketCaseInput, required: true }) },
      run: (services, caller, { input }) =>
        changeTicketCase(services, caller, { ...input, id: idOf('Ticket', input.id) }),
    }),
  }));
}
