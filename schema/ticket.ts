import { queryFromInfo } from '@pothos/plugin-prisma';
import { visible, visibleSql } from '../server/access/scope.ts';
import type { RequestContext } from '../server/context.ts';
import { idOf, parseGlobalId, referenceOf } from '../server/ids.ts';
import { calendarOf, figuresAt } from '../server/sla/clock-row.ts';
import { formatDuration } from '../server/sla/duration.ts';
import { type Explanation, explainTicketClock } from '../server/tickets/explain.ts';
import { openTicket } from '../server/tickets/open.ts';
import { type Summary, slaSummary } from '../server/tickets/summary.ts';
import {
  acknowledgeTicket,
  closeTicket,
  escalateTicket,
  reopenTicket,
  resolveTicket,
  resumeTicket,
  updateTicket,
  waitOnCustomer,
} from '../server/tickets/work.ts';
import { actorOf, type Builder, callerOf, guardNode, mutationErrors, seenBy } from './builder.ts';
import type { Effort } from './effort.ts';
import type { Enums } from './enums.ts';
import { keysetPage } from './page.ts';
import type { TypeRefs } from './refs.ts';
import type { Shared } from './shared.ts';
import { localised } from './text.ts';

const ORDERS = {
  NEXT_DUE_AT: { field: 'nextDueAt', nullable: true },
  OPENED_AT: { field: 'openedAt', nullable: false },
  TIER_RANK: { field: 'tierRank', nullable: true },
  LEVEL: { field: 'level', nullable: false },
} as const;

/** Tickets and their clocks. */
export function addTickets(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const figures = {
    state: true,
    dueAt: true,
    targetMs: true,
    countedMs: true,
    countingFrom: true,
    fulfilledAt: true,
    cancelledAt: true,
    calendarKey: true,
  } as const;

  builder.prismaNode('SlaClock', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A running promise. Its figures are those of the moment of reading.',
    fields: (t) => ({
      metric: t.expose('metric', { type: enums.ClockMetric }),
      label: t.string({
        args: locale,
        select: { label: true },
        resolve: ({ label }, args, context) => localised(label, args.locale, context),
      }),
      state: t.field({
        type: enums.ClockState,
        select: figures,
        resolve: (clock, _args, { services }) => figuresAt(clock, services.clock.now(), services.calendars.get).state,
      }),
      cycle: t.exposeInt('cycle', { description: '1, and one more with every reopening or repeated update.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime' }),
      dueAt: t.expose('dueAt', {
        type: 'DateTime',
        description: 'While it is paused: when it would be due if it went on at once.',
      }),
      fulfilledAt: t.expose('fulfilledAt', { type: 'DateTime', nullable: true }),
      breachedAt: t.expose('breachedAt', { type: 'DateTime', nullable: true }),
      pausedAt: t.expose('pausedAt', { type: 'DateTime', nullable: true }),
      target: t.field({
        type: 'Duration',
        select: { targetMs: true },
        resolve: ({ targetMs }) => formatDuration(Number(targetMs)),
      }),
      elapsed: t.field({
        type: 'Duration',
        description: 'What was counted.',
        select: figures,
        resolve: (clock, _args, { services }) =>
          formatDuration(figuresAt(clock, services.clock.now(), services.calendars.get).elapsedMs),
      }),
      remaining: t.field({
        type: 'Duration',
        description: 'Below zero once more was counted than was promised.',
        select: figures,
        resolve: (clock, _args, { services }) =>
          formatDuration(figuresAt(clock, services.clock.now(), services.calendars.get).remainingMs),
      }),
      percentConsumed: t.float({
        select: figures,
        resolve: (clock, _args, { services }) => figuresAt(clock, services.clock.now(), services.calendars.get).percent,
      }),
      calendar: t.field({
        type: shared.Calendar,
        select: { calendarKey: true, timeZone: true },
        resolve: (clock, _args, { services }) => ({
          ...calendarOf(clock),
          label: services.calendars.get(clock.calendarKey).definition.label,
        }),
      }),
      warnAtPercent: t.exposeFloatList('warnAtPercent'),
      policyVersion: t.exposeString('policyVersion'),
      because: t.string({
        args: locale,
        select: { because: true },
        resolve: ({ because }, args, context) => localised(because, args.locale, context),
      }),
      ticket: t.relation('ticket'),
    }),
  });
  guardNode(
    'SlaClock',
    async ({ services, actor }, id) =>
      (await services.database.prisma.slaClock.count({ where: { id, ...visible(actor) } })) > 0,
  );

  builder.prismaNode('TicketEvent', {
    id: { field: 'id' },
    description: 'What happened to a ticket.',
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
  guardNode(
    'TicketEvent',
    async ({ services, actor }, id) =>
      (await services.database.prisma.ticketEvent.count({ where: { id, ticket: visible(actor) } })) > 0,
  );

  builder.prismaNode('Ticket', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A request for work, from the moment it is opened until it is closed.',
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
        refs.connections.TicketEvent,
        refs.edges.TicketEvent,
      ),
    }),
  });
  guardNode(
    'Ticket',
    async ({ services, actor }, id) =>
      (await services.database.prisma.ticket.count({ where: { id, ...visible(actor) } })) > 0,
  );

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
    t.connection(
      {
        type: refs.named('Ticket'),
        description: 'By the next due instant unless ordered otherwise; what is not due comes last.',
        args: { filter: t.arg({ type: refs.TicketFilter }), orderBy: t.arg({ type: TicketOrder }) },
        resolve: (_root, args, context, info) => {
          const { field, direction } = args.orderBy ?? { field: 'NEXT_DUE_AT' as const, direction: 'ASC' as const };
          return keysetPage(context.services.database.prisma.ticket as never, {
            where: { AND: [visible(actorOf(context)), refs.ticketWhere(args.filter)] },
            order: { ...ORDERS[field], direction },
            page: args,
            selection: {
              ...queryFromInfo({ context, info, typeName: 'Ticket', paths: [['nodes'], ['edges', 'node']] }),
            },
          }) as never;
        },
      },
      refs.connections.Ticket,
      refs.edges.Ticket,
    ),
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

  addExplanation(builder, enums);
  addSummary(builder, enums, refs);

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

  builder.subscriptionField('ticketChanged', (t) =>
    t.prismaField({
      type: 'Ticket',
      description: 'The ticket as it is, at once and after every change of it or its clocks.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, args, context) => followTicket(args.id, context) as never,
      resolve: (query, parent, _args, context) => read(query, context, (parent as unknown as { id: string }).id),
    }),
  );
}

async function* followTicket(globalId: string, context: RequestContext): AsyncGenerator<{ id: string }> {
  const parsed = parseGlobalId(globalId);
  if (parsed?.type !== 'Ticket') return;
  const { services, actor } = context;
  for await (const _change of services.changes.watch('TICKET', parsed.id, context.signal)) {
    // Rights are read afresh for every event: what ended is no longer seen.
    const present = actor && (await services.actors.again(actor));
    if (!present) return;
    const ticket = await services.database.prisma.ticket.findFirst({
      where: { id: parsed.id, ...visible(present) },
      select: { id: true },
    });
    if (!ticket) return;
    yield ticket;
  }
}

function addExplanation(builder: Builder, enums: Enums): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Segment = builder.objectRef<Explanation['segments'][number]>('ClockSegment').implement({
    description: 'A stretch of time since the start, with one cause.',
    fields: (t) => ({
      from: t.field({ type: 'DateTime', resolve: ({ from }) => new Date(from) }),
      to: t.field({ type: 'DateTime', resolve: ({ to }) => new Date(to) }),
      counted: t.exposeBoolean('counted'),
      duration: t.field({ type: 'Duration', resolve: ({ duration }) => formatDuration(duration) }),
      cause: t.exposeString('cause'),
      because: t.string({
        args: locale,
        resolve: ({ because }, args, context) => localised(because, args.locale, context),
      }),
    }),
  });
  const ClockExplanation = builder.objectRef<Explanation>('ClockExplanation').implement({
    description: 'The proof of a deadline: the counted stretches add up to `elapsed`.',
    fields: (t) => ({
      clock: t.prismaField({
        type: 'SlaClock',
        resolve: (query, { clockId }, _args, { services }) =>
          services.database.prisma.slaClock.findUniqueOrThrow({ ...query, where: { id: clockId } }),
      }),
      at: t.expose('at', { type: 'DateTime' }),
      state: t.expose('state', { type: enums.ClockState }),
      dueAt: t.field({ type: 'DateTime', resolve: ({ dueAt }) => new Date(dueAt) }),
      elapsed: t.field({ type: 'Duration', resolve: ({ elapsed }) => formatDuration(elapsed) }),
      remaining: t.field({ type: 'Duration', resolve: ({ remaining }) => formatDuration(remaining) }),
      beyondHorizon: t.exposeBoolean('beyondHorizon', { description: 'Holidays that are not yet known may move it.' }),
      segments: t.field({ type: [Segment], resolve: ({ segments }) => [...segments] }),
    }),
  });
  builder.queryField('clockExplanation', (t) =>
    t.field({
      type: ClockExplanation,
      nullable: true,
      description: 'Every stretch of time since the start, counted or not, and why; for now or a past instant.',
      args: { clockId: t.arg.id({ required: true }), at: t.arg({ type: 'DateTime' }) },
      resolve: (_root, { clockId, at }, context) => {
        const parsed = parseGlobalId(clockId);
        return parsed?.type === 'SlaClock'
          ? explainTicketClock(context.services, callerOf(context), parsed.id, at ?? null)
          : null;
      },
    }),
  );
}

function addSummary(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const ByTier = builder.objectRef<Summary['byTier'][number]>('SlaByTier').implement({
    fields: (t) => ({
      tier: t.field({
        type: refs.Tier,
        nullable: true,
        description: 'Null for tickets of customers without a grade.',
        resolve: ({ policyId, tierCode, tierRank }, _args, { services }) => {
          if (tierCode === null) return null;
          const schemes = Object.values(services.policies.get(policyId)?.declaration.schemes ?? {});
          const tier = schemes.map(({ tiers }) => tiers[tierCode]).find((one) => one?.rank === tierRank);
          return tier ? { code: tierCode, policyId, ...tier } : null;
        },
      }),
      onTrack: t.exposeInt('onTrack'),
      atRisk: t.exposeInt('atRisk'),
      breached: t.exposeInt('breached'),
    }),
  });
  const Attainment = builder.objectRef<Summary['attainment'][number]>('Attainment').implement({
    description: 'Clocks that ended or broke in the period.',
    fields: (t) => ({
      metric: t.expose('metric', { type: enums.ClockMetric }),
      fulfilled: t.exposeInt('fulfilled', { description: 'In time.' }),
      breached: t.exposeInt('breached'),
      percent: t.expose('percent', { type: 'Decimal', nullable: true }),
      meanElapsed: t.field({
        type: 'Duration',
        nullable: true,
        resolve: ({ meanElapsedMs }) => (meanElapsedMs === null ? null : formatDuration(meanElapsedMs)),
      }),
      maxElapsed: t.field({
        type: 'Duration',
        nullable: true,
        resolve: ({ maxElapsedMs }) => (maxElapsedMs === null ? null : formatDuration(maxElapsedMs)),
      }),
    }),
  });
  const SlaSummary = builder.objectRef<Summary>('SlaSummary').implement({
    fields: (t) => ({
      openTickets: t.exposeInt('openTickets'),
      onTrack: t.exposeInt('onTrack'),
      atRisk: t.exposeInt('atRisk'),
      breached: t.exposeInt('breached'),
      paused: t.exposeInt('paused'),
      byTier: t.field({ type: [ByTier], resolve: ({ byTier }) => byTier }),
      attainment: t.field({ type: [Attainment], resolve: ({ attainment }) => attainment }),
    }),
  });
  const SlaSummaryFilter = builder.inputType('SlaSummaryFilter', {
    fields: (t) => ({
      policyId: t.id(),
      branchIds: t.idList(),
      from: t.field({ type: 'DateTime' }),
      to: t.field({ type: 'DateTime' }),
    }),
  });
  builder.queryField('slaSummary', (t) =>
    t.field({
      type: SlaSummary,
      extensions: { cost: 200 } satisfies Effort,
      description: 'Open tickets by state now; attainment of the clocks that fell due between `from` and `to`.',
      args: { filter: t.arg({ type: SlaSummaryFilter }) },
      resolve: (_root, { filter }, context) =>
        slaSummary(context.services, visibleSql(actorOf(context), 't'), {
          policyId: filter?.policyId ?? null,
          branchIds: filter?.branchIds ? refs.idsOf('Branch', filter.branchIds) : null,
          from: filter?.from ?? null,
          to: filter?.to ?? null,
        }),
    }),
  );
}
