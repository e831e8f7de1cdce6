import type { IncomingMessage } from 'node:http';
import type { DocumentNode, ExecutionArgs, GraphQLError, GraphQLSchema } from 'graphql';
import type { OperationResult } from 'graphql-ws';
import type { RequestContext } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import type { Locale } from '../../platform/values/text.ts';
import type { Pipeline } from './pipeline.ts';

/** The pipeline's functions for one operation that did not come to it as a request of HTTP. */
export interface Enveloped {
  readonly schema: GraphQLSchema;
  parse(text: string): DocumentNode;
  validate(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[];
  contextFactory(): RequestContext | Promise<RequestContext>;
  execute(args: ExecutionArgs): OperationResult;
  subscribe(args: ExecutionArgs): OperationResult;
}

/** An operation, and who asks. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly connection: { readonly locale: Locale };
  readonly actor: Actor | null;
  readonly params: object;
  /** By which it is found in logs; the request's own unless given. */
  readonly requestId?: string;
}

/** Takes an operation of a socket, or of a stream of events, to the pipeline. */
export function envelopedBy(pipeline: Pipeline, { request, connection, actor, params, requestId }: Asked): Enveloped {
  const initial = {
    // As a POST: Yoga refuses mutations by GET.
    request: new Request('http://transport/graphql', {
      method: 'POST',
      headers: { 'x-request-id': requestId ?? String(request.headers['x-request-id'] ?? '') },
    }),
    connection: { actor, locale: connection.locale },
    params,
  };
  // Yoga types its functions for the requests that it reads itself.
  return pipeline.getEnveloped(initial as never) as Enveloped;
}
