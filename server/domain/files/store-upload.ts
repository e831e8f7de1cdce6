import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { type ContentType, contentTypeOf, isText } from './content-type.ts';
import { MOST_WAITING, piecePlace, piecesOf } from './rules.ts';

/** A file that was sent and waits to be attached. */
export interface StoredUpload extends ContentType {
  readonly id: string;
  readonly size: number;
}

/** A file has more bytes than files have. */
export class TooLarge extends InvalidInput {
  constructor(maxBytes: number) {
    super([{ path: 'file', message: `has more than ${maxBytes} bytes` }]);
  }
}

/**
 * Takes a file in, piece by piece: each is sealed and stored before the next is read, so no more than that is in memory. It is kept
 * for a while, for whoever sent it to attach it.
 *
 * @throws {TooLarge} it has more bytes than files may have
 * @throws {InvalidInput} it is empty, or its content is of no type that files may be of
 * @throws {Refused} too many wait already
 */
export async function storeUpload(
  services: Services,
  caller: Caller,
  content: AsyncIterable<Uint8Array>,
): Promise<StoredUpload> {
  const act = Act.begin(services, caller, 'keepFiles');
  const waiting = await act.prisma.storedFile.count({
    where: { uploadedById: act.actor.id, attachment: { is: null } },
  });
  if (waiting >= MOST_WAITING) throw refuse('UPLOADS_WAIT', { count: MOST_WAITING });
  const id = newId();
  try {
    return await store(act, id, content);
  } catch (error) {
    await act.prisma.storedFile.deleteMany({ where: { id } });
    throw error;
  }
}

async function store(act: Act, id: string, content: AsyncIterable<Uint8Array>): Promise<StoredUpload> {
  const { files, sealer } = act.services;
  let [type, size, pieceCount]: [ContentType | null, number, number] = [null, 0, 0];
  for await (const { position, bytes, isLast } of piecesOf(limited(content, files.maxBytes))) {
    type ??= await begin(act, id, bytes);
    if (type.mediaType === 'text/plain' && !isText(bytes)) throw ofNoType(files.types);
    const sealed = new Uint8Array(sealer.sealBytes(bytes, piecePlace(id, position, isLast)));
    await act.prisma.storedFilePiece.create({ data: { fileId: id, position, sealed } });
    size += bytes.byteLength;
    pieceCount += 1;
  }
  if (!type) throw new InvalidInput([{ path: 'file', message: 'is empty' }]);
  await act.prisma.storedFile.update({ where: { id }, data: { size, pieceCount, completedAt: act.now } });
  return { id, size, ...type };
}

/** @throws {InvalidInput} files may not be of the content's type */
async function begin(act: Act, id: string, beginning: Uint8Array): Promise<ContentType> {
  const { types } = act.services.files;
  const type = await contentTypeOf(beginning);
  if (!type || !types.includes(type.mediaType)) throw ofNoType(types);
  await act.prisma.storedFile.create({ data: { id, ...type, uploadedById: act.actor.id, uploadedAt: act.now } });
  return type;
}

function ofNoType(types: readonly string[]): InvalidInput {
  return new InvalidInput([{ path: 'file', message: `has a content that is none of ${types.join(', ')}` }]);
}

/** @throws {TooLarge} more comes than may */
async function* limited(content: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const part of content) {
    size += part.byteLength;
    if (size > maxBytes) throw new TooLarge(maxBytes);
    yield part;
  }
}
