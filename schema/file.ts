import type { Prisma } from '../prisma/generated/client/client.ts';
import { attachFile } from '../server/domain/files/attach-file.ts';
import { maySeeFile, RECORD_OF_FILE } from '../server/domain/files/file-scope.ts';
import { removeFile } from '../server/domain/files/remove-file.ts';
import { COLUMN_OF, type SubjectType } from '../server/domain/files/subject-of-files.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { NotFound } from '../server/platform/values/errors.ts';
import { idOf, parseGlobalId, toGlobalId } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { TypeRefs } from './base/refs.ts';

type FileRow = Parameters<typeof maySeeFile>[2];

/** Files of tickets, plans and contracts; those of records are in schema/record.ts, beside what else a record has. */
export function addFiles(builder: Builder, refs: TypeRefs): void {
  builder.prismaNode('Attachment', {
    id: { field: 'id' },
    authScopes: (row: FileRow, { actor, services }: RequestContext) =>
      actor !== null && maySeeFile(services.policies, actor, row) ? { signedIn: true } : false,
    runScopesOnType: true,
    description:
      'A file of a ticket, a plan, a record or a contract, seen by who sees that. Send one with `POST /files`, attach it with `attachFile`, get it with `GET` of its `path`.',
    select: { id: true, policyId: true, branchId: true, record: RECORD_OF_FILE },
    fields: (t) => ({
      name: t.exposeString('name'),
      mediaType: t.exposeString('mediaType', { description: 'What its content is, whatever its name says.' }),
      size: t.exposeInt('size', { description: 'Bytes.' }),
      path: t.string({
        nullable: true,
        description:
          'Where its content is, of this server; the token goes along as with operations. Null once it is removed. Each opening is in the audit trail.',
        select: { removedAt: true },
        resolve: ({ id, removedAt }) =>
          removedAt ? null : `/files/${encodeURIComponent(toGlobalId('Attachment', id))}`,
      }),
      attachedBy: t.relation('attachedBy'),
      attachedAt: t.expose('attachedAt', { type: 'DateTime' }),
      removedBy: t.relation('removedBy', { nullable: true }),
      removedAt: t.expose('removedAt', { type: 'DateTime', nullable: true }),
      removalReason: t.exposeString('removalReason', { nullable: true }),
    }),
  });
  for (const type of ['Ticket', 'MaintenancePlan', 'Contract'] as const)
    builder.prismaObjectField(type, 'files', (t) =>
      t.relatedConnection(
        'attachments',
        { cursor: 'id', totalCount: true, description: FILES, query: FILES_IN_ORDER },
        refs.lists.Attachment.connection,
        refs.lists.Attachment.edge,
      ),
    );
  addFileWork(builder);
}

export const FILES = 'The latest first; those that were removed are among them, with who removed them and why.';
export const FILES_IN_ORDER: { readonly orderBy: Prisma.AttachmentOrderByWithRelationInput[] } = {
  orderBy: [{ attachedAt: 'desc' }, { id: 'desc' }],
};

function addFileWork(builder: Builder): void {
  const AttachFileInput = builder.inputType('AttachFileInput', {
    fields: (t) => ({
      to: t.id({
        required: true,
        description: 'A ticket, a plan, a record, or a contract that is not in the archive.',
      }),
      uploadId: t.id({
        required: true,
        description: 'What `POST /files` answered with to the same person, within the hour.',
      }),
      name: t.string({ required: true, description: 'It ends as its content does, e.g. `.pdf`.' }),
    }),
  });
  const RemoveFileInput = builder.inputType('RemoveFileInput', {
    fields: (t) => ({ id: t.id({ required: true }), reason: t.string({ required: true }) }),
  });
  builder.mutationFields((t) => ({
    attachFile: command(t, 'Attachment', {
      args: { input: t.arg({ type: AttachFileInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input: { to, ...file } }) =>
        attachFile(services, caller, { ...file, subject: subjectOf(to) }),
    }),
    removeFile: command(t, 'Attachment', {
      description: 'Its content is gone at once. Whoever attached it may, and supervisors.',
      args: { input: t.arg({ type: RemoveFileInput, required: true }) },
      run: (services, caller, { input }) =>
        removeFile(services, caller, { ...input, id: idOf('Attachment', input.id) }),
    }),
  }));
}

/** @throws {NotFound} it is the id of nothing that has files */
function subjectOf(globalId: string): { readonly type: SubjectType; readonly id: string } {
  const parsed = parseGlobalId(globalId);
  if (!parsed || !Object.hasOwn(COLUMN_OF, parsed.type)) throw new NotFound('thing that has files');
  return { type: parsed.type as SubjectType, id: parsed.id };
}
