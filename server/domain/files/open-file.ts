import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { NotFound } from '../../platform/values/errors.ts';
import { passArchive } from '../contracts/service.ts';
import { visibleFiles } from './file-scope.ts';
import { subjectIn } from './remove-file.ts';
import { piecePlace } from './rules.ts';

/** A file that is being read. */
export interface OpenedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly size: number;
  /** In their order, each read when it is asked for. */
  pieces(): AsyncGenerator<Buffer>;
}

/**
 * A file's content, for whoever sees what it belongs to; of a contract, for whoever may open that. Each opening is in the audit trail.
 *
 * @throws {NotFound} there is none, none that the actor may see, or it was removed
 * @throws {Refused} it is of an archived contract, and the caller is no director and has no approved request in force
 */
export async function openFile(services: Services, caller: Caller, id: string): Promise<OpenedFile> {
  const act = Act.begin(services, caller, null);
  const where = { AND: [{ id, removedAt: null }, visibleFiles(services.policies, act.actor)] };
  const search = act.prisma.attachment.findFirst({ where, include: { file: { select: { pieceCount: true } } } });
  const { file, ...attachment } = await act.found('Attachment', search);
  const [type, subjectId] = subjectIn(attachment);
  if (type === 'Contract') {
    requirePermission(act.actor, 'openContract');
    await passArchive(act, subjectId);
  }
  const { policyId, branchId, customerId, name, mediaType, size } = attachment;
  const changes = [{ field: 'file', before: null, after: id }];
  const about = { type, id: subjectId, policyId, branchId, customerId };
  await act.commit({ audit: act.audit('OPEN_FILE', about, { changes }) });
  return { name, mediaType, size, pieces: () => piecesIn(services, id, file.pieceCount) };
}

/** @throws {NotFound} it was removed meanwhile */
async function* piecesIn({ database, sealer }: Services, fileId: string, count: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < count; position += 1) {
    const where = { fileId_position: { fileId, position } };
    const piece = await database.prisma.storedFilePiece.findUnique({ where });
    if (!piece) throw new NotFound('Attachment');
    yield sealer.openBytes(piece.sealed, piecePlace(fileId, position, position === count - 1));
  }
}
