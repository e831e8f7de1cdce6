import type { Issue } from '../../platform/values/errors.ts';

/** What files may be: settings of the operator. */
export interface FileRules {
  readonly maxBytes: number;
  /** Media types, as a file's content tells them. */
  readonly types: readonly string[];
}

/** Ours: what offices and telephones make, up to the size of a long scan. Archives and programs are not among them. */
export const FILE_RULES: FileRules = {
  maxBytes: 10 * 1024 * 1024,
  types: [
    'application/pdf',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'image/heic',
    'image/jpeg',
    'image/png',
    'image/webp',
    'text/plain',
  ],
};

/** Bytes of a piece, but of the last one. Ours: what is in memory of a file, a few times over. */
export const PIECE_BYTES = 128 * 1024;

/** Milliseconds for which a file waits to be attached. Ours. */
export const WAITS_MS = 3_600_000;

/** Files of one person that wait to be attached, those that are on their way among them. Ours. */
export const MOST_WAITING = 20;

/** Other endings of names by the one that a content is known by. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  jpg: ['jpeg', 'jpe'],
  txt: ['csv', 'log', 'md', 'text'],
  heic: ['heif'],
  tif: ['tiff'],
};

/** Endings that the name of a file may have: a name that says something else is how files deceive. */
export function endingsOf(extension: string): readonly string[] {
  return [extension, ...(ALSO[extension] ?? [])];
}

/** The name as it is kept, without the folders that some browsers send along. */
export function baseName(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).trim();
}

/** What stands against a name for a file whose content is known. */
export function checkName(name: string, extension: string): Issue[] {
  const path = 'input.name';
  if (name === '') return [{ path, message: 'is empty' }];
  if (name.length > 200) return [{ path, message: 'is longer than 200 characters' }];
  const endings = endingsOf(extension);
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  if (endings.includes(ending)) return [];
  return [{ path, message: `does not end as its content does: ${endings.map((one) => `.${one}`).join(', ')}` }];
}

/** A piece of a file. */
export interface Piece {
  readonly position: number;
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** Pieces of a size, the last one shorter; nothing comes of nothing. Only the piece at hand and what came beyond it is in memory. */
export async function* piecesOf(content: AsyncIterable<Uint8Array>, size = PIECE_BYTES): AsyncGenerator<Piece> {
  let [parts, held, position]: [Uint8Array[], number, number] = [[], 0, 0];
  for await (const part of content) {
    parts.push(part);
    held += part.byteLength;
    // One byte more has to be there, or it would be the last.
    while (held > size) {
      const all: Buffer = Buffer.concat(parts);
      yield { position, bytes: all.subarray(0, size), isLast: false };
      position += 1;
      parts = [all.subarray(size)];
      held -= size;
    }
  }
  if (held > 0) yield { position, bytes: Buffer.concat(parts), isLast: true };
}

/** Where a piece is sealed to: one that is moved, and a file that was cut short, do not open. */
export function piecePlace(fileId: string, position: number, isLast: boolean): string {
  return `stored_file_piece|sealed|${fileId}|${position}|${isLast ? 'last' : 'more'}`;
}
