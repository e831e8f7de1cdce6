import type { NotDone } from '../../server/engine/services/each-by-itself.ts';
import { toGlobalId } from '../../server/platform/values/ids.ts';
import { messageIn } from '../../server/platform/values/in-language.ts';
import type { Builder } from './builder.ts';
import type { ModelName } from './models.ts';

/** One of several for which a command was not carried out. */
export interface NotDoneOf extends NotDone {
  readonly type: ModelName;
}

/** What several commands answer with of those that they did not do. */
export function addNotDone(builder: Builder) {
  return builder.objectRef<NotDoneOf>('NotDone').implement({
    description: 'One of several for which it was not done, and why.',
    fields: (t) => ({
      objectId: t.id({ resolve: ({ type, id }) => toGlobalId(type, id) }),
      code: t.exposeString('code', { description: 'Of the refusal, where it was one.' }),
      message: t.string({ resolve: ({ error }, _args, { locale }) => messageIn(error, locale) }),
    }),
  });
}
