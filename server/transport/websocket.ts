import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Actor } from '../access/actor.ts';
import type { Identity } from '../access/identity.ts';
import { may } from '../access/permissions.ts';
import type { RequestContext, Services } from '../context.ts';
import type { Locale } from '../policy/text.ts';
import { followOnSocket, readAlertSubscription } from './alert-socket.ts';
import { isSameSite } from './http.ts';
import { LIMITS } from './limits.ts';
import { actorOfToken, bearerOf, localeOf, type Pipeline } from './pipeline.ts';

export interface SocketOptions {
  readonly server: Server;
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly identity: Identity;
  readonly origins: readonly string[];
}

interface Connection {
  readonly actor: Actor;
  readonly locale: Locale;
  readonly expiry: NodeJS.Timeout;
}

interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  connection?: Connection;
}

type Executing = ExecutionArgs & {
  rootValue: { execute(args: ExecutionArgs): never; subscribe(args: ExecutionArgs): never };
};

/** Close codes beyond those of the protocol; docs/errors.md explains them. */
const CLOSE = { GOING_AWAY: 1001, FORBIDDEN: 4403 } as const;

/** The longest that a Node timer can wait. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * GraphQL over WebSocket (graphql-transport-ws) on the HTTP server, through the same pipeline. A socket belongs to the
 * person of its `connection_init` and ends with the token.
 *
 * @returns ends all sockets: with a code that makes clients reconnect, spread over `spreadMs`
 */
export function serveSockets({
  server,
  pipeline,
  services,
  identity,
  origins,
}: SocketOptions): (spreadMs?: number) => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { origin, host } = request.headers;
    const path = (request.url ?? '/').split('?')[0];
    const mayConnect = !origin || isSameSite(origin, host) || origins.includes(origin);
    if (path !== '/graphql' || !mayConnect) {
      socket.end(`HTTP/1.1 ${mayConnect ? '404 Not Found' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  };
  server.on('upgrade', upgrade);

  const cleanup = useServer<Record<string, unknown>, Extra>(
    {
      connectionInitWaitTimeout: LIMITS.initTimeoutMs,
      execute: (args) => (args as unknown as Executing).rootValue.execute(args as ExecutionArgs),
      subscribe: (args) => (args as unknown as Executing).rootValue.subscribe(args as ExecutionArgs),
      onConnect: async ({ connectionParams, extra }) => {
        const actor = await actorOfToken(
          services,
          identity,
          bearerOf(connectionParams?.Authorization ?? connectionParams?.authorization),
        );
        if (!actor) return false;
        const lifetime = Math.min(Math.max(0, actor.expiresAt - Date.now()), MAX_TIMER);
        const expiry = setTimeout(() => extra.socket.close(CLOSE.FORBIDDEN, 'The token has ended.'), lifetime);
        expiry.unref();
        const language = connectionParams?.['Accept-Language'] ?? extra.request.headers['accept-language'];
        extra.connection = { actor, expiry, locale: localeOf(typeof language === 'string' ? language : null) };
        return true;
      },
      onSubscribe: async (ctx, id, params) => {
        if (Object.keys(ctx.subscriptions).length > LIMITS.subscriptionsPerSocket) {
          return [tooMany()];
        }
        const { connection, request } = ctx.extra;
        // Whoever left or lost a right acts with what is left of it, from the next operation on.
        const actor = connection ? await services.actors.again(connection.actor) : null;
        const enveloped = pipeline.getEnveloped({
          request: new Request('http://socket/graphql', {
            headers: { 'x-request-id': String(request.headers['x-request-id'] ?? '') },
          }),
          connection: { actor, locale: connection?.locale ?? 'EN' },
          params,
        } as never);
        const { schema, execute, subscribe, contextFactory, parse, validate } = enveloped;
        try {
          const document = parse(params.query);
          const errors = validate(schema, document);
          if (errors.length > 0) return errors;
          const contextValue = (await contextFactory()) as RequestContext;
          const alerts =
            actor && may(actor, 'followAlerts')
              ? readAlertSubscription(schema, document, params.operationName, params.variables)
              : null;
          const follow =
            alerts &&
            actor &&
            (() =>
              followOnSocket({
                services,
                socket: ctx.extra.socket,
                subscription: alerts,
                documentText: params.query,
                variablesText: JSON.stringify(params.variables ?? {}),
                id,
                actor,
                locale: contextValue.locale,
                requestId: contextValue.requestId,
              }));
          return {
            schema,
            document,
            operationName: params.operationName,
            variableValues: params.variables,
            contextValue,
            rootValue: { execute, subscribe: follow ?? subscribe },
          } as never;
        } catch (error) {
          return [error as Error] as never;
        }
      },
      onDisconnect: ({ extra }) => clearTimeout(extra.connection?.expiry),
    },
    sockets,
    LIMITS.keepAliveMs,
  );

  return async (spreadMs = 0) => {
    server.off('upgrade', upgrade);
    await Promise.all(
      [...sockets.clients].map(async (client) => {
        if (spreadMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * spreadMs));
        client.close(CLOSE.GOING_AWAY, 'The server stops; connect again.');
      }),
    );
    await cleanup.dispose();
  };
}

function tooMany(): GraphQLError {
  return new GraphQLError(`A socket has at most ${LIMITS.subscriptionsPerSocket} subscriptions.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });
}
