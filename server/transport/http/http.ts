import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { context as contexts, propagation } from '@opentelemetry/api';
import type { Services } from '../../engine/services/services.ts';
import type { Identity } from '../../platform/access/identity.ts';
import { isAway } from '../../platform/storage/outages/passing.ts';
import { ping } from '../../platform/storage/outages/ping.ts';
import { ofRequest, requestScope } from '../../platform/values/request-scope.ts';
import type { Limits } from '../admission/limits.ts';
import { precheck } from '../admission/precheck.ts';
import type { StreamCount } from '../admission/stream-count.ts';
import { anonymous, OverloadError, type Turns } from '../admission/turns.ts';
import type { PersistedOperations } from '../graphql/persisted.ts';
import { actorOfToken, bearerOf, type Pipeline } from '../graphql/pipeline.ts';
import type { ServeAlertEvents } from './alert-events.ts';
import type { BoardPage } from './board-page.ts';
import { allowOrigin, isListed, isSameSite } from './cors.ts';
import type { EventStreams } from './event-streams.ts';
import type { FileTransfers } from './file-transfers.ts';
import { answerMetrics, type MetricsPage, refuse, requestIdOf, secure, unavailable } from './http-answers.ts';
import { answerQuery, type Params } from './json-query.ts';
import { readJson } from './request-body.ts';

export interface HttpOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly identity: Identity;
  readonly turns: Turns;
  readonly limits: Limits;
  readonly operations: PersistedOperations;
  readonly streams: EventStreams;
  readonly streamCount: StreamCount;
  readonly alertEvents: ServeAlertEvents;
  /** Origins of other sites whose pages may send requests; none unless listed. */
  readonly origins: readonly string[];
  /** The board's page; without it there is none. */
  readonly board?: BoardPage | undefined;
  readonly files: FileTransfers;
  /** GraphiQL may be opened in a browser. */
  readonly isOpen: boolean;
  /** Whether the server takes new requests; false while it stops. */
  isReady(): boolean;
  /** Figures; without them there is no such page. */
  readonly metrics?: MetricsPage | undefined;
  /** Told of operations that were not begun. */
  readonly onRefused?: ((code: string) => void) | undefined;
  /** What a server that answers all the same does not do; null when all is well. */
  trouble(): { readonly code: string; readonly message: string } | null;
}

/** Ends an operation's turn. */
type Leave = () => void;

/** The HTTP server: admission in front of the pipeline (content type, size, origin, time, turns), health and readiness. */
export class HttpServer {
  readonly #options: HttpOptions;
  /** The server of Node, which takes the connections. */
  readonly server: Server;

  constructor(options: HttpOptions) {
    const { limits } = options;
    this.#options = options;
    this.server = createServer(
      {
        headersTimeout: limits.headersTimeoutMs,
        requestTimeout: limits.requestTimeoutMs,
        connectionsCheckingInterval: limits.lateCheckMs,
        keepAliveTimeout: 10_000,
        maxHeaderSize: 16 * 1024,
      },
      (request, response) => {
        const requestId = requestIdOf(request);
        request.headers['x-request-id'] = requestId;
        response.setHeader('x-request-id', requestId);
        const handle = () =>
          this.#handle(request, response).catch((error: unknown) => this.#brokeOff(error, request, response));
        // A caller's trace goes on here.
        const caller = propagation.extract(contexts.active(), request.headers);
        void contexts.with(caller, () => requestScope.run({ requestId }, handle));
      },
    );
    this.server.maxConnections = limits.connections;
  }

  #brokeOff(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    // Whoever went away in the middle of a request is told nothing, and it is no fault of ours.
    if (request.destroyed && !request.complete) {
      response.destroy();
      return;
    }
    this.#options.services.log.error({ ...ofRequest(), err: error }, 'a request broke off');
    if (!response.headersSent && isAway(error)) unavailable(response);
    else if (!response.headersSent) refuse(response, 500, 'INTERNAL', 'Unexpected error.');
    else response.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    secure(response);
    // While it is about to stop: the next request goes elsewhere.
    if (!this.#options.isReady()) response.setHeader('connection', 'close');
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/ready') return this.#ready(response);
    const { metrics } = this.#options;
    if (path === '/metrics' && metrics) return answerMetrics(request, response, metrics);
    const { board } = this.#options;
    if (board?.owns(path)) return this.#page(request, response, path, board);
    const isOfFile = this.#options.files.owns(path);
    if (path !== '/graphql' && path !== '/health' && !isOfFile)
      return refuse(response, 404, 'NOT_FOUND', 'There is /graphql, /files, /health and /ready.');
    if (!this.#mayCome(request, response)) return;
    if (request.method === 'OPTIONS') {
      response.writeHead(204);
      response.end();
      return;
    }
    if (isOfFile) return this.#transfer(request, response, path);
    const body = await this.#bodyOf(request, response);
    if (body === null) return;
    if (path === '/health') await this.#options.pipeline(request, response);
    else await this.#operate(request, response, body);
  }

  async #page(request: IncomingMessage, response: ServerResponse, path: string, board: BoardPage): Promise<void> {
    if (!this.#mayCome(request, response)) return;
    const body = request.method === 'POST' ? await readJson(request, response, this.#options.limits.bodyBytes) : null;
    if (request.method === 'POST' && body === null) return;
    await board.answer(request, response, path, body);
  }

  /** A file comes or goes: begun in its turn, as operations are, and then counted by itself, for it takes long and little. */
  async #transfer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const { files, services, identity } = this.#options;
    const leave = await this.#enter(await this.#whoOf(request), response, 0);
    if (!leave) return;
    leave();
    const actor = await actorOfToken(services, identity, bearerOf(request.headers.authorization));
    await files.answer(request, response, path, actor);
  }

  /** The page that asks may do so; false when it was refused. */
  #mayCome(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin, host } = request.headers;
    const { origins } = this.#options;
    if (origins.length > 0) response.setHeader('vary', 'origin');
    if (!origin) return true;
    const isOneOfOurs = isListed(origins, origin);
    if (isOneOfOurs) allowOrigin(request, response);
    if (isOneOfOurs || isSameSite(origin, host)) return true;
    refuse(response, 403, 'FORBIDDEN', 'This origin is not listed.');
    return false;
  }

  /** The body of a POST; undefined of other requests, null when it was refused. */
  async #bodyOf(request: IncomingMessage, response: ServerResponse): Promise<Buffer | undefined | null> {
    const { limits, isOpen } = this.#options;
    if (request.method === 'POST') {
      const body = await readJson(request, response, limits.bodyBytes);
      if (body) (request as IncomingMessage & { body?: unknown }).body = body;
      return body;
    }
    // GraphiQL is one page with everything inside.
    if (isOpen && request.headers.accept?.includes('text/html')) response.removeHeader('content-security-policy');
    return undefined;
  }

  /** Takes an operation to the pipeline, when it is its turn. */
  async #operate(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): Promise<void> {
    const { pipeline, streams, alertEvents } = this.#options;
    const who = await this.#whoOf(request);
    const leave = await this.#enter(who, response, body?.length ?? 0);
    if (!leave) return;
    try {
      const params = body ? this.#paramsOf(body, response) : undefined;
      if (params === null) return;
      if (request.headers.accept?.includes('text/event-stream')) {
        if (!this.#countStream(who, response, body)) return;
        // A stream holds its turn until it begins.
        leaveWhenBegun(response, leave);
        streams.add(response);
        if (body && (await alertEvents(request, response, body))) return;
      } else if (params && (await answerQuery(this.#options, request, response, params))) {
        return;
      }
      await pipeline(request, response);
    } finally {
      leave();
    }
  }

  /** The person of the token, or where somebody without one comes from. */
  async #whoOf({ headers, socket }: IncomingMessage): Promise<string> {
    const token = bearerOf(headers.authorization);
    const claims = token && (await this.#options.identity.verify(token));
    return claims ? claims.staffId : anonymous(socket.remoteAddress);
  }

  /** Waits for the operation's turn; null when it was refused. */
  async #enter(who: string, response: ServerResponse, bytes: number): Promise<Leave | null> {
    try {
      const leave = await this.#options.turns.enter(who, bytes);
      if (!response.destroyed) return leave;
      leave();
      return null;
    } catch (error) {
      if (!(error instanceof OverloadError)) throw error;
      this.#options.onRefused?.(error.code);
      response.setHeader('retry-after', Math.ceil(error.retryAfterMs / 1_000));
      refuse(response, 429, error.code, error.message);
      return null;
    }
  }

  /** A body's fields at the first look, cheaper than the pipeline's; null when it was refused, undefined where it is no object. */
  #paramsOf(body: Buffer, response: ServerResponse): Params | undefined | null {
    let params: unknown;
    try {
      params = JSON.parse(body.toString());
    } catch {
      refuse(response, 400, 'BAD_REQUEST', 'The body is no JSON.');
      return null;
    }
    if (Array.isArray(params)) {
      refuse(response, 400, 'BAD_REQUEST', 'Send one operation at a time.');
      return null;
    }
    if (typeof params !== 'object' || params === null) return undefined;
    const why = precheck(params, this.#options.limits);
    if (why) refuse(response, 400, 'TOO_COSTLY', why);
    return why ? null : (params as Params);
  }

  /** Counts a stream until it is closed; false when it was refused. Those with the same body share their work. */
  #countStream(who: string, response: ServerResponse, body: Buffer | undefined): boolean {
    try {
      const key = createHash('sha256')
        .update(body ?? '')
        .digest('base64url');
      response.once('close', this.#options.streamCount.add(who, key));
      return true;
    } catch (error) {
      refuse(response, 429, 'TOO_MANY_SUBSCRIPTIONS', (error as Error).message);
      return false;
    }
  }

  #ready(response: ServerResponse): void {
    const { isReady, trouble, services } = this.#options;
    if (!isReady()) {
      refuse(response, 503, 'STOPPING', 'The server stops.');
      return;
    }
    ping(services.database.prisma).then(
      () => {
        const why = trouble();
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ status: 'ready', ...(why && { jobs: { code: why.code, message: why.message } }) }),
        );
      },
      () => unavailable(response),
    );
  }
}

/** Whoever asks for a stream of events has had a turn when the first byte leaves. */
function leaveWhenBegun(response: ServerResponse, leave: () => void): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    leave();
    return writeHead(...args);
  };
}
