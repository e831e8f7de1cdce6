import { queryFromInfo } from '@pothos/plugin-prisma';
import { GraphQLError } from 'graphql';
import { Quota } from '../server/access/quota.ts';
import { visible } from '../server/access/scope.ts';
import { noteRefusedRead } from '../server/audit/refused-read.ts';
import type { RequestContext } from '../server/context.ts';
import { type Rejection, recordMetrics } from '../server/customers/figures.ts';
import { nameWords } from '../server/customers/rules.ts';
import { createCustomer, recordConsent, revealCustomer, updateCustomer } from '../server/customers/service.ts';
import type { Prisma } from '../server/generated/prisma/client.ts';
import { idOf, parseGlobalId, referenceOf, toGlobalId } from '../server/ids.ts';
import { actorOf, type Builder, callerOf, guardNode, inputError, mutationErrors, seenBy } from './builder.ts';
import type { Enums } from './enums.ts';
import { keysetPage } from './page.ts';
import type { TypeRefs } from './refs.ts';
import { masked, type Shared } from './shared.ts';

/** Whoever may ask for more identifiers could find out by trying which numbers have a file (reliability 3.7). */
const SEARCHES_PER_MINUTE = 30;

/** Files that were not cleared from the archive. */
const ACTIVE = { archivedAt: null } as const;

const ORDERS = {
  NUMBER: { field: 'number', nullable: false },
  NAME: { field: 'name', nullable: false },
  TIER_RANK: { field: 'tierRank', nullable: true },
  CREATED_AT: { field: 'createdAt', nullable: false },
  REVIEW_DUE_ON: { field: 'reviewDueOn', nullable: true },
} as const;

export function addCustomers(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs): void {
  const Consent = builder.objectRef<{ vipService: boolean; marketing: boolean; decidedAt: Date }>('Consent').implement({
    fields: (t) => ({
      vipService: t.exposeBoolean('vipService'),
      marketing: t.exposeBoolean('marketing'),
      decidedAt: t.expose('decidedAt', { type: 'DateTime' }),
    }),
  });

  builder.prismaObject('Contact', {
    description: "A person on the customer's side.",
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => toGlobalId('Contact', id) }),
      name: t.exposeString('name'),
      role: t.exposeString('role'),
      influence: t.exposeString('influence', { nullable: true }),
      relationship: t.exposeString('relationship', { nullable: true }),
      competitorRelationship: t.exposeString('competitorRelationship', { nullable: true }),
      phone: t.field({ type: shared.ProtectedText, resolve: ({ phoneMask }) => masked(phoneMask) }),
    }),
  });

  builder.prismaObject('CurrentFigure', {
    name: 'CustomerMetric',
    description: 'The figure in force of a metric.',
    include: { customer: { select: { policyId: true } } },
    fields: (t) => ({
      metric: t.field({
        type: refs.Metric,
        resolve: ({ key, customer }, _args, { services }) => ({
          key,
          ...(services.policies.get(customer.policyId)?.declaration.metrics?.[key] ?? {
            label: { en: key, zh: key },
            unit: '',
          }),
        }),
      }),
      value: t.expose('value', { type: 'Decimal' }),
      asOf: t.expose('asOf', { type: 'Date' }),
      source: t.exposeString('source'),
      recordedAt: t.expose('recordedAt', { type: 'DateTime' }),
    }),
  });

  builder.prismaNode('Customer', {
    id: { field: 'id' },
    ...seenBy,
    description: 'Who is cared for.',
    fields: (t) => ({
      number: t.exposeString('number', {
        description: "Unique within a policy; one number holds all of a customer's accounts.",
      }),
      name: t.exposeString('name'),
      kind: t.expose('kind', { type: enums.CustomerKind }),
      stage: t.expose('stage', { type: enums.CustomerStage }),
      version: t.exposeInt('version'),
      birthday: t.expose('birthday', { type: 'Date', nullable: true }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      departedAt: t.expose('departedAt', { type: 'DateTime', nullable: true }),
      archivedAt: t.expose('archivedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the file left the active archive, after departing.',
      }),
      phone: t.field({
        type: shared.ProtectedText,
        select: { phoneMask: true },
        resolve: ({ phoneMask }) => masked(phoneMask),
      }),
      email: t.field({
        type: shared.ProtectedText,
        select: { emailMask: true },
        resolve: ({ emailMask }) => masked(emailMask),
      }),
      idNumber: t.field({
        type: shared.ProtectedText,
        select: { idNumberMask: true },
        resolve: ({ idNumberMask }) => masked(idNumberMask),
      }),
      consent: t.field({
        type: Consent,
        nullable: true,
        description: 'The decision in force; null while nobody asked.',
        select: { vipConsent: true, marketingConsent: true, consentAt: true },
        resolve: ({ vipConsent, marketingConsent, consentAt }) =>
          consentAt && { vipService: vipConsent ?? false, marketing: marketingConsent ?? false, decidedAt: consentAt },
      }),
      branch: t.relation('branch'),
      manager: t.relation('manager', { nullable: true }),
      policy: t.field({
        type: refs.Policy,
        select: { policyId: true },
        resolve: ({ policyId }, _args, { services }) => services.policies.get(policyId) ?? missingPolicy(policyId),
      }),
      profile: t.field({
        type: refs.Profile,
        nullable: true,
        description: "The policy's own fields for this kind of customer.",
        select: { policyId: true, kind: true, profile: true },
        resolve: ({ policyId, kind, profile }) =>
          profile === null ? null : { policyId, kind, fields: profile as Record<string, unknown> },
      }),
      contacts: t.relation('contacts', {
        description: 'At most 50.',
        query: { orderBy: { createdAt: 'asc' }, take: 50 },
      }),
      metrics: t.relation('currentFigures', {
        description: "At most one of each of the policy's metrics.",
        query: { orderBy: { key: 'asc' }, take: 100 },
      }),
      slaState: t.field({
        type: enums.SlaState,
        description: 'The worst of the open tickets.',
        select: {
          tickets: { where: { status: { not: 'CLOSED' }, slaState: { not: 'NONE' } }, select: { slaState: true } },
        },
        resolve: ({ tickets }) => {
          const states = tickets.map(({ slaState }) => slaState);
          return (['BREACHED', 'AT_RISK', 'ON_TRACK'] as const).find((state) => states.includes(state)) ?? 'NONE';
        },
      }),
      grade: t.relation('grade', { nullable: true, description: 'The best grade in force.' }),
      grades: t.relatedConnection(
        'grades',
        {
          description: 'History, newest first; nothing in it is rewritten.',
          cursor: 'id',
          totalCount: true,
          query: { where: { scheduled: false }, orderBy: [{ since: 'desc' }, { id: 'desc' }] },
        },
        refs.connections.Grade,
        refs.edges.Grade,
      ),
      assessments: t.relatedConnection(
        'assessments',
        { cursor: 'id', totalCount: true, query: { orderBy: [{ assessedAt: 'desc' }, { id: 'desc' }] } },
        refs.connections.Assessment,
        refs.edges.Assessment,
      ),
      plans: t.relatedConnection(
        'plans',
        { cursor: 'id', totalCount: true, query: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] } },
        refs.connections.MaintenancePlan,
        refs.edges.MaintenancePlan,
      ),
      tasks: t.relatedConnection(
        'tasks',
        {
          cursor: 'id',
          totalCount: true,
          args: { filter: t.arg({ type: refs.TaskFilter }) },
          query: ({ filter }, context) => ({
            where: refs.taskWhere(filter, context),
            orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
          }),
        },
        refs.connections.Task,
        refs.edges.Task,
      ),
      interactions: t.relatedConnection(
        'interactions',
        { cursor: 'id', totalCount: true, query: { orderBy: [{ happenedAt: 'desc' }, { id: 'desc' }] } },
        refs.connections.Interaction,
        refs.edges.Interaction,
      ),
      tickets: t.relatedConnection(
        'tickets',
        {
          cursor: 'id',
          totalCount: true,
          args: { filter: t.arg({ type: refs.TicketFilter }) },
          query: ({ filter }) => ({ where: refs.ticketWhere(filter), orderBy: [{ openedAt: 'desc' }, { id: 'desc' }] }),
        },
        refs.connections.Ticket,
        refs.edges.Ticket,
      ),
    }),
  });
  guardNode('Customer', async ({ services, actor }, id) => {
    const found = await services.database.prisma.customer.count({ where: { id, ...visible(actor) } });
    if (found === 0) noteRefusedRead(services, { actor, requestId: null }, id);
    return found > 0;
  });

  const CustomerFilter = builder.inputType('CustomerFilter', {
    fields: (t) => ({
      policyId: t.id(),
      schemeId: t.id(),
      tierCodes: t.stringList(),
      minTierRank: t.int(),
      kinds: t.field({ type: [enums.CustomerKind] }),
      stages: t.field({ type: [enums.CustomerStage] }),
      slaStates: t.field({ type: [enums.SlaState] }),
      branchIds: t.idList(),
      managerIds: t.idList(),
      archived: t.boolean({
        description: 'Those too who departed and were cleared; they are found by search and by stage LAPSED anyhow.',
      }),
      search: t.string({ description: 'Prefix of the number, or words of the name.' }),
      identifier: t.string({ description: 'A telephone number, e-mail address or ID number, whole and exact.' }),
      reviewDueBefore: t.field({ type: 'Date' }),
    }),
  });
  const CustomerOrderField = builder.enumType('CustomerOrderField', {
    values: Object.keys(ORDERS) as (keyof typeof ORDERS)[],
  });
  const CustomerOrder = builder.inputType('CustomerOrder', {
    fields: (t) => ({
      field: t.field({ type: CustomerOrderField, required: true }),
      direction: t.field({ type: enums.SortDirection, required: true, defaultValue: 'ASC' }),
    }),
  });

  const searches = new Quota(SEARCHES_PER_MINUTE, 60_000);
  const where = (
    filter: (typeof CustomerFilter)['$inferInput'] | null | undefined,
    context: RequestContext,
  ): Prisma.CustomerWhereInput => {
    if (!filter) return ACTIVE;
    const { search, identifier } = filter;
    if (identifier != null && !searches.take(actorOf(context).id)) {
      throw new GraphQLError(`You searched for ${SEARCHES_PER_MINUTE} identifiers within the last minute.`, {
        extensions: { code: 'SEARCH_QUOTA' },
      });
    }
    const index = identifier == null ? null : { in: context.services.sealer.blindIndexes(identifier) };
    const words = search ? nameWords(search) : [];
    const bySlaState = filter.slaStates?.map((state): Prisma.CustomerWhereInput => {
      const worse = {
        NONE: ['ON_TRACK', 'AT_RISK', 'BREACHED'],
        ON_TRACK: ['AT_RISK', 'BREACHED'],
        AT_RISK: ['BREACHED'],
        BREACHED: [],
      } as const;
      const open = (slaState: Prisma.TicketWhereInput['slaState']) => ({
        status: { not: 'CLOSED' as const },
        slaState,
      });
      const none = { tickets: { none: open({ in: [...worse[state]] }) } };
      return state === 'NONE' ? none : { AND: [{ tickets: { some: open(state) } }, none] };
    });
    return {
      AND: [
        filter.policyId ? { policyId: filter.policyId } : {},
        filter.schemeId ? { schemeId: filter.schemeId } : {},
        filter.tierCodes ? { tierCode: { in: filter.tierCodes } } : {},
        filter.minTierRank != null ? { tierRank: { gte: filter.minTierRank } } : {},
        filter.kinds ? { kind: { in: filter.kinds } } : {},
        filter.stages ? { stage: { in: filter.stages } } : {},
        filter.archived || filter.stages?.includes('LAPSED') || search || identifier ? {} : ACTIVE,
        bySlaState ? { OR: bySlaState } : {},
        filter.branchIds ? { branchId: { in: refs.idsOf('Branch', filter.branchIds) } } : {},
        filter.managerIds ? { managerId: { in: refs.idsOf('Staff', filter.managerIds) } } : {},
        search
          ? {
              OR: [
                { number: { startsWith: search } },
                ...(words.length > 0 ? [{ nameWords: { hasEvery: words } }] : []),
              ],
            }
          : {},
        index ? { OR: [{ phoneIndex: index }, { emailIndex: index }, { idNumberIndex: index }] } : {},
        filter.reviewDueBefore ? { reviewDueOn: { lt: filter.reviewDueBefore } } : {},
      ],
    };
  };

  builder.queryField('customers', (t) =>
    t.connection(
      {
        type: refs.Customer,
        args: { filter: t.arg({ type: CustomerFilter }), orderBy: t.arg({ type: CustomerOrder }) },
        resolve: (_root, args, context, info) => {
          const { field, direction } = args.orderBy ?? { field: 'NUMBER' as const, direction: 'ASC' as const };
          return keysetPage(context.services.database.prisma.customer as never, {
            where: { AND: [visible(actorOf(context)), { erasedAt: null }, where(args.filter, context)] },
            order: { ...ORDERS[field], direction },
            page: args,
            selection: {
              ...queryFromInfo({ context, info, typeName: 'Customer', paths: [['nodes'], ['edges', 'node']] }),
            },
          }) as never;
        },
      },
      refs.connections.Customer,
      refs.edges.Customer,
    ),
  );

  builder.queryField('customer', (t) =>
    t.prismaField({
      type: 'Customer',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (query, _root, { id }, context) => {
        const parsed = parseGlobalId(id);
        if (parsed?.type !== 'Customer') return null;
        const customer = await context.services.database.prisma.customer.findFirst({
          ...query,
          where: { id: parsed.id, ...visible(actorOf(context)) },
        });
        if (!customer) noteRefusedRead(context.services, callerOf(context), parsed.id);
        return customer;
      },
    }),
  );

  const ConsentInput = builder.inputType('ConsentInput', {
    fields: (t) => ({
      vipService: t.boolean({ required: true }),
      marketing: t.boolean({ required: true, defaultValue: false }),
    }),
  });
  const CreateCustomerInput = builder.inputType('CreateCustomerInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      number: t.string({
        required: true,
        description: "Unique within a policy. One number holds all of a customer's accounts.",
      }),
      kind: t.field({ type: enums.CustomerKind, required: true }),
      stage: t.field({ type: enums.CustomerStage, defaultValue: 'POTENTIAL' }),
      name: t.string({ required: true }),
      phone: t.string(),
      email: t.string(),
      idNumber: t.string(),
      birthday: t.field({ type: 'Date' }),
      branchCode: t.string({ required: true }),
      managerId: t.id({ description: 'Left out, a customer manager who opens the file manages the customer.' }),
      profile: t.field({ type: 'JSON', description: "The policy plugin's own fields for this kind of customer." }),
      consent: t.field({ type: ConsentInput }),
    }),
  });
  const UpdateCustomerInput = builder.inputType('UpdateCustomerInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      stage: t.field({ type: enums.CustomerStage }),
      name: t.string(),
      phone: t.string(),
      email: t.string(),
      birthday: t.field({ type: 'Date' }),
      managerId: t.id(),
      profile: t.field({ type: 'JSON' }),
    }),
  });
  const RecordConsentInput = builder.inputType('RecordConsentInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      vipService: t.boolean({ required: true }),
      marketing: t.boolean({ required: true }),
      thirdPartyDisclosure: t.boolean({ description: 'Whether data may go to third parties; left out: as before.' }),
      evidence: t.string(),
    }),
  });
  const MetricInput = builder.inputType('MetricInput', {
    fields: (t) => ({
      customerNumber: t.string({ required: true }),
      key: t.string({ required: true }),
      value: t.field({ type: 'Decimal', required: true }),
      asOf: t.field({ type: 'Date', required: true }),
    }),
  });
  const RecordMetricsInput = builder.inputType('RecordMetricsInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      source: t.string({ required: true }),
      metrics: t.field({
        type: [MetricInput],
        required: true,
        description: 'At most 500; files go through `tierline import metrics`.',
      }),
    }),
  });

  const manager = (id: string | null | undefined) => (id ? referenceOf('Staff', id, 'input.managerId') : null);
  builder.mutationFields((t) => ({
    createCustomer: t.prismaField({
      type: 'Customer',
      errors: mutationErrors,
      args: { input: t.arg({ type: CreateCustomerInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (query, _root, { input, idempotencyKey }, context) => {
        const id = await createCustomer(
          context.services,
          callerOf(context),
          { ...input, managerId: manager(input.managerId) },
          idempotencyKey,
        );
        return context.services.database.prisma.customer.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
    updateCustomer: t.prismaField({
      type: 'Customer',
      errors: mutationErrors,
      args: { input: t.arg({ type: UpdateCustomerInput, required: true }) },
      resolve: async (query, _root, { input }, context) => {
        const id = await updateCustomer(context.services, callerOf(context), {
          ...input,
          id: idOf('Customer', input.id),
          managerId: manager(input.managerId),
        });
        return context.services.database.prisma.customer.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
    recordConsent: t.prismaField({
      type: 'Customer',
      errors: mutationErrors,
      args: { input: t.arg({ type: RecordConsentInput, required: true }) },
      resolve: async (query, _root, { input }, context) => {
        const id = await recordConsent(context.services, callerOf(context), {
          ...input,
          customerId: idOf('Customer', input.customerId),
        });
        return context.services.database.prisma.customer.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
  }));

  const RevealedCustomer = builder.objectRef<Awaited<ReturnType<typeof revealCustomer>>>('RevealedCustomer').implement({
    description: 'Clear values, once; show them no longer than until `expiresAt`.',
    fields: (t) => ({
      name: t.exposeString('name'),
      phone: t.exposeString('phone', { nullable: true }),
      email: t.exposeString('email', { nullable: true }),
      idNumber: t.exposeString('idNumber', { nullable: true }),
      address: t.exposeString('address', { nullable: true }),
      profile: t.field({
        type: 'JSON',
        description: "The profile's fields that leave withheld otherwise.",
        resolve: ({ profile }) => profile,
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    }),
  });
  builder.mutationField('revealCustomer', (t) =>
    t.field({
      type: RevealedCustomer,
      errors: mutationErrors,
      description: 'Returns clear values once and writes an audit entry with the reason.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) =>
        revealCustomer(context.services, callerOf(context), idOf('Customer', id), reason),
    }),
  );

  const RejectedMetric = builder.objectRef<Rejection>('RejectedMetric').implement({
    fields: (t) => ({ index: t.exposeInt('index'), code: t.exposeString('code'), message: t.exposeString('message') }),
  });
  const RecordMetricsResult = builder
    .objectRef<{ accepted: number; rejected: Rejection[] }>('RecordMetricsResult')
    .implement({
      fields: (t) => ({
        accepted: t.exposeInt('accepted'),
        rejected: t.field({ type: [RejectedMetric], resolve: ({ rejected }) => rejected }),
      }),
    });
  builder.mutationField('recordMetrics', (t) =>
    t.field({
      type: RecordMetricsResult,
      errors: mutationErrors,
      description: 'Intake of figures from the core systems.',
      args: { input: t.arg({ type: RecordMetricsInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: (_root, { input, idempotencyKey }, context) =>
        recordMetrics(context.services, callerOf(context), input, idempotencyKey),
    }),
  );
}

function missingPolicy(policyId: string): never {
  throw inputError('policyId', `${policyId} is not installed`);
}
