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
} from '../server/domain/tickets/work.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { type Builder, callerOf, mutationErrors } from './base/builder.ts';
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
  const read = (query: object, context: RequestContext, id: string) =>
    context.services.database.prisma.ticket.findUniqueOrThrow({ ...query, where: { id } });
  const id = builder.args((t) => ({ id: t.id({ required: true }) }));
  builder.mutationFields((t) => ({
    openTicket: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      args: { input: t.arg({ type: OpenTicketInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (query, _root, { input, idempotencyKey }, context) => {
        const opening = {
          ...input,
          customerId: idOf('Customer', input.customerId),
          assigneeId: input.assigneeId ? referenceOf('Staff', input.assigneeId, 'input.assigneeId') : null,
        };
        return read(query, context, await openTicket(context.services, callerOf(context), opening, idempotencyKey));
      },
    }),
    acknowledgeTicket: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      description: 'The first response.',
      args: { ...id, message: t.arg.string() },
      resolve: async (query, _root, args, context) =>
        read(
          query,
          context,
          await acknowledgeTicket(context.services, callerOf(context), idOf('Ticket', args.id), args.message ?? null),
        ),
    }),
    updateTicket: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      args: { input: t.arg({ type: UpdateTicketInput, required: true }) },
      resolve: async (query, _root, { input }, context) => {
        const update = {
          ...input,
          id: idOf('Ticket', input.id),
          assigneeId: input.assigneeId ? referenceOf('Staff', input.assigneeId, 'input.assigneeId') : null,
        };
        return read(query, context, await updateTicket(context.services, callerOf(context), update));
      },
    }),
    waitOnCustomer: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      description: 'The customer has to do something first.',
      args: { ...id, reason: t.arg.string({ required: true }) },
      resolve: async (query, _root, args, context) =>
        read(
          query,
          context,
          await waitOnCustomer(context.services, callerOf(context), idOf('Ticket', args.id), args.reason),
        ),
    }),
    resumeTicket: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      args: id,
      resolve: async (query, _root, args, context) =>
        read(query, context, await resumeTicket(context.services, callerOf(context), idOf('Ticket', args.id))),
    }),
    escalateTicket: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      description: "Raises the level; the clocks keep their start and take the new level's target.",
      args: { ...id, level: t.arg.int({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: async (query, _root, args, context) =>
        read(
          query,
          context,
          await escalateTicket(context.services, callerOf(context), idOf('Ticket', args.id), args.level, args.reason),
        ),
    }),
    resolveTicket: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      args: { ...id, resolution: t.arg.string({ required: true }), rootCause: t.arg.string() },
      resolve: async (query, _root, args, context) =>
        read(
          query,
          context,
          await resolveTicket(
            context.services,
            callerOf(context),
            idOf('Ticket', args.id),
            args.resolution,
            args.rootCause ?? null,
          ),
        ),
    }),
    closeTicket: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      args: { ...id, customerConfirmed: t.arg.boolean({ required: true }) },
      resolve: async (query, _root, args, context) =>
        read(
          query,
          context,
          await closeTicket(context.services, callerOf(context), idOf('Ticket', args.id), args.customerConfirmed),
        ),
    }),
    reopenTicket: t.prismaField({
      type: 'Ticket',
      errors: mutationErrors,
      description: 'Begins a new cycle; the old one keeps its outcome.',
      args: { ...id, reason: t.arg.string({ required: true }) },
      resolve: async (query, _root, args, context) =>
        read(
          query,
          context,
          await reopenTicket(context.services, callerOf(context), idOf('Ticket', args.id), args.reason),
        ),
    }),
  }));
}
