import { addTicketNote } from '../server/domain/tickets/add-note.ts';
import { linkTickets, unlinkTickets } from '../server/domain/tickets/link-tickets.ts';
import { visible } from '../server/platform/access/scope.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { actorOf, type Builder } from './base/builder.ts';
import { command } from './base/command.ts';

type InputFields = Parameters<Parameters<Builder['inputType']>[1]['fields']>[0];

/** A link as one of its two tickets shows it. */
interface ShownLink {
  readonly kind: 'SAME_CAUSE' | 'DUPLICATE' | 'MERGED';
  readonly isOutgoing: boolean;
  readonly ticketId: string;
  readonly byId: string;
  readonly at: Date;
}

function addKind(builder: Builder) {
  return builder.enumType('TicketLinkKind', {
    values: {
      SAME_CAUSE: { description: 'Both come from one fault.' },
      DUPLICATE: { description: 'One says again what the other says; both go on.' },
      MERGED: { description: 'One went into the other, and ended with that.' },
    } as const,
  });
}

/** Notes of tickets, and what they have to do with each other. */
export function addTicketLinks(builder: Builder): void {
  const Kind = addKind(builder);
  const Link = builder.objectRef<ShownLink>('TicketLink').implement({
    description: 'That a ticket has to do with another one.',
    fields: (t) => ({
      kind: t.expose('kind', { type: Kind }),
      isOutgoing: t.exposeBoolean('isOutgoing', {
        description:
          'This ticket is the duplicate, or the one that was merged; of two with the same cause it says nothing.',
      }),
      ticket: t.prismaField({
        type: 'Ticket',
        description: 'The other one.',
        resolve: (query, { ticketId }, _args, { services }) =>
          services.database.prisma.ticket.findUniqueOrThrow({ ...query, where: { id: ticketId } }),
      }),
      by: t.prismaField({
        type: 'Staff',
        resolve: (query, { byId }, _args, { services }) =>
          services.database.prisma.staff.findUniqueOrThrow({ ...query, where: { id: byId } }),
      }),
      at: t.expose('at', { type: 'DateTime' }),
    }),
  });
  builder.prismaObjectField('Ticket', 'links', (t) =>
    t.field({
      type: [Link],
      description: 'With tickets that you see; at most 100, the latest first.',
      select: (_args, context) => {
        const seen = visible(actorOf(context));
        const some = { orderBy: [{ at: 'desc' as const }, { id: 'desc' as const }], take: MOST };
        return { linksFrom: { where: { other: seen }, ...some }, linksTo: { where: { ticket: seen }, ...some } };
      },
      resolve: ({ linksFrom, linksTo }) =>
        [
          ...linksFrom.map(({ otherId, ...link }) => ({ ...link, isOutgoing: true, ticketId: otherId })),
          ...linksTo.map(({ otherId: _own, ...link }) => ({ ...link, isOutgoing: false })),
        ]
          .toSorted((a, b) => b.at.getTime() - a.at.getTime())
          .slice(0, MOST),
    }),
  );
  addLinkWork(builder, Kind);
}

const MOST = 100;

function addLinkWork(builder: Builder, Kind: ReturnType<typeof addKind>): void {
  const AddTicketNoteInput = builder.inputType('AddTicketNoteInput', {
    fields: (t) => ({ id: t.id({ required: true }), text: t.string({ required: true }) }),
  });
  const link = (t: InputFields) => ({
    id: t.id({ required: true }),
    otherId: t.id({ required: true, description: 'A ticket of the same business line.' }),
    kind: t.field({ type: Kind, required: true }),
    expectedVersion: t.int({ description: 'Conflict where the ticket is at another one by now.' }),
    reason: t.string({ required: true }),
  });
  const LinkTicketsInput = builder.inputType('LinkTicketsInput', { fields: (t) => link(t) });
  const UnlinkTicketsInput = builder.inputType('UnlinkTicketsInput', { fields: (t) => link(t) });
  builder.mutationFields((t) => ({
    addTicketNote: command(t, 'Ticket', {
      description: 'For those who see the ticket, and not for the customer; also when it is closed.',
      args: { input: t.arg({ type: AddTicketNoteInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) => addTicketNote(services, caller, { ...input, id: idOf('Ticket', input.id) }),
    }),
    linkTickets: command(t, 'Ticket', {
      description:
        'MERGED ends the ticket: a resolved one is closed by the rules of closing, any other ends as a cancelled one, without a solution of its own. Circles are refused.',
      args: { input: t.arg({ type: LinkTicketsInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        linkTickets(services, caller, {
          ...input,
          id: idOf('Ticket', input.id),
          otherId: idOf('Ticket', input.otherId),
        }),
    }),
    unlinkTickets: command(t, 'Ticket', {
      description: 'Takes a link back, from either side. What was merged stays: reopen that ticket.',
      args: { input: t.arg({ type: UnlinkTicketsInput, required: true }) },
      run: (services, caller, { input }) =>
        unlinkTickets(services, caller, {
          ...input,
          id: idOf('Ticket', input.id),
          otherId: idOf('Ticket', input.otherId),
        }),
    }),
  }));
}
