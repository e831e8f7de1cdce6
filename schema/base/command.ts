import type { InputFieldMap, InputShapeFromFields } from '@pothos/core';
import type { Services } from '../../server/engine/services/services.ts';
import { type Builder, callerOf, mutationErrors } from './builder.ts';
import { type ModelName, rowsOf } from './models.ts';

type MutationFields = Parameters<Parameters<Builder['mutationFields']>[0]>[0];

/** A mutation: its input, its service, and what a client is told of it. */
export interface Command<Args extends InputFieldMap> {
  readonly description?: string;
  readonly args: Args;
  /** @returns the id of the object that the mutation answers with */
  run(services: Services, caller: ReturnType<typeof callerOf>, args: InputShapeFromFields<Args>): Promise<string>;
}

/** A mutation that calls one service, which answers with an id, and reads that object for the client. */
export function command<Args extends InputFieldMap>(t: MutationFields, type: ModelName, options: Command<Args>) {
  const { description, args, run } = options;
  return t.prismaField({
    type,
    errors: mutationErrors,
    ...(description && { description }),
    args,
    resolve: async (query, _root, given, context) => {
      const id = await run(context.services, callerOf(context), given);
      return rowsOf(context.services.database, type).findUniqueOrThrow({ ...query, where: { id } });
    },
  });
}
