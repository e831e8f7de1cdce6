import { createHash } from 'node:crypto';
import { Conflict, InvalidInput } from './errors.ts';
import type { Prisma } from './generated/prisma/client.ts';

/** A repeatable request: who sent what with which key. */
export interface Repeatable {
  readonly actorId: string;
  readonly mutation: string;
  /** Chosen by the client; without one nothing is remembered. */
  readonly key: string | null | undefined;
  readonly input: unknown;
}

interface Stored {
  request_hash: string;
  result: unknown;
}

/**
 * Carries out an effect at most once per key, in the effect's own transaction: a repetition gets the first result, and a
 * second request that comes meanwhile waits for the first one's commit.
 *
 * @param effect what to do; its result is small and JSON-safe (an id), for it is stored
 * @throws {Conflict} the key was used before with another input
 */
export async function once<R extends Prisma.InputJsonValue>(
  tx: Prisma.TransactionClient,
  request: Repeatable,
  at: Date,
  effect: () => Promise<R>,
): Promise<R> {
  const { actorId, mutation, key } = request;
  if (!key) return effect();
  if (key.length > 255) throw new InvalidInput([{ path: 'idempotencyKey', message: 'is longer than 255 characters' }]);
  const hash = createHash('sha256').update(canonical(request.input)).digest('base64url');
  const claimed = await tx.$executeRaw`
    insert into idempotency_key (actor_id, mutation, key, request_hash, at)
    values (${actorId}::uuid, ${mutation}, ${key}, ${hash}, ${at}) on conflict do nothing`;
  if (claimed === 0) {
    const [stored] = await tx.$queryRaw<Stored[]>`
      select request_hash, result from idempotency_key
      where actor_id = ${actorId}::uuid and mutation = ${mutation} and key = ${key}`;
    if (stored?.request_hash !== hash) throw new Conflict(null, 'This idempotency key was used for another request.');
    return stored.result as R;
  }
  const result = await effect();
  await tx.$executeRaw`
    update idempotency_key set result = ${JSON.stringify(result)}::jsonb
    where actor_id = ${actorId}::uuid and mutation = ${mutation} and key = ${key}`;
  return result;
}

/** The same text for the same input, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part) && !(part instanceof Date)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
