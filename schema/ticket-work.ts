import { openTicket } from '../server/domain/tickets/open.ts';
import {
  acknowledgeTicket,
  closeTicket,
  escalateTicket,
  reopenTicket,
  resolveTicket,
  resumeTicket,
  updateTicket,
  waitOnCustomer,
} from '../server/domain/tickets/ticket-work.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';

/** What is done with a ticket, from opening it to reopening it. */
export function addTicketWork(builder: Builder, enums: Enums): void {
  const OpenTicketInput = builder.inputType('OpenTicketInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      type: t.string({
        required: true,
        description: "One of the policy's ticket types, e.g. COMPLAINT, INQUIRY, FAULT, PROVISIONING, RENEWAL.",
      }),
      level: t.int({ defaultValue: 1 }),
      case: t.string({
        description:
          'Case within a type where the policy distinguishes them, e.g. the provisioning case of a broadband order.',
      }),
      subject: t.string({ required: true }),
      description: t.string(),
      channel: t.field({ type: enums.Channel, required: true }),
      assigneeId: t.id(),
      appointmentAt: t.field({
        type: 'DateTime',
        description: 'Where the promise runs from an appointment rather than from opening.',
      }),
      receivedAt: t.field({
        type: 'DateTime',
        description:
          'When the customer asked, where that was before it is written down: clocks count from then, and the ticket was opened then. At most so many days back as a parameter says (`receivedPastDays`, seven unless set).',
      }),
    }),
  });
  const UpdateTicketInput = builder.inputType('UpdateTicketInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      assigneeId: t.id(),
      status: t.field({
        type: enums.TicketStatus,
        description: 'IN_PROGRESS; the other statuses are reached by mutations of their own.',
      }),
      subject: t.string(),
      comment: t.string(),
      commentPublic: t.boolean({ defaultValue: false }),
    }),
  });
  const id = builder.args((t) => ({ id: t.id({ required: true }) }));
  builder.mutationFields((t) => ({
    openTicket: command(t, 'Ticket', {
      args: { input: t.arg({ type: OpenTicketInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) => {
        const opening = {
          ...input,
          customerId: idOf('Customer', input.customerId),
          assigneeId: input.assigneeId ? referenceOf('Staff', input.assigneeId, 'input.assigneeId') : null,
        };
        return openTicket(services, caller, opening, idempotencyKey);
      },
    }),
    acknowledgeTicket: command(t, 'Ticket', {
      description: 'The first response.',
      args: { ...id, message: t.arg.string() },
      run: (services, caller, { id, message }) =>
        acknowledgeTicket(services, caller, idOf('Ticket', id), message ?? null),
    }),
    updateTicket: command(t, 'Ticket', {
      args: { input: t.arg({ type: UpdateTicketInput, required: true }) },
      run: (services, caller, { input }) =>
        updateTicket(services, caller, {
          ...input,
          id: idOf('Ticket', input.id),
          assigneeId: input.assigneeId && referenceOf('Staff', input.assigneeId, 'input.assigneeId'),
        }),
    }),
    waitOnCustomer: command(t, 'Ticket', {
      description: 'The customer has to do something first.',
      args: { ...id, reason: t.arg.string({ required: true }) },
      run: (services, caller, { id, reason }) => waitOnCustomer(services, caller, idOf('Ticket', id), reason),
    }),
    resumeTicket: command(t, 'Ticket', {
      args: id,
      run: (services, caller, { id }) => resumeTicket(services, caller, idOf('Ticket', id)),
    }),
    escalateTicket: command(t, 'Ticket', {
      description: "Raises the level; the clocks keep their start and take the new level's target.",
      args: { ...id, level: t.arg.int({ required: true }), reason: t.arg.string({ required: true }) },
      run: (services, caller, { id, level, reason }) =>
        escalateTicket(services, caller, idOf('Ticket', id), level, reason),
    }),
    resolveTicket: command(t, 'Ticket', {
      args: { ...id, resolution: t.arg.string({ required: true }), rootCause: t.arg.string() },
      run: (services, caller, { id, resolution, rootCause }) =>
        resolveTicket(services, caller, idOf('Ticket', id), resolution, rootCause ?? null),
    }),
    closeTicket: command(t, 'Ticket', {
      args: { ...id, customerConfirmed: t.arg.boolean({ required: true }) },
      run: (services, caller, { id, customerConfirmed }) =>
        closeTicket(services, caller, idOf('Ticket', id), customerConfirmed),
    }),
    reopenTicket: command(t, 'Ticket', {
      description: 'Begins a new cycle; the old one keeps its outcome.',
      args: { ...id, reason: t.arg.string({ required: true }) },
      run: (services, caller, { id, reason }) => reopenTicket(services, caller, idOf('Ticket', id), reason),
    }),
  }));
}
