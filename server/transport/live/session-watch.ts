import type { ActorReader } from '../../platform/access/actor-reader.ts';
import { LIMITS } from '../admission/limits.ts';
import type { Outlet } from './alert-viewer.ts';

/**
 * Ends the connections of people who left or whose token ended, within a second, also where nothing is sent to them. It costs
 * one statement for all of them.
 *
 * @returns ends the watch
 */
export function watchSessions(
  connections: ReadonlyMap<unknown, Pick<Outlet, 'actor' | 'close'>>,
  actors: Pick<ActorReader, 'reread'>,
  everyMs: number = LIMITS.presenceMs,
): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    await Promise.all(
      [...connections.values()].map(async (connection) => {
        const actor = await actors.reread(connection.actor);
        if (!actor) connection.close('FORBIDDEN');
      }),
    );
  };
  const arm = () => {
    if (isOver) return;
    // A database that is away says nothing of anybody: the next look tries again.
    timer = setTimeout(
      () =>
        void look()
          .catch(() => undefined)
          .then(arm),
      everyMs,
    );
    timer.unref();
  };
  arm();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
