import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { answerOnce, type Repeatable } from '../../platform/storage/idempotency.ts';
import type { Caller, Services } from './services.ts';

/**
 * Carries out a command at most once per key: its commit names its `answer`, and a repetition gets that.
 *
 * @param request its mutation, the key that the client chose, without which nothing is remembered, and what the client sent
 * @throws {Conflict} the key was used before with another input
 */
export function atMostOnce<Answer extends Prisma.InputJsonValue>(
  services: Pick<Services, 'database'>,
  caller: Caller,
  request: Omit<Repeatable, 'actorId'>,
  run: (caller: Caller) => Promise<Answer>,
): Promise<Answer> {
  const repeatable = { ...request, actorId: caller.actor.id };
  return answerOnce(services.database, repeatable, () => run({ ...caller, repeatable }));
}
