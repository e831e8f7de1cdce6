import { visible, visibleParts } from '../server/platform/access/scope.ts';
import { parseGlobalId } from '../server/platform/values/ids.ts';
import { actorOf, type Builder, seenBy } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { followObject } from './base/follow.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';
import { type TicketFilterRef, ticketWhere } from './ticket-filter.ts';

const ORDERS = {
  NEXT_DUE_AT: { field: 'nextDueAt', nullable: true },
  OPENED_AT: { field: 'openedAt', nullable: false },
  TIER_RANK: { field: 'tierRank', nullable: true, alike: true },
  LEVEL: { field: 'level', nullable: false, alike: true },
} as const;

/** Tickets as they are read and followed; schema/ticket-work.ts has what is done with them. */
export function addTickets(builder: Builder, enums: Enums, refs: TypeRefs, TicketFilter: TicketFilterRef): void {
  builder.prismaNode('TicketEvent', {
    id: { field: 'id' },
    description: 'What happened to a ticket.',
    select: { id: true },
    fields: (t) => ({
      kind: t.expose('kind', { type: enums.TicketEventKind }),
      at: t.expose('at', { type: 'DateTime' }),
      by: t.relation('by', { nullable: true }),
      text: t.exposeString('text', { nullable: true }),
      from: t.exposeString('from', { nullable: true }),
      to: t.exposeString('to', { nullable: true }),
      isPublic: t.exposeBoolean('isPublic', { description: 'The customer can read it.' }),
    }),
  });

  builder.prismaNode('Ticket', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A request for work, from the moment it is opened until it is closed.',
    select: { id: true, policyId: true, branchId: true },
    fields: (t) => ({
      number: t.string({ select: { serial: true }, resolve: ({ serial }) => `T-${serial}` }),
      type: t.exposeString('type'),
      level: t.exposeInt('level'),
      case: t.exposeString('caseCode', { nullable: true }),
      status: t.expose('status', { type: enums.TicketStatus }),
      version: t.exposeInt('version'),
      subject: t.exposeString('subject'),
      description: t.exposeString('description', { nullable: true }),
      channel: t.expose('channel', { type: enums.Channel }),
      openedAt: t.expose('openedAt', { type: 'DateTime' }),
      appointmentAt: t.expose('appointmentAt', { type: 'DateTime', nullable: true }),
      resolvedAt: t.expose('resolvedAt', { type: 'DateTime', nullable: true }),
      closedAt: t.expose('closedAt', { type: 'DateTime', nullable: true }),
      isCancelled: t.boolean({
        description: 'It was closed without having been resolved.',
        select: { status: true, resolvedAt: true, resolution: true },
        resolve: ({ status, resolvedAt, resolution }) =>
          status === 'CLOSED' && resolvedAt === null && resolution === null,
      }),
      resolution: t.exposeString('resolution', { nullable: true }),
      rootCause: t.exposeString('rootCause', { nullable: true }),
      slaState: t.expose('slaState', { type: enums.SlaState }),
      nextDueAt: t.expose('nextDueAt', { type: 'DateTime', nullable: true }),
      isFallback: t.exposeBoolean('fallback', {
        description: "Its policy was out of order; the promises are the standard policy's.",
      }),
      policy: t.field({
        type: refs.Policy,
        nullable: true,
        select: { policyId: true },
        resolve: ({ policyId }, _args, { services }) => services.policies.get(policyId) ?? null,
      }),
      customer: t.relation('customer'),
      branch: t.relation('branch'),
      firstReceiver: t.relation('firstReceiver', { description: 'Who received it first; that stays visible.' }),
      owner: t.relation('owner', { nullable: true, description: "Who is responsible: the customer's manager." }),
      assignee: t.relation('assignee', { nullable: true }),
      clocks: t.relation('clocks', {
        description: 'At most 100, in order of their start.',
        query: { orderBy: [{ startedAt: 'asc' }, { metric: 'asc' }, { cycle: 'asc' }], take: 100 },
      }),
      timeline: t.relatedConnection(
        'events',
        { cursor: 'id', totalCount: true, query: { orderBy: { position: 'asc' } } },
        refs.lists.TicketEvent.connection,
        refs.lists.TicketEvent.edge,
      ),
    }),
  });

  const TicketOrderField = builder.enumType('TicketOrderField', {
    values: Object.keys(ORDERS) as (keyof typeof ORDERS)[],
  });
  const TicketOrder = builder.inputType('TicketOrder', {
    fields: (t) => ({
      field: t.field({ type: TicketOrderField, required: true }),
      direction: t.field({ type: enums.SortDirection, required: true, defaultValue: 'ASC' }),
    }),
  });
  builder.queryField('tickets', (t) =>
    listField(t, refs, 'Ticket', {
      description: 'By the next due instant unless ordered otherwise; what is not due comes last.',
      args: { filter: t.arg({ type: TicketFilter }), orderBy: t.arg({ type: TicketOrder }) },
      rows: ({ filter, orderBy }, context) => ({
        // By due dates each state has its tickets in order by itself.
        parts: visibleParts(actorOf(context), { policyId: filter?.policyId }).flatMap((part) =>
          (orderBy?.field ?? 'NEXT_DUE_AT') === 'NEXT_DUE_AT' && filter?.slaStates && filter.slaStates.length > 0
            ? [...new Set(filter.slaStates)].map((slaState) => ({ ...part, slaState }))
            : [part],
        ),
        where: ticketWhere(filter),
      }),
      order: ({ orderBy }) => ({ ...ORDERS[orderBy?.field ?? 'NEXT_DUE_AT'], direction: orderBy?.direction ?? 'ASC' }),
    }),
  );
  builder.queryField('ticket', (t) =>
    t.prismaField({
      type: 'Ticket',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (query, _root, { id }, context) => {
        const parsed = parseGlobalId(id);
        if (parsed?.type !== 'Ticket') return null;
        return context.services.database.prisma.ticket.findFirst({
          ...query,
          where: { id: parsed.id, ...visible(actorOf(context)) },
        });
      },
    }),
  );

  addTicketChanged(builder);
}

function addTicketChanged(builder: Builder): void {
  builder.subscriptionField('ticketChanged', (t) =>
    t.prismaField({
      type: 'Ticket',
      description: 'The ticket as it is, at once and after every change of it or its clocks.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, { id: globalId }, context) =>
        followObject(context, {
          type: 'Ticket',
          watched: 'TICKET',
          globalId,
          read: (id, actor) =>
            context.services.database.prisma.ticket.findFirst({
              where: { id, ...visible(actor) },
              select: { id: true },
            }),
        }),
      resolve: (query, parent, _args, { services }) =>
        services.database.prisma.ticket.findUniqueOrThrow({
          ...query,
          where: { id: parent.id },
        }),
    }),
  );
}
