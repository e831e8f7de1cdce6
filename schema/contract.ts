import {
  archiveContract,
  fileContract,
  type OpenedContract,
  openContract,
  requestArchiveAccess,
} from '../server/domain/contracts/service.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { type Builder, callerOf, mutationErrors, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { TypeRefs } from './base/refs.ts';

/** Contracts and their archive. */
export function addContracts(builder: Builder, refs: TypeRefs): void {
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
      contract: t.field({ type: refs.named('Contract'), resolve: ({ contract }) => contract }),
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
    fileContract: command(t, 'Contract', {
      args: { input: t.arg({ type: FileContractInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) => {
        const contract = { ...input, customerId: idOf('Customer', input.customerId) };
        return fileContract(services, caller, contract, idempotencyKey);
      },
    }),
    archiveContract: command(t, 'Contract', {
      description: 'From then on the director alone opens it; all others ask.',
      args: { id: t.arg.id({ required: true }), expectedVersion: t.arg.int({ required: true }) },
      run: (services, caller, { id, expectedVersion }) =>
        archiveContract(services, caller, { id: idOf('Contract', id), expectedVersion }),
    }),
    requestArchiveAccess: command(t, 'Approval', {
      description: 'Once it is approved, whoever asked opens the contract for so many hours.',
      args: { input: t.arg({ type: ArchiveAccessInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) => {
        const request = { ...input, contractId: idOf('Contract', input.contractId) };
        return requestArchiveAccess(services, caller, request);
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
