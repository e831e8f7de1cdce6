import type { InputFieldMap, InputShapeFromFields } from '@pothos/core';
import { atMostOnce } from '../../server/engine/services/at-most-once.ts';
import type { Caller, Services } from '../../server/engine/services/services.ts';
import { type Builder, callerOf, mutationErrors } from './builder.ts';
import { type ModelName, rowsOf } from './models.ts';

type MutationFields = Parameters<Parameters<Builder['mutationFields']>[0]>[0];

/** A mutation: its input, its service, and what a client is told of it. */
export interface Command<Args extends InputFieldMap> {
  readonly description?: string;
  readonly args: Args;
  /** Of what creates or spends, whose arguments have an `idempotencyKey`: with one key it is done once, however often it is sent. */
  readonly isDoneOnce?: true;
  /** @returns the id of the object that the mutation answers with */
  run(services: Services, caller: Caller, args: InputShapeFromFields<Args>): Promise<string>;
}

/** A mutation that calls one service, which answers with an id, and reads that object for the client. */
export function command<Args extends InputFieldMap>(t: MutationFields, type: ModelName, options: Command<Args>) {
  const { description, args, isDoneOnce, run } = options;
  return t.prismaField({
    type,
    errors: mutationErrors,
    ...(description && { description }),
    args,
    resolve: async (query, _root, given, context, { fieldName }) => {
      const { services } = context;
      const request = { mutation: fieldName, key: isDoneOnce && keyIn(given), input: given };
      const id = await atMostOnce(services, callerOf(context), request, (caller) => run(services, caller, given));
      return rowsOf(services.database, type).findUniqueOrThrow({ ...query, where: { id } });
    },
  });
}

function keyIn(given: object): string | null {
  return 'idempotencyKey' in given && typeof given.idempotencyKey === 'string' ? given.idempotencyKey : null;
}
