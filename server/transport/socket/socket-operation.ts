import type { IncomingMessage } from 'node:http';
import { type DocumentNode, type ExecutionArgs, type GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { RequestContext, Services } from '../../engine/services/services.ts';
import { may } from '../../platform/access/permissions.ts';
import { isPassing } from '../../platform/storage/passing.ts';
import type { Gate } from '../admission/gate.ts';
import type { Limits } from '../admission/limits.ts';
import type { StreamCount } from '../admission/stream-count.ts';
import { notReady } from '../graphql/event-result.ts';
import { inTime, refusalOf } from '../graphql/operation-limits.ts';
import type { PersistedOperations } from '../graphql/persisted.ts';
import { type Pipeline, refuseAtFirstLook } from '../graphql/pipeline.ts';
import { readAlertSubscription } from '../live/alert-subscription.ts';
import { followOnSocket } from './alert-socket.ts';
import type { Connection } from './connection.ts';

export interface PreparerOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly mask: (error: unknown) => Error;
  readonly patienceMs: number;
  readonly gate: Gate;
  readonly streamCount: StreamCount;
  readonly limits: Limits;
  readonly operations: PersistedOperations;
}

/** An operation as it came over a socket. */
export interface Requested {
  readonly connection: Connection;
  /** The socket's upgrade. */
  readonly request: IncomingMessage;
  /** As the client chose it. */
  readonly id: string;
  readonly params: SubscribePayload;
}

/** An operation that may run, with the functions that run it. */
export interface Prepared {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variableValues: Record<string, unknown> | null | undefined;
  readonly contextValue: RequestContext;
  readonly rootValue: {
    execute(args: ExecutionArgs): unknown;
    subscribe(args: ExecutionArgs): unknown;
  };
}

/** Takes operations of sockets through the pipeline: parse, limits, validate, identity; what is refused comes as errors. */
export function preparer({
  pipeline,
  services,
  mask,
  patienceMs,
  gate,
  streamCount,
  limits,
  operations,
}: PreparerOptions) {
  return async ({ connection, request, id, params }: Requested): Promise<Prepared | readonly GraphQLError[]> => {
    // Whoever left or lost a right acts with what is left of it, from the next operation on.
    const again = await inTime(services.actors.again(connection.actor), limits.operationMs).then(
      (actor) => ({ actor }),
      // Nothing was begun, so whoever asks may ask again.
      (error: unknown) => ({ error: isPassing(error) ? notReady() : (mask(error) as GraphQLError) }),
    );
    if ('error' in again) return [again.error];
    const { actor } = again;
    const { schema, execute, subscribe, contextFactory, parse, validate } = pipeline.getEnveloped({
      // As a POST, for Yoga refuses mutations by GET.
      request: new Request('http://socket/graphql', {
        method: 'POST',
        headers: { 'x-request-id': String(request.headers['x-request-id'] ?? '') },
      }),
      connection: { actor, locale: connection.locale },
      params,
    } as never);
    try {
      const query = operations.resolve(params) ?? '';
      refuseAtFirstLook({ query, variables: params.variables }, limits);
      const document = parse(query);
      const errors = validate(schema, document);
      if (errors.length > 0) return errors as GraphQLError[];
      const contextValue = (await contextFactory()) as RequestContext;
      const { requestId } = contextValue;
      const mayFollow = actor !== null && may(actor, 'followAlerts');
      const { operationName, variables } = params;
      const alerts = mayFollow && readAlertSubscription(schema, document, operationName, variables);
      const args = { schema, document, operationName, variableValues: variables ?? {} };
      const refusal = alerts && refusalOf(args, limits.cost);
      if (refusal) return [refusal];
      const isStream = getOperationAST(document, operationName ?? undefined)?.operation === 'subscription';
      // Equal streams of alerts share their work, all others have their own.
      const key = alerts ? alerts.key : Symbol(id);
      const release = isStream ? streamCount.add(connection.actor.id, key) : () => undefined;
      if (isStream) connection.signal.addEventListener('abort', release, { once: true });
      return {
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue,
        rootValue: {
          execute: (args) =>
            connection.track(
              gate
                .run(connection.actor.id, () => execute(args) as Promise<unknown>)
                .catch((error: unknown) => ({ errors: [mask(error)] })),
            ),
          subscribe: async (args) => {
            const stream = alerts
              ? followOnSocket({ services, connection, subscription: alerts, mask, id, requestId, patienceMs })
              : await subscribe(args);
            return whenEnded(stream, () => {
              connection.signal.removeEventListener('abort', release);
              release();
            });
          },
        },
      };
    } catch (error) {
      return [mask(error) as GraphQLError];
    }
  };
}

/** The same stream, and somebody who hears of its end; an answer that is no stream has ended. */
function whenEnded<Stream>(stream: Stream, onEnd: () => void): Stream {
  const source = stream as Partial<AsyncGenerator> | null;
  if (typeof source?.[Symbol.asyncIterator] !== 'function') {
    onEnd();
    return stream;
  }
  const generator = source as AsyncGenerator;
  const next = generator.next.bind(generator);
  const end = generator.return.bind(generator);
  return Object.assign(generator, {
    next: async () => {
      try {
        const result = await next();
        if (result.done) onEnd();
        return result;
      } catch (error) {
        onEnd();
        throw error;
      }
    },
    return: (value: unknown) => {
      onEnd();
      return end(value);
    },
  }) as Stream;
}
