import { backoffMs } from '../values/poll-delay.ts';
import type { Actor } from './actor.ts';
import type { ActorReader } from './actor-reader.ts';

/**
 * Who acts, as of now, for a stream: while the database is away nothing is known of anybody's rights, so the stream waits
 * and sends nothing, instead of ending.
 *
 * @returns null when the token has ended, the person left, or the signal fired
 */
export async function currentActor(
  actors: Pick<ActorReader, 'reread'>,
  actor: Actor,
  signal?: AbortSignal,
): Promise<Actor | null> {
  for (let failures = 1; ; failures++) {
    try {
      return await actors.reread(actor);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, backoffMs(failures)));
    }
    if (signal?.aborted) return null;
  }
}
