import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Identity } from '../access/identity.ts';
import { may } from '../access/permissions.ts';
import type { RequestContext, Services } from '../context.ts';
import { followOnSocket } from './alert-socket.ts';
import { readAlertSubscription } from './alert-subscription.ts';
import { Connection } from './connection.ts';
import { isSameSite } from './http.ts';
import { LIMITS } from './limits.ts';
import { createErrorMask } from './mask-error.ts';
import { actorOfToken, bearerOf, localeOf, type Pipeline } from './pipeline.ts';
import { watchPresence } from './presence.ts';

export interface SocketOptions {
  readonly server: Server;
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly identity: Identity;
  readonly origins: readonly string[];
  /** Milliseconds for which a full socket is waited for. */
  readonly patienceMs?: number | undefined;
}

interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  connection?: Connection;
}

type Executing = ExecutionArgs & {
  rootValue: { execute(args: ExecutionArgs): unknown; subscribe(args: ExecutionArgs): unknown };
};

/** Milliseconds that a socket has to answer the close when the server stops. */
const FAREWELL_MS = 1_000;

/**
 * GraphQL over WebSocket (graphql-transport-ws) on the HTTP server, through the same pipeline. A socket belongs to the
 * person of its `connection_init` and ends with the token, unless a `ping` brings a newer one (decision 0009).
 *
 * @returns ends all sockets: with a code that makes clients reconnect, spread over `spreadMs`, each after its running
 *   operations are answered
 */
export function serveSockets({
  server,
  pipeline,
  services,
  identity,
  origins,
  patienceMs = LIMITS.patienceMs,
}: SocketOptions): (spreadMs?: number) => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.messageBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  const connections = new Map<WebSocket, Connection>();
  const mask = createErrorMask(services.log);
  let isStopping = false;
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { origin, host } = request.headers;
    const path = (request.url ?? '/').split('?')[0];
    const mayConnect = !origin || isSameSite(origin, host) || origins.includes(origin);
    const refusal = isStopping
      ? '503 Service Unavailable'
      : path !== '/graphql'
        ? '404 Not Found'
        : mayConnect
          ? null
          : '403 Forbidden';
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  };
  server.on('upgrade', upgrade);
  // A frame that is too large or a connection that breaks: ws has closed the socket, and nobody else need know.
  sockets.on('connection', (client) => client.on('error', (error) => services.log.debug({ err: error }, 'socket')));

  const cleanup = useServer<Record<string, unknown>, Extra>(
    {
      connectionInitWaitTimeout: LIMITS.initTimeoutMs,
      execute: (args) => {
        const result = (args as unknown as Executing).rootValue.execute(args as ExecutionArgs);
        connectionsByContext.get(args.contextValue as object)?.track(result);
        return result as never;
      },
      subscribe: (args) => (args as unknown as Executing).rootValue.subscribe(args as ExecutionArgs) as never,
      onConnect: async ({ connectionParams, extra }) => {
        const { socket, request } = extra;
        const token = bearerOf(connectionParams?.Authorization ?? connectionParams?.authorization);
        const actor = await actorOfToken(services, identity, token);
        if (!actor || socket.readyState !== socket.OPEN) return false;
        const language = connectionParams?.['Accept-Language'] ?? request.headers['accept-language'];
        const connection = new Connection(socket, actor, localeOf(typeof language === 'string' ? language : null));
        extra.connection = connection;
        connections.set(socket, connection);
        socket.once('close', () => connections.delete(socket));
        return true;
      },
      onPing: async ({ extra: { connection } }, payload) => {
        const authorization = payload?.Authorization ?? payload?.authorization;
        if (!connection || authorization === undefined) return;
        const token = bearerOf(authorization);
        const claims = token && (await identity.verify(token));
        if (claims && claims.staffId === connection.actor.id) services.actors.renew(connection.actor, claims);
        else connection.close('FORBIDDEN');
      },
      onSubscribe: async (ctx, id, params) => {
        const { connection, request } = ctx.extra;
        if (!connection) return [tooMany()];
        if (Object.keys(ctx.subscriptions).length > LIMITS.subscriptionsPerSocket) return [tooMany()];
        // Whoever left or lost a right acts with what is left of it, from the next operation on.
        const actor = await services.actors.again(connection.actor);
        const { schema, execute, subscribe, contextFactory, parse, validate } = pipeline.getEnveloped({
          request: new Request('http://socket/graphql', {
            headers: { 'x-request-id': String(request.headers['x-request-id'] ?? '') },
          }),
          connection: { actor, locale: connection.locale },
          params,
        } as never);
        try {
          const document = parse(params.query);
          const errors = validate(schema, document);
          if (errors.length > 0) return errors;
          const contextValue = (await contextFactory()) as RequestContext;
          connectionsByContext.set(contextValue, connection);
          const alerts =
            actor && may(actor, 'followAlerts')
              ? readAlertSubscription(schema, document, params.operationName, params.variables)
              : null;
          const { requestId } = contextValue;
          const follow =
            alerts &&
            (() => followOnSocket({ services, connection, subscription: alerts, mask, id, requestId, patienceMs }));
          return {
            schema,
            document,
            operationName: params.operationName,
            variableValues: params.variables,
            contextValue,
            rootValue: { execute, subscribe: follow ?? subscribe },
          } as never;
        } catch (error) {
          return [mask(error)] as never;
        }
      },
      // What ended a stream reaches the client as it would over HTTP.
      onError: (_ctx, _id, _payload, errors) => errors.map((error) => mask(error) as GraphQLError),
    },
    sockets,
    LIMITS.keepAliveMs,
  );
  const endWatch = watchPresence(connections, services.actors);

  return async (spreadMs = 0) => {
    isStopping = true;
    await Promise.all(
      [...sockets.clients].map(async (client) => {
        if (spreadMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * spreadMs));
        const connection = connections.get(client);
        await connection?.finished(LIMITS.finishMs);
        if (connection) connection.close('GOING_AWAY');
        else client.close(1001, 'The server stops; connect again.');
      }),
    );
    endWatch();
    // Whoever does not read the close has no time to wait for: the process ends.
    const farewell = setTimeout(() => {
      for (const client of sockets.clients) client.terminate();
    }, FAREWELL_MS);
    await cleanup.dispose();
    clearTimeout(farewell);
    server.off('upgrade', upgrade);
  };
}

/** Which socket an operation came over; its context is made by the pipeline, which knows of no sockets. */
const connectionsByContext = new WeakMap<object, Connection>();

function tooMany(): GraphQLError {
  return new GraphQLError(`A socket has at most ${LIMITS.subscriptionsPerSocket} subscriptions.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });
}
