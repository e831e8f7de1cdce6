import { createCustomer, updateCustomer } from '../server/domain/customers/service.ts';
import { recordConsent } from '../server/domain/privacy/consent.ts';
import { revealCustomer } from '../server/domain/privacy/reveal.ts';
import { visible } from '../server/platform/access/scope.ts';
import { noteRefusedRead } from '../server/platform/audit/refused-read.ts';
import { idOf, parseGlobalId, referenceOf, toGlobalId } from '../server/platform/values/ids.ts';
import { actorOf, type Builder, callerOf, inputError, mutationErrors, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';
import { masked, type Shared } from './base/shared.ts';
import { addCustomerFilter } from './customer-filter.ts';
import { type TaskFilterRef, taskWhere } from './task-filter.ts';
import { type TicketFilterRef, ticketWhere } from './ticket-filter.ts';

const ORDERS = {
  NUMBER: { field: 'number', nullable: false },
  NAME: { field: 'name', nullable: false },
  TIER_RANK: { field: 'tierRank', nullable: true },
  CREATED_AT: { field: 'createdAt', nullable: false },
  REVIEW_DUE_ON: { field: 'reviewDueOn', nullable: true },
} as const;

/** Customers' files; schema/metric.ts has their figures. */
export function addCustomers(
  builder: Builder,
  enums: Enums,
  shared: Shared,
  refs: TypeRefs,
  filters: { readonly task: TaskFilterRef; readonly ticket: TicketFilterRef },
): void {
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
        refs.lists.Grade.connection,
        refs.lists.Grade.edge,
      ),
      assessments: t.relatedConnection(
        'assessments',
        { cursor: 'id', totalCount: true, query: { orderBy: [{ assessedAt: 'desc' }, { id: 'desc' }] } },
        refs.lists.Assessment.connection,
        refs.lists.Assessment.edge,
      ),
      plans: t.relatedConnection(
        'plans',
        { cursor: 'id', totalCount: true, query: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] } },
        refs.lists.MaintenancePlan.connection,
        refs.lists.MaintenancePlan.edge,
      ),
      tasks: t.relatedConnection(
        'tasks',
        {
          cursor: 'id',
          totalCount: true,
          args: { filter: t.arg({ type: filters.task }) },
          query: ({ filter }, context) => ({
            where: taskWhere(filter, context),
            orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
          }),
        },
        refs.lists.Task.connection,
        refs.lists.Task.edge,
      ),
      interactions: t.relatedConnection(
        'interactions',
        { cursor: 'id', totalCount: true, query: { orderBy: [{ happenedAt: 'desc' }, { id: 'desc' }] } },
        refs.lists.Interaction.connection,
        refs.lists.Interaction.edge,
      ),
      tickets: t.relatedConnection(
        'tickets',
        {
          cursor: 'id',
          totalCount: true,
          args: { filter: t.arg({ type: filters.ticket }) },
          query: ({ filter }) => ({ where: ticketWhere(filter), orderBy: [{ openedAt: 'desc' }, { id: 'desc' }] }),
        },
        refs.lists.Ticket.connection,
        refs.lists.Ticket.edge,
      ),
    }),
  });

  const { CustomerFilter, where } = addCustomerFilter(builder, enums);
  const CustomerOrderField = builder.enumType('CustomerOrderField', {
    values: Object.keys(ORDERS) as (keyof typeof ORDERS)[],
  });
  const CustomerOrder = builder.inputType('CustomerOrder', {
    fields: (t) => ({
      field: t.field({ type: CustomerOrderField, required: true }),
      direction: t.field({ type: enums.SortDirection, required: true, defaultValue: 'ASC' }),
    }),
  });

  builder.queryField('customers', (t) =>
    listField(t, refs, 'Customer', {
      args: { filter: t.arg({ type: CustomerFilter }), orderBy: t.arg({ type: CustomerOrder }) },
      where: ({ filter }, context) => ({
        AND: [visible(actorOf(context)), { erasedAt: null }, where(filter, context)],
      }),
      order: ({ orderBy }) => ({ ...ORDERS[orderBy?.field ?? 'NUMBER'], direction: orderBy?.direction ?? 'ASC' }),
    }),
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
  const manager = (id: string | null | undefined) => (id ? referenceOf('Staff', id, 'input.managerId') : null);
  builder.mutationFields((t) => ({
    createCustomer: command(t, 'Customer', {
      args: { input: t.arg({ type: CreateCustomerInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) =>
        createCustomer(services, caller, { ...input, managerId: manager(input.managerId) }, idempotencyKey),
    }),
    updateCustomer: command(t, 'Customer', {
      args: { input: t.arg({ type: UpdateCustomerInput, required: true }) },
      run: (services, caller, { input }) =>
        updateCustomer(services, caller, {
          ...input,
          id: idOf('Customer', input.id),
          managerId: manager(input.managerId),
        }),
    }),
    recordConsent: command(t, 'Customer', {
      args: { input: t.arg({ type: RecordConsentInput, required: true }) },
      run: (services, caller, { input }) =>
        recordConsent(services, caller, {
          ...input,
          customerId: idOf('Customer', input.customerId),
        }),
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
}

function missingPolicy(policyId: string): never {
  throw inputError('policyId', `${policyId} is not installed`);
}
