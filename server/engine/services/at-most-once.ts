import { answerOnce, type Repeatable } from '../../platform/storage/idempotency.ts';
import type { Caller, Services } from './services.ts';

/**
 * Carries out a command that creates at most once per key: its commit names its `answer`, and a repetition gets that.
 *
 * @param request its mutation, the key that the client chose, and all that the client sent beside it
 * @throws {Conflict} the key was used before with another input
 */
export function atMostOnce(
  services: Pick<Services, 'database'>,
  caller: Caller,
  request: Omit<Repeatable, 'actorId'>,
  run: (caller: Caller) => Promise<string>,
): Promise<string> {
  const repeatable = { ...request, actorId: caller.actor.id };
  return answerOnce(services.database, repeatable, () => run({ ...caller, repeatable }));
}
