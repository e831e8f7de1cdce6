import { createHash } from 'node:crypto';
import type { Prisma, PrismaClient } from '../../../prisma/generated/client/client.ts';
import { Conflict, InvalidInput } from '../values/errors.ts';
import type { Database } from './database.ts';

/** A repeatable request: who sent what with which key. */
export interface Repeatable {
  readonly actorId: string;
  readonly mutation: string;
  /** Chosen by the client; without one nothing is remembered. */
  readonly key: string | null | undefined;
  readonly input: unknown;
}

/**
 * Answers a repetition with what the first request stored, before anything is judged: rules and facts may have changed since,
 * not least by that request. One that came while the first was under way, and is refused for what that changed, gets its
 * answer too.
 *
 * @param answer judges and writes, with the `claimRow` of the same request: where the key was claimed meanwhile it fails, whole
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
export function claimRow(request: Repeatable, at: Date, result: Prisma.InputJsonValue | null) {
  const claim = claimOf(request);
  return claim && { ...claim, ...(result !== null && { result }), at };
}

/** Keeps the answer that showed only as the effect was carried out, in its transaction. */
export async function settleClaim(
  tx: Prisma.TransactionClient,
  request: Repeatable,
  result: Prisma.InputJsonValue,
): Promise<void> {
  const claim = claimOf(request);
  if (!claim) return;
  const { actorId, mutation, key } = claim;
  await tx.idempotencyKey.update({ where: { actorId_mutation_key: { actorId, mutation, key } }, data: { result } });
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
