import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Services } from '../../engine/services/services.ts';
import type { Identity } from '../../platform/access/identity.ts';
import { anonymous, type Gate, OverloadError } from '../admission/gate.ts';
import type { Limits } from '../admission/limits.ts';
import { screen } from '../admission/screen.ts';
import type { StreamCount } from '../admission/stream-count.ts';
import { bearerOf, type Pipeline } from '../graphql/pipeline.ts';
import type { ServeAlertEvents } from './alert-events.ts';
import type { EventStreams } from './event-streams.ts';

export interface HttpOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly identity: Identity;
  readonly gate: Gate;
  readonly limits: Limits;
  readonly streams: EventStreams;
  readonly streamCount: StreamCount;
  readonly alertEvents: ServeAlertEvents;
  /** Origins of other sites whose pages may send requests; none unless listed. */
  readonly origins: readonly string[];
  /** GraphiQL may be opened in a browser. */
  readonly isOpen: boolean;
  /** Whether the server takes new requests; false while it stops. */
  isReady(): boolean;
  /** What a server that answers all the same does not do; null when all is well. */
  trouble(): { readonly code: string; readonly message: string } | null;
}

/** The HTTP server: the gate in front of the pipeline (content type, size, origin, time, turns), health and readiness. */
export function createHttpServer({
  pipeline,
  services,
  identity,
  gate,
  limits,
  streams,
  streamCount,
  alertEvents,
  origins,
  isOpen,
  isReady,
  trouble,
}: HttpOptions): Server {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.lateCheckMs,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        // Whoever went away in the middle of a request is told nothing, and it is no fault of ours.
        if (request.destroyed && !request.complete) return response.destroy();
        services.log.error({ err: error }, 'a request broke off');
        if (!response.headersSent) refuse(response, 500, 'INTERNAL', 'Unexpected error.');
        else response.destroy();
      });
    },
  );
  server.maxConnections = limits.connections;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    secure(response);
    const path = (request.url ?? '/').split('?')[0];
    if (path === '/ready') return ready(response);
    if (path !== '/graphql' && path !== '/health')
      return refuse(response, 404, 'NOT_FOUND', 'There is /graphql, /health and /ready.');
    const { origin, host } = request.headers;
    if (origin && !isSameSite(origin, host) && !origins.includes(origin)) {
      return refuse(response, 403, 'FORBIDDEN', 'This origin is not listed.');
    }
    if (origin && origins.includes(origin)) allowOrigin(response, origin);
    if (request.method === 'OPTIONS') {
      response.writeHead(204);
      response.end();
      return;
    }
    let body: Buffer | undefined;
    if (request.method === 'POST') {
      const read = await readJson(request, response, limits.bodyBytes);
      if (!read) return;
      body = read;
      (request as IncomingMessage & { body?: unknown }).body = body;
    } else if (isOpen && request.headers.accept?.includes('text/html')) {
      // GraphiQL is one page with everything inside.
      response.removeHeader('content-security-policy');
    }
    if (path === '/health') {
      await pipeline(request, response);
      return;
    }
    const who = await whoOf(request);
    const leave = await enter(who, response, body?.length ?? 0);
    if (!leave) return;
    try {
      if (body && !mayRead(body, response)) return;
      if (request.headers.accept?.includes('text/event-stream')) {
        if (!countStream(who, response, body)) return;
        // A stream holds its turn until it begins.
        leaveWhenBegun(response, leave);
        streams.add(response);
        if (body && (await alertEvents(request, response, body))) return;
      }
      await pipeline(request, response);
    } finally {
      leave();
    }
  }

  /** The person of the token, or where somebody without one comes from. */
  async function whoOf({ headers, socket }: IncomingMessage): Promise<string> {
    const token = bearerOf(headers.authorization);
    const claims = token && (await identity.verify(token));
    return claims ? claims.staffId : anonymous(socket.remoteAddress);
  }

  /** Counts a stream until it is closed; false when it was refused. Those with the same body share their work. */
  function countStream(who: string, response: ServerResponse, body: Buffer | undefined): boolean {
    try {
      const key = createHash('sha256')
        .update(body ?? '')
        .digest('base64url');
      response.once('close', streamCount.add(who, key));
      return true;
    } catch (error) {
      refuse(response, 429, 'TOO_MANY_SUBSCRIPTIONS', (error as Error).message);
      return false;
    }
  }

  /** The first look at a body, cheaper than the pipeline's; false when it was refused. */
  function mayRead(body: Buffer, response: ServerResponse): boolean {
    let params: unknown;
    try {
      params = JSON.parse(body.toString());
    } catch {
      refuse(response, 400, 'BAD_REQUEST', 'The body is no JSON.');
      return false;
    }
    if (Array.isArray(params)) {
      refuse(response, 400, 'BAD_REQUEST', 'Send one operation at a time.');
      return false;
    }
    const why = typeof params === 'object' && params !== null ? screen(params, limits) : null;
    if (why) refuse(response, 400, 'TOO_COSTLY', why);
    return why === null;
  }

  /** Waits for the operation's turn; null when it was refused. */
  async function enter(who: string, response: ServerResponse, bytes: number): Promise<(() => void) | null> {
    try {
      const leave = await gate.enter(who, bytes);
      if (!response.destroyed) return leave;
      leave();
      return null;
    } catch (error) {
      if (!(error instanceof OverloadError)) throw error;
      response.setHeader('retry-after', Math.ceil(error.retryAfterMs / 1_000));
      refuse(response, 429, error.code, error.message);
      return null;
    }
  }

  function ready(response: ServerResponse): void {
    if (!isReady()) {
      refuse(response, 503, 'STOPPING', 'The server stops.');
      return;
    }
    services.database.prisma.$queryRaw`select 1`.then(
      () => {
        const why = trouble();
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ status: 'ready', ...(why && { jobs: { code: why.code, message: why.message } }) }),
        );
      },
      () => refuse(response, 503, 'NOT_READY', 'The database does not answer.'),
    );
  }

  return server;
}

/** The page is one of the server's own. */
export function isSameSite(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

function secure(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-headers', 'authorization, content-type, x-request-id');
  response.setHeader('access-control-allow-methods', 'POST, GET');
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
  response.setHeader('vary', 'origin');
}

/** The body of a request that has one of JSON; null when it was refused. */
async function readJson(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Buffer | null> {
  const [type, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.find((one) => one.trim().startsWith('charset='))?.trim();
  if (type?.trim() !== 'application/json' || (charset && !/^charset="?utf-?8"?$/.test(charset))) {
    request.resume();
    refuse(response, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Send application/json, in UTF-8.');
    return null;
  }
  const body = await readBody(request, limit);
  if (body === null) {
    refuse(response, 413, 'BODY_TOO_LARGE', `A body has at most ${limit} bytes.`, true);
    return null;
  }
  if (!isUtf8(body)) {
    refuse(response, 400, 'INVALID_INPUT', 'The body is not UTF-8.');
    return null;
  }
  return body;
}

/** The body, or null when it is too large; then nothing more of it is read. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return null;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Whoever asks for a stream of events has had a turn when the first byte leaves. */
function leaveWhenBegun(response: ServerResponse, leave: () => void): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    leave();
    return writeHead(...args);
  };
}

/** Answers with a code as GraphQL errors have it. */
function refuse(response: ServerResponse, status: number, code: string, message: string, close = false): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    ...(close && { connection: 'close' }),
  });
  response.end(body);
}
