import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import {
  GRAPHQL_TRANSPORT_WS_PROTOCOL,
  makeServer,
  type Server as ProtocolServer,
  type SubscribePayload,
} from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Services } from '../../engine/services/services.ts';
import type { Identity } from '../../platform/access/identity.ts';
import { isAway, isPassing } from '../../platform/storage/outages/passing.ts';
import type { CpuShare } from '../admission/cpu-share.ts';
import { LIMITS, type Limits } from '../admission/limits.ts';
import type { StreamCount } from '../admission/stream-count.ts';
import { OverloadError, type Turns } from '../admission/turns.ts';
import { notReady } from '../graphql/event-result.ts';
import { createErrorMask, type ErrorMask } from '../graphql/mask-error.ts';
import type { PersistedOperations } from '../graphql/persisted.ts';
import { actorOfToken, bearerOf, type Pipeline } from '../graphql/pipeline.ts';
import { errorIn, localeOf } from '../graphql/reader-language.ts';
import { isListed, isSameSite } from '../http/cors.ts';
import { watchSessions } from '../live/session-watch.ts';
import { attachProtocol } from './attach-protocol.ts';
import { Connection } from './connection.ts';
import { messageTurns, readMessages } from './message-reader.ts';
import { type Prepared, preparer, type Requested } from './socket-operation.ts';

export interface SocketOptions {
  readonly server: Server;
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly identity: Identity;
  readonly origins: readonly string[];
  readonly turns: Turns;
  /** What the turns divide among those who ask; reading their messages counts as well. */
  readonly cpuShare: CpuShare;
  readonly streamCount: StreamCount;
  readonly limits: Limits;
  readonly operations: PersistedOperations;
  /** Milliseconds for which a full socket is waited for. */
  readonly slowReaderMs?: number | undefined;
}

interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  connection?: Connection;
}

type Protocol = ProtocolServer<Extra>;

/** Milliseconds that a socket has to answer the close when the server stops. */
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * GraphQL over WebSocket (graphql-transport-ws) on the HTTP server, through the same pipeline. A socket belongs to the
 * person of its `connection_init` and ends with the token, unless a `ping` brings a newer one (decision 0009).
 */
export class SocketServer {
  readonly #options: SocketOptions;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Map<WebSocket, Connection>();
  readonly #mask: ErrorMask;
  readonly #prepare: (requested: Requested) => Promise<Prepared | readonly GraphQLError[]>;
  readonly #readingTurns: Turns;
  readonly #endWatch: () => void;
  #isStopping = false;

  constructor(options: SocketOptions) {
    const { server, services, limits, cpuShare, slowReaderMs = LIMITS.slowReaderMs } = options;
    this.#options = options;
    this.#mask = createErrorMask(services.log);
    this.#prepare = preparer({ ...options, mask: this.#mask, slowReaderMs });
    this.#readingTurns = messageTurns(limits, cpuShare);
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: limits.messageBytes,
      perMessageDeflate: false,
      handleProtocols: (protocols) =>
        protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
    });
    const protocol = this.#protocol();
    this.#sockets.on('connection', (socket, request) => this.#attach(protocol, { socket, request }));
    server.on('upgrade', this.#upgrade);
    this.#endWatch = watchSessions(this.#connections, services.actors);
  }

  /**
   * Ends all sockets: with a code that makes clients reconnect, spread over `spreadMs`, each after its running operations
   * are answered.
   */
  async close(spreadMs = 0): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#sockets.clients].map((client) => this.#closeOne(client, spreadMs)));
    this.#endWatch();
    // Whoever does not read the close has no time to wait for: the process ends.
    const timer = setTimeout(() => {
      for (const client of this.#sockets.clients) client.terminate();
    }, CLOSE_TIMEOUT_MS);
    await new Promise((resolve) => this.#sockets.close(resolve));
    clearTimeout(timer);
    this.#options.server.off('upgrade', this.#upgrade);
  }

  async #closeOne(client: WebSocket, spreadMs: number): Promise<void> {
    if (spreadMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * spreadMs));
    const connection = this.#connections.get(client);
    await connection?.finished(LIMITS.finishMs);
    if (connection) connection.close('GOING_AWAY');
    else client.close(1001, 'The server stops; connect again.');
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = this.#upgradeRefusal(request);
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => this.#sockets.emit('connection', client, request));
  };

  /** The status with which an upgrade is refused; null where it may be made. */
  #upgradeRefusal({ headers: { origin, host }, url }: IncomingMessage): string | null {
    if (this.#isStopping) return '503 Service Unavailable';
    if ((url ?? '/').split('?')[0] !== '/graphql') return '404 Not Found';
    const mayConnect = !origin || isSameSite(origin, host) || isListed(this.#options.origins, origin);
    return mayConnect ? null : '403 Forbidden';
  }

  #attach(protocol: Protocol, extra: Extra): void {
    const { services, limits } = this.#options;
    const { socket } = extra;
    attachProtocol({
      protocol,
      socket,
      extra,
      keepAliveMs: limits.keepAliveMs,
      read: (act) =>
        readMessages({
          socket,
          limits,
          turns: this.#readingTurns,
          person: () => extra.connection?.actor.id,
          act: (message) => act(withQuery(message)),
        }),
      onError: (error) => services.log.debug({ err: error }, 'socket'),
    });
  }

  #protocol(): Protocol {
    return makeServer<Record<string, unknown>, Extra>({
      connectionInitWaitTimeout: this.#options.limits.initTimeoutMs,
      execute: (args) => rootOf(args).execute(args),
      subscribe: (args) => rootOf(args).subscribe(args),
      onConnect: ({ connectionParams, extra }) => this.#connect(extra, connectionParams ?? {}),
      onPing: ({ extra: { connection } }, payload) => this.#renew(connection, payload ?? {}),
      onSubscribe: ({ extra, subscriptions }, id, params) =>
        this.#begin(extra, Object.keys(subscriptions).length, id, params),
      // What ended a stream reaches the client as it would over HTTP.
      onError: ({ extra: { connection } }, _id, _payload, errors) =>
        errors.map((error) => this.#mask(isAway(error) ? notReady() : error, connection?.locale)),
    });
  }

  /** Takes the person of `connection_init`. @returns false closes the socket */
  async #connect(extra: Extra, params: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { services, identity } = this.#options;
    const { socket, request } = extra;
    const token = bearerOf(params.Authorization ?? params.authorization);
    const actor = await actorOfToken(services, identity, token).catch((error: unknown) => {
      if (!isPassing(error)) throw error;
      // The protocol's own word for a failure makes clients give up.
      socket.close(1013, 'The database does not answer; try again in a moment.');
      return null;
    });
    if (!actor || socket.readyState !== socket.OPEN) return false;
    const language = params['Accept-Language'] ?? request.headers['accept-language'];
    const locale = localeOf(typeof language === 'string' ? language : null);
    const connection = new Connection(socket, request.socket, actor, locale);
    extra.connection = connection;
    this.#connections.set(socket, connection);
    socket.once('close', () => this.#connections.delete(socket));
    return true;
  }

  /** A ping may bring a newer token of the same person. */
  async #renew(connection: Connection | undefined, payload: Readonly<Record<string, unknown>>): Promise<void> {
    const { services, identity } = this.#options;
    const authorization = payload.Authorization ?? payload.authorization;
    if (!connection || authorization === undefined) return;
    const token = bearerOf(authorization);
    const claims = token && (await identity.verify(token));
    if (claims && claims.staffId === connection.actor.id) services.actors.renew(connection.actor, claims);
    else connection.close('FORBIDDEN');
  }

  /** Prepares an operation when its turn comes. */
  #begin({ connection, request }: Extra, running: number, id: string, params: SubscribePayload) {
    const { turns, limits } = this.#options;
    if (!connection || running > limits.subscriptionsPerSocket)
      return [errorIn(tooMany(limits.subscriptionsPerSocket), connection?.locale ?? 'EN')];
    const prepared = turns
      .run(connection.actor.id, () => this.#prepare({ connection, request, id, params }))
      .catch((error: unknown) => {
        if (error instanceof OverloadError) return [errorIn(overloaded(error), connection.locale)];
        throw error;
      });
    return connection.track(prepared);
  }
}

/** The functions that run an operation, as it was prepared. */
function rootOf({ rootValue }: Pick<ExecutionArgs, 'rootValue'>): Prepared['rootValue'] {
  return rootValue as Prepared['rootValue'];
}

function overloaded({ code, message }: OverloadError): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function tooMany(limit: number): GraphQLError {
  return new GraphQLError(`A socket has at most ${limit} subscriptions.`, {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  });
}

/**
 * The protocol asks for a document in every message that begins an operation. One that is named instead has none, and would cost
 * the client its socket, so it gets an empty one.
 */
function withQuery(message: string): string {
  if (!message.includes('"documentId"') && !message.includes('"persistedQuery"')) return message;
  try {
    const parsed = JSON.parse(message) as { type?: unknown; payload?: { query?: unknown } | null };
    if (parsed.type !== 'subscribe' || !parsed.payload || parsed.payload.query != null) return message;
    return JSON.stringify({ ...parsed, payload: { ...parsed.payload, query: '' } });
  } catch {
    // The protocol has the words for what is no message.
    return message;
  }
}
