import type { Watched } from '../../server/engine/services/changes.ts';
import type { RequestContext } from '../../server/engine/services/services.ts';
import type { Actor } from '../../server/platform/access/actor.ts';
import { patiently } from '../../server/platform/storage/outages/passing.ts';
import { NotFound } from '../../server/platform/values/errors.ts';
import { idOf } from '../../server/platform/values/ids.ts';
import { actorOf, asExecutionError } from './builder.ts';
import type { ModelName } from './models.ts';

/** An object whose changes are followed. */
interface Followed<Row> {
  readonly type: ModelName | 'Record';
  readonly watched: Watched;
  readonly globalId: string;
  /** Reads it for whoever follows, with their rights as of now; null where they may not see it. */
  read(id: string, actor: Actor): Promise<Row | null>;
  /** Nothing comes after this one. */
  isLast?(row: Row): boolean;
}

/**
 * The object as it is, and after each change. What there is not, what may not be seen and what is no longer seen is told alike, so
 * that nobody waits for what will not come.
 *
 * @throws {GraphQLError} NOT_FOUND
 */
export async function followObject<Row>(
  context: RequestContext,
  followed: Followed<Row>,
): Promise<AsyncGenerator<Row, void, void>> {
  try {
    const id = idOf(followed.type, followed.globalId);
    if ((await look(context, followed, id)) === null) throw new NotFound(followed.type);
    return changes(context, followed, id);
  } catch (error) {
    throw asExecutionError(error);
  }
}

async function* changes<Row>(
  context: RequestContext,
  followed: Followed<Row>,
  id: string,
): AsyncGenerator<Row, void, void> {
  for await (const _change of context.services.changes.watch(followed.watched, id, context.signal)) {
    const row = await look(context, followed, id);
    if (row === undefined) return;
    if (row === null) throw asExecutionError(new NotFound(followed.type));
    yield row;
    if (followed.isLast?.(row)) return;
  }
}

/** @returns undefined where the viewer's own time is over, which the transport tells */
function look<Row>(context: RequestContext, { read }: Followed<Row>, id: string): Promise<Row | null | undefined> {
  return patiently(async () => {
    // Rights are read afresh for every event: what ended is no longer seen.
    const present = await context.services.actors.reread(actorOf(context));
    return present ? read(id, present) : undefined;
  }, context.signal);
}
