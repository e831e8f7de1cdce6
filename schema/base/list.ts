import type { InputFieldMap, InputShapeFromFields } from '@pothos/core';
import { queryFromInfo } from '@pothos/plugin-prisma';
import type { RequestContext } from '../../server/engine/services/services.ts';
import type { Builder } from './builder.ts';
import { rowsOf } from './models.ts';
import { type Found, keysetPage } from './page.ts';
import type { KeysetOrder } from './page-cursor.ts';
import type { TypeRefs } from './refs.ts';

type QueryFields = Parameters<Parameters<Builder['queryField']>[1]>[0];

/** A list of the query type: what may be asked of it, which rows it finds, and in which order. */
export interface List<Args extends InputFieldMap> {
  readonly description?: string;
  readonly args: Args;
  rows(args: InputShapeFromFields<Args>, context: RequestContext): Found | Promise<Found>;
  order(args: InputShapeFromFields<Args>): KeysetOrder;
}

/** A list of a model's rows by keyset, with its total. */
export function listField<Args extends InputFieldMap>(
  t: QueryFields,
  { named, lists }: Pick<TypeRefs, 'named' | 'lists'>,
  model: keyof TypeRefs['lists'],
  { description, args, rows, order }: List<Args>,
) {
  return t.connection(
    {
      type: named(model),
      ...(description && { description }),
      args,
      resolve: async (_root, given, context, info) =>
        keysetPage(rowsOf(context.services.database, model), {
          found: await rows(given, context),
          order: order(given),
          page: given,
          selection: { ...queryFromInfo({ context, info, typeName: model, paths: [['nodes'], ['edges', 'node']] }) },
        }),
    },
    lists[model].connection,
    lists[model].edge,
  );
}
