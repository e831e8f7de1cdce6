import { setTimeout as wait } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { piecePlace } from '../../domain/files/rules.ts';
import type { RotationOptions } from './rotate-keys.ts';

/** Pieces that are in memory at a time. */
const BATCH = 16;

interface Piece {
  readonly file_id: string;
  readonly position: number;
  readonly is_last: boolean;
  readonly sealed: Buffer;
}

// Only what is under another key is read: files are most of what is sealed. One that still comes is not known to be at its end; it is
// sealed under the current key, or nobody attaches it.
const FORMER = `select p.file_id, p.position, p.position = f.piece_count - 1 as is_last, p.sealed
  from stored_file_piece p join stored_file f on f.id = p.file_id
  where f.completed_at is not null and substring(p.sealed from 1 for $1) <> $2 and (p.file_id, p.position) > ($3, $4)
  order by p.file_id, p.position limit ${BATCH}`;

/**
 * Seals pieces of files anew that are under another key.
 *
 * @param inTurn does some work in a transaction, one run after the other
 * @returns how many
 */
export async function resealFiles(
  { sealer, pauseMs = 0, signal, onProgress }: Pick<RotationOptions, 'sealer' | 'pauseMs' | 'signal' | 'onProgress'>,
  inTurn: (work: (client: PoolClient) => Promise<number>) => Promise<number>,
): Promise<number> {
  let resealed = 0;
  let after: readonly [string, number] = ['00000000-0000-0000-0000-000000000000', 0];
  while (!signal?.aborted) {
    const done = await inTurn(async (client) => {
      const { rows } = await client.query<Piece>(FORMER, [sealer.currentHead.length, sealer.currentHead, ...after]);
      for (const { file_id: id, position, is_last: isLast, sealed } of rows) {
        const place = piecePlace(id, position, isLast);
        const anew = sealer.sealBytes(sealer.openBytes(sealed, place), place);
        await client.query('update stored_file_piece set sealed = $3 where file_id = $1 and position = $2', [
          id,
          position,
          anew,
        ]);
      }
      const last = rows.at(-1);
      if (last) after = [last.file_id, last.position];
      return rows.length;
    });
    resealed += done;
    onProgress?.(done);
    if (done < BATCH) break;
    if (pauseMs > 0) await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return resealed;
}
