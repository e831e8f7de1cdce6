import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Services } from '../../engine/services/services.ts';
import type { Identity } from '../../platform/access/identity.ts';
import { isPassing } from '../../platform/storage/passing.ts';
import { type Gate, OverloadError } from '../admission/gate.ts';
import { LIMITS, type Limits } from '../admission/limits.ts';
import type { StreamCount } from '../admission/stream-count.ts';
import type { TimeShares } from '../admission/time-shares.ts';
import { createErrorMask } from '../graphql/mask-error.ts';
import type { PersistedOperations } from '../graphql/persisted.ts';
import { actorOfToken, bearerOf, localeOf, type Pipeline } from '../graphql/pipeline.ts';
import { isSameSite } from '../http/http.ts';
import { watchPresence } from '../live/presence.ts';
import { Connection } from './connection.ts';
import { messageTurns, readInbox } from './inbox.ts';
import { type Prepared, preparer } from './socket-operation.ts';
import { wire } from './wire.ts';

export interface SocketOptions {
  readonly server: Server;
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly identity: Identity;
  readonly origins: readonly string[];
  readonly gate: Gate;
  /** What the gate divides among those who ask; reading their messages counts as well. */
  readonly shares: TimeShares;
  readonly streamCount: StreamCount;
  readonly limits: Limits;
  readonly operations: PersistedOperations;
  /** Milliseconds for which a full socket is waited for. */
  readonly patienceMs?: number | undefined;
}

interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  connection?: Connection;
}

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
  gate,
  shares,
  streamCount,
  limits,
  operations,
  patienceMs = LIMITS.patienceMs,
}: SocketOptions): (spreadMs?: number) => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  const connections = new Map<WebSocket, Connection>();
  const mask = createErrorMask(services.log);
  const prepare = preparer({ pipeline, services, mask, patienceMs, gate, streamCount, limits, operations });
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

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: limits.initTimeoutMs,
    execute: (args) => (args as unknown as Prepared).rootValue.execute(args as ExecutionArgs) as never,
    subscribe: (args) => (args as unknown as Prepared).rootValue.subscribe(args as ExecutionArgs) as never,
    onConnect: async ({ connectionParams, extra }) => {
      const { socket, request } = extra;
      const token = bearerOf(connectionParams?.Authorization ?? connectionParams?.authorization);
      const actor = await actorOfToken(services, identity, token).catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        // The protocol's own word for a failure makes clients give up.
        socket.close(1013, 'The database does not answer; try again in a moment.');
        return null;
      });
      if (!actor || socket.readyState !== socket.OPEN) return false;
      const language = connectionParams?.['Accept-Language'] ?? request.headers['accept-language'];
      const locale = localeOf(typeof language === 'string' ? language : null);
      const connection = new Connection(socket, request.socket, actor, locale);
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
    onSubscribe: ({ extra, subscriptions }, id, params) => {
      const { connection, request } = extra;
      if (!connection || Object.keys(subscriptions).length > limits.subscriptionsPerSocket)
        return [tooMany(limits.subscriptionsPerSocket)];
      const prepared = gate
        .run(connection.actor.id, () => prepare({ connection, request, id, params }))
        .catch((error: unknown) => {
          if (error instanceof OverloadError) return [overloaded(error)];
          throw error;
        });
      return connection.track(prepared) as never;
    },
    // What ended a stream reaches the client as it would over HTTP.
    onError: (_ctx, _id, _payload, errors) => errors.map((error) => mask(error) as GraphQLError),
  });
  const turns = messageTurns(limits, shares);
  sockets.on('connection', (socket, request) => {
    const extra: Extra = { socket, request };
    const onError = (error: unknown) => services.log.debug({ err: error }, 'socket');
    const person = () => extra.connection?.actor.id;
    const read = (act: (message: string) => void) => readInbox({ socket, limits, turns, person, act });
    wire({ protocol, socket, extra, keepAliveMs: limits.keepAliveMs, read, onError });
  });
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
    await new Promise((resolve) => sockets.close(resolve));
    clearTimeout(farewell);
    server.off('upgrade', upgrade);
  };
}

function overloaded({ code, message }: OverloadError): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function tooMany(limit: number): GraphQLError {
  return new GraphQLError(`A socket has at most ${limit} subscriptions.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });
}
