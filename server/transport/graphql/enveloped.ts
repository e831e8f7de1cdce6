import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
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
  contextFactory(): Promise<RequestContext>;
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

/** Takes an operation that came as JSON to the pipeline; of a request the pipeline reads its headers and its method. */
export function envelopedPost(pipeline: Pipeline, headers: IncomingHttpHeaders, params: object): Enveloped {
  const request = { method: 'POST', headers: { get: (name: string) => headers[name] ?? null } };
  return typed(pipeline, { request, params });
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
  return typed(pipeline, initial);
}

function typed(pipeline: Pipeline, initial: object): Enveloped {
  // Yoga types its functions for the requests that it reads itself.
  const { contextFactory, ...enveloped } = pipeline.getEnveloped(initial as never) as Enveloped;
  return { ...enveloped, contextFactory: async () => contextFactory() };
}
