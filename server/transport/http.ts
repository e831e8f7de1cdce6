import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Services } from '../context.ts';
import type { ServeAlertEvents } from './alert-events.ts';
import type { EventStreams } from './event-streams.ts';
import { LIMITS } from './limits.ts';
import type { Pipeline } from './pipeline.ts';

export interface HttpOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly streams: EventStreams;
  readonly alertEvents: ServeAlertEvents;
  /** Origins of other sites whose pages may send requests; none unless listed. */
  readonly origins: readonly string[];
  /** GraphiQL may be opened in a browser. */
  readonly isOpen: boolean;
  /** Whether the server takes new requests; false while it stops. */
  isReady(): boolean;
}

/** The HTTP server: the gate in front of the pipeline (content type, size, origin, time), health and readiness. */
export function createHttpServer({
  pipeline,
  services,
  streams,
  alertEvents,
  origins,
  isOpen,
  isReady,
}: HttpOptions): Server {
  const server = createServer(
    {
      headersTimeout: LIMITS.headersTimeoutMs,
      requestTimeout: LIMITS.requestTimeoutMs,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: 10_000,
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      handle(request, response).catch((error: unknown) => {
        services.log.error({ err: error }, 'a request broke off');
        if (!response.headersSent) refuse(response, 500, 'INTERNAL', 'Unexpected error.');
        else response.destroy();
      });
    },
  );

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
    if (request.method === 'POST') {
      const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/json') {
        request.resume();
        return refuse(response, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Send application/json.');
      }
      const body = await readBody(request);
      if (body === null)
        return refuse(response, 413, 'BODY_TOO_LARGE', `A body has at most ${LIMITS.bodyBytes} bytes.`, true);
      (request as IncomingMessage & { body?: unknown }).body = body;
    } else if (isOpen && request.headers.accept?.includes('text/html')) {
      // GraphiQL is one page with everything inside.
      response.removeHeader('content-security-policy');
    }
    if (request.headers.accept?.includes('text/event-stream')) {
      streams.add(response);
      const { body } = request as { body?: Buffer };
      if (body && (await alertEvents(request, response, body))) return;
    }
    await pipeline(request, response);
  }

  function ready(response: ServerResponse): void {
    if (!isReady()) {
      refuse(response, 503, 'STOPPING', 'The server stops.');
      return;
    }
    services.database.prisma.$queryRaw`select 1`.then(
      () => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"status":"ready"}');
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
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-headers', 'authorization, content-type, x-request-id');
  response.setHeader('access-control-allow-methods', 'POST, GET');
  response.setHeader('vary', 'origin');
}

/** The body, or null when it is too large; then nothing more of it is read. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > LIMITS.bodyBytes) return null;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LIMITS.bodyBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
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
