import {
  archiveContract,
  fileContract,
  type OpenedContract,
  openContract,
  requestArchiveAccess,
} from '../server/domain/contracts/service.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { type Builder, callerOf, mutationErrors, seenBy } from './base/builder.ts';

/** Contracts and their archive. */
export function addContracts(builder: Builder): void {
  builder.prismaNode('Contract', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A contract with a customer; `openContract` gives its text.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'year-number-type, unique within the policy.' }),
      version: t.exposeInt('version'),
      filedAt: t.expose('filedAt', { type: 'DateTime' }),
      filedBy: t.relation('filedBy'),
      archivedAt: t.expose('archivedAt', { type: 'DateTime', nullable: true }),
      customer: t.relation('customer'),
    }),
  });
  builder.prismaObjectField('Customer', 'contracts', (t) =>
    t.relatedConnection('contracts', {
      cursor: 'id',
      totalCount: true,
      description: 'The latest first.',
      query: { orderBy: [{ filedAt: 'desc' }, { id: 'desc' }] },
    }),
  );

  const Opened = builder.objectRef<OpenedContract>('OpenedContract').implement({
    description: "A contract's text, once.",
    fields: (t) => ({
      contract: t.field({ type: 'Contract' as never, resolve: ({ contract }) => contract as never }),
      content: t.exposeString('content', { nullable: true, description: 'Null where it was erased.' }),
      until: t.expose('until', {
        type: 'DateTime',
        nullable: true,
        description: 'Until when an approved request opens it again; null where none is needed.',
      }),
    }),
  });
  const FileContractInput = builder.inputType('FileContractInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      name: t.string({ required: true, description: 'year-number-type, e.g. 2026-0042-SERVICE.' }),
      content: t.string({ required: true }),
    }),
  });
  const ArchiveAccessInput = builder.inputType('ArchiveAccessInput', {
    fields: (t) => ({ contractId: t.id({ required: true }), reason: t.string({ required: true }) }),
  });
  builder.mutationFields((t) => ({
    fileContract: t.prismaField({
      type: 'Contract',
      errors: mutationErrors,
      args: { input: t.arg({ type: FileContractInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (query, _root, { input, idempotencyKey }, context) => {
        const contract = { ...input, customerId: idOf('Customer', input.customerId) };
        const id = await fileContract(context.services, callerOf(context), contract, idempotencyKey);
        return context.services.database.prisma.contract.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
    archiveContract: t.prismaField({
      type: 'Contract',
      errors: mutationErrors,
      description: 'From then on the director alone opens it; all others ask.',
      args: { id: t.arg.id({ required: true }), expectedVersion: t.arg.int({ required: true }) },
      resolve: async (query, _root, { id, expectedVersion }, context) => {
        const contract = { id: idOf('Contract', id), expectedVersion };
        await archiveContract(context.services, callerOf(context), contract);
        return context.services.database.prisma.contract.findUniqueOrThrow({ ...query, where: { id: contract.id } });
      },
    }),
    requestArchiveAccess: t.prismaField({
      type: 'Approval',
      errors: mutationErrors,
      description: 'Once it is approved, whoever asked opens the contract for so many hours.',
      args: { input: t.arg({ type: ArchiveAccessInput, required: true }) },
      resolve: async (query, _root, { input }, context) => {
        const request = { ...input, contractId: idOf('Contract', input.contractId) };
        const id = await requestArchiveAccess(context.services, callerOf(context), request);
        return context.services.database.prisma.approval.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
    openContract: t.field({
      type: Opened,
      errors: mutationErrors,
      description: 'Each opening is in the audit trail, and so is each refusal.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => openContract(context.services, callerOf(context), idOf('Contract', id)),
    }),
  }));
}
