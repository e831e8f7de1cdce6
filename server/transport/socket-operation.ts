import type { IncomingMessage } from 'node:http';
import type { DocumentNode, ExecutionArgs, GraphQLError, GraphQLSchema } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { may } from '../access/permissions.ts';
import type { RequestContext, Services } from '../context.ts';
import { followOnSocket } from './alert-socket.ts';
import { readAlertSubscription } from './alert-subscription.ts';
import type { Connection } from './connection.ts';
import type { Pipeline } from './pipeline.ts';

export interface PreparerOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly mask: (error: unknown) => Error;
  readonly patienceMs: number;
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
export function preparer({ pipeline, services, mask, patienceMs }: PreparerOptions) {
  return async ({ connection, request, id, params }: Requested): Promise<Prepared | readonly GraphQLError[]> => {
    // Whoever left or lost a right acts with what is left of it, from the next operation on.
    const actor = await services.actors.again(connection.actor);
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
      const document = parse(params.query);
      const errors = validate(schema, document);
      if (errors.length > 0) return errors as GraphQLError[];
      const contextValue = (await contextFactory()) as RequestContext;
      const { requestId } = contextValue;
      const mayFollow = actor !== null && may(actor, 'followAlerts');
      const alerts = mayFollow && readAlertSubscription(schema, document, params.operationName, params.variables);
      return {
        schema,
        document,
        operationName: params.operationName,
        variableValues: params.variables,
        contextValue,
        rootValue: {
          execute: (args) => connection.track(execute(args)),
          subscribe: alerts
            ? () => followOnSocket({ services, connection, subscription: alerts, mask, id, requestId, patienceMs })
            : subscribe,
        },
      };
    } catch (error) {
      return [mask(error) as GraphQLError];
    }
  };
}
