import { recordConfidentialityAgreement } from '../server/domain/privacy/agreement.ts';
import { discloseCustomer } from '../server/domain/privacy/disclose.ts';
import { deleteCustomer } from '../server/domain/privacy/erase.ts';
import { type CustomerExport, exportCustomer } from '../server/domain/privacy/export.ts';
import { drawServiceSample } from '../server/domain/reports/service-sample.ts';
import { visible, visibleThroughCustomer } from '../server/platform/access/scope.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { actorOf, type Builder, callerOf, mutationErrors, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import { pageSize } from './base/page.ts';

/** What is told to third parties. */
function addDisclosures(builder: Builder): void {
  builder.prismaNode('Disclosure', {
    id: { field: 'id' },
    ...seenBy,
    description: 'What was told to a third party about a customer, and on what ground.',
    fields: (t) => ({
      recipient: t.exposeString('recipient'),
      items: t.exposeStringList('items', { description: 'At most 50.' }),
      purpose: t.exposeString('purpose'),
      legalBasis: t.exposeString('legalBasis', {
        nullable: true,
        description: "Null where the customer's permission is the ground.",
      }),
      disclosedAt: t.expose('disclosedAt', { type: 'DateTime' }),
      by: t.relation('by'),
      customer: t.relation('customer'),
    }),
  });
  builder.prismaObjectField('Customer', 'disclosures', (t) =>
    t.relatedConnection('disclosures', {
      cursor: 'id',
      totalCount: true,
      description: 'The latest first.',
      query: { orderBy: [{ disclosedAt: 'desc' }, { id: 'desc' }] },
    }),
  );
  const DiscloseCustomerInput = builder.inputType('DiscloseCustomerInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      recipient: t.string({ required: true, description: 'Who asks.' }),
      items: t.stringList({ required: true, description: 'What is told, e.g. balances.' }),
      purpose: t.string({ required: true }),
      legalBasis: t.string({
        description: "The law or order that demands it; else the customer's permission is needed.",
      }),
    }),
  });

  builder.mutationFields((t) => ({
    discloseCustomer: command(t, 'Disclosure', {
      description: 'Registers that something is told to a third party, before it is told.',
      args: { input: t.arg({ type: DiscloseCustomerInput, required: true }) },
      run: (services, caller, { input }) => {
        const disclosure = { ...input, customerId: idOf('Customer', input.customerId) };
        return discloseCustomer(services, caller, disclosure);
      },
    }),
  }));
}

/** What internal audit draws. */
function addServiceSamples(builder: Builder): void {
  builder.prismaNode('ServiceSample', {
    id: { field: 'id' },
    ...seenBy,
    description: 'Service records that were drawn at random for internal audit in a quarter.',
    fields: (t) => ({
      policyId: t.exposeID('policyId'),
      quarter: t.exposeString('quarter', { description: 'E.g. 2026-Q1.' }),
      population: t.exposeInt('population', { description: 'How many records there were to draw from.' }),
      drawnAt: t.expose('drawnAt', { type: 'DateTime' }),
      drawnBy: t.relation('drawnBy'),
      records: t.prismaField({
        type: ['Interaction'],
        description: 'At most 500; those that the viewer may see.',
        select: { interactionIds: true },
        extensions: { cost: 500 },
        resolve: (query, { interactionIds }, _args, context) =>
          context.services.database.prisma.interaction.findMany({
            ...query,
            where: { id: { in: interactionIds }, ...visibleThroughCustomer(actorOf(context)) },
            orderBy: { id: 'asc' },
          }),
      }),
    }),
  });
  builder.queryField('serviceSamples', (t) =>
    t.prismaField({
      type: ['ServiceSample'],
      description: 'Samples for internal audit, the newest first; 20 unless said, at most 100.',
      args: {
        policyId: t.arg.id({ required: true }),
        quarter: t.arg.string({ description: 'E.g. 2026-Q1.' }),
        first: t.arg.int(),
      },
      resolve: (query, _root, { policyId, quarter, first }, context) =>
        context.services.database.prisma.serviceSample.findMany({
          ...query,
          where: {
            AND: [visible(actorOf(context)), { policyId: String(policyId), ...(quarter != null && { quarter }) }],
          },
          orderBy: [{ drawnAt: 'desc' }, { id: 'desc' }],
          take: pageSize({ first }).size,
        }),
    }),
  );
  const DrawServiceSampleInput = builder.inputType('DrawServiceSampleInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      size: t.int({ description: '1 to 500; 20 unless said.' }),
      quarter: t.string({ description: 'E.g. 2026-Q1; the present one unless said.' }),
    }),
  });

  builder.mutationFields((t) => ({
    drawServiceSample: command(t, 'ServiceSample', {
      description: "Draws a sample of a quarter's service records, at random, for internal audit.",
      args: { input: t.arg({ type: DrawServiceSampleInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) => {
        const sample = { ...input, size: input.size ?? undefined };
        return drawServiceSample(services, caller, sample);
      },
    }),
  }));
}

/** What the law and internal audit ask for: disclosure, export, erasure, samples, the confidentiality agreement. */
export function addCompliance(builder: Builder): void {
  addDisclosures(builder);
  addServiceSamples(builder);
  const Export = builder.objectRef<CustomerExport>('CustomerExport').implement({
    description: 'All that is kept of a customer, in clear, once.',
    fields: (t) => ({
      exportedAt: t.expose('exportedAt', { type: 'DateTime' }),
      document: t.field({ type: 'JSON', description: 'Rows by table.', resolve: ({ document }) => document }),
    }),
  });

  const DeleteCustomerInput = builder.inputType('DeleteCustomerInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      reason: t.string({ required: true }),
    }),
  });

  const AgreementInput = builder.inputType('ConfidentialityAgreementInput', {
    fields: (t) => ({
      staffId: t.id({ required: true }),
      signedAt: t.field({ type: 'DateTime', description: 'Left out or null: there is none in force.' }),
    }),
  });

  builder.mutationFields((t) => ({
    exportCustomer: t.field({
      type: Export,
      errors: mutationErrors,
      description: 'All that is kept of a customer, for whoever asks for their own data; audited with the reason.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) =>
        exportCustomer(context.services, callerOf(context), idOf('Customer', id), reason),
    }),
    deleteCustomer: command(t, 'Customer', {
      description:
        'Takes a customer out of the archive and erases who it was, for good; what has to be kept stays without telling whose it was.',
      args: { input: t.arg({ type: DeleteCustomerInput, required: true }) },
      run: (services, caller, { input }) =>
        deleteCustomer(services, caller, {
          ...input,
          id: idOf('Customer', input.id),
        }),
    }),
    recordConfidentialityAgreement: command(t, 'Staff', {
      description: 'That a person signed the confidentiality agreement, or that it is in force no more.',
      args: { input: t.arg({ type: AgreementInput, required: true }) },
      run: (services, caller, { input }) =>
        recordConfidentialityAgreement(services, caller, {
          staffId: idOf('Staff', input.staffId),
          signedAt: input.signedAt ?? null,
        }),
    }),
  }));
}
