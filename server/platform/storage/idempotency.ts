import { createHash } from 'node:crypto';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client/client.ts';
import { Conflict, InvalidInput } from '../values/errors.ts';
import type { Database } from './database.ts';
import { isUniqueViolation } from './unique-violation.ts';
import type { WriteSet } from './write-set.ts';

/** A repeatable request: who sent what with which key. */
export interface Repeatable {
  readonly actorId: string;
  readonly mutation: string;
  /** Chosen by the client; without one nothing is remembered. */
  readonly key: string | null | undefined;
  readonly input: unknown;
}

/**
 * Writes an effect at most once per key, whole or not at all: a repetition gets the first result, and a second request that
 * comes meanwhile waits for the first one's commit.
 *
 * @param writes all of the effect
 * @param result what the mutation answers; it is small and JSON-safe (an id), for it is stored
 * @throws {Conflict} the key was used before with another input
 */
export async function writeOnce<R extends Prisma.InputJsonValue>(
  database: Pick<Database, 'writes' | 'prisma'>,
  request: Repeatable,
  at: Date,
  writes: WriteSet,
  result: R,
): Promise<R> {
  const claim = claimOf(request);
  if (!claim) {
    await database.writes.write(writes);
    return result;
  }
  writes.insert('idempotency_key', { ...claim, result, at });
  try {
    await database.writes.write(writes);
    return result;
  } catch (error) {
    // Another unique key may be taken as well: only what this key's first request stored answers for it.
    const stored = isUniqueViolation(error) ? await readFirst(database.prisma, claim) : null;
    if (!stored) throw error;
    return stored.result as R;
  }
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
  const claim = claimOf(request);
  if (!claim) return effect();
  const { actorId, mutation, key, requestHash } = claim;
  const claimed = await tx.$executeRaw`
    insert into idempotency_key (actor_id, mutation, key, request_hash, at)
    values (${actorId}::uuid, ${mutation}, ${key}, ${requestHash}, ${at}) on conflict do nothing`;
  if (claimed === 0) return (await readFirst(tx, claim))?.result as R;
  const result = await effect();
  await tx.idempotencyKey.update({ where: { actorId_mutation_key: { actorId, mutation, key } }, data: { result } });
  return result;
}

/**
 * Answers a repetition with what the first request stored, before anything is judged: rules and facts may have changed since,
 * not least by that request. One that came while the first was under way, and is refused for what that changed, gets its
 * answer too.
 *
 * @param answer judges and writes, with `once` or `writeOnce` and the same request
 * @throws {Conflict} the key was used before with another input
 */
export async function answerOnce<R extends Prisma.InputJsonValue>(
  { prisma }: Pick<Database, 'prisma'>,
  request: Repeatable,
  answer: () => Promise<R>,
): Promise<R> {
  const claim = claimOf(request);
  if (!claim) return answer();
  const before = await readFirst(prisma, claim);
  if (before) return before.result as R;
  try {
    return await answer();
  } catch (error) {
    const meanwhile = await readFirst(prisma, claim);
    if (!meanwhile) throw error;
    return meanwhile.result as R;
  }
}

/** The row by which a repetition finds the answer, to be written with the effect; null without a key. */
export function claimRow<R extends Prisma.InputJsonValue>(request: Repeatable, at: Date, result: R) {
  const claim = claimOf(request);
  return claim && { ...claim, result, at };
}

interface Claim {
  readonly actorId: string;
  readonly mutation: string;
  readonly key: string;
  readonly requestHash: string;
}

function claimOf({ actorId, mutation, key, input }: Repeatable): Claim | null {
  if (!key) return null;
  if (key.length > 255) throw new InvalidInput([{ path: 'idempotencyKey', message: 'is longer than 255 characters' }]);
  return { actorId, mutation, key, requestHash: createHash('sha256').update(canonical(input)).digest('base64url') };
}

/** What the first request with this key stored; null where there was none. */
async function readFirst(
  database: Pick<PrismaClient, 'idempotencyKey'> | Prisma.TransactionClient,
  { actorId, mutation, key, requestHash }: Claim,
): Promise<{ result: unknown } | null> {
  const stored = await database.idempotencyKey.findUnique({
    where: { actorId_mutation_key: { actorId, mutation, key } },
  });
  if (stored && stored.requestHash !== requestHash) {
    throw new Conflict(null, 'This idempotency key was used for another request.');
  }
  return stored;
}

/** The same text for the same input, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part) && !(part instanceof Date)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
