import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodingFor } from '../graphql/encoded-answers.ts';
import type { TokenFor } from '../graphql/graphiql.ts';
import { isLocalName } from '../graphql/local-name.ts';
import { refuse } from './http-answers.ts';

/** A person of the demo whom one may look on as. */
export interface DemoPerson {
  readonly number: string;
  readonly name: string;
  readonly title: { readonly en: string; readonly zh: string };
}

export interface BoardOptions {
  /** Where the built page is; a file URL that ends in a slash. It may come a moment later than the server. */
  readonly folder: URL;
  /** In the demo: its people, and the token of one of them; null where there is nobody of the number. */
  readonly demo?: {
    readonly people: () => Promise<readonly DemoPerson[]>;
    readonly token: TokenFor;
  };
  /** Elsewhere: how people sign in. */
  readonly signIn?: { readonly issuer: string; readonly clientId: string; readonly scope: string };
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Files of the page are named by their hash, so that they never change. */
const ASSET = /^\/(assets\/[\w-]+\.(?:js|css|svg))$/;

/** The one page of the board, with what it has to know of the server. */
export class BoardPage {
  readonly #options: BoardOptions;
  readonly #policy: string;

  constructor(options: BoardOptions) {
    this.#options = options;
    const provider = options.signIn ? ` ${new URL(options.signIn.issuer).origin}` : '';
    this.#policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self'${provider}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ].join('; ');
  }

  /** Whether the path is one of the page's. */
  owns(path: string): boolean {
    return path === '/' || path === '/board/settings.json' || path === '/board/token' || ASSET.test(path);
  }

  /** @param body of a POST */
  async answer(request: IncomingMessage, response: ServerResponse, path: string, body: Buffer | null): Promise<void> {
    if (path === '/board/settings.json') return this.#settings(response);
    if (path === '/board/token') return this.#token(request, response, body);
    return this.#file(request, response, path === '/' ? 'index.html' : (ASSET.exec(path)?.[1] ?? ''));
  }

  async #settings(response: ServerResponse): Promise<void> {
    const { demo, signIn = null } = this.#options;
    json(response, { demo: demo ? { people: await demo.people() } : null, signIn });
  }

  /** A token of a person of the demo, for pages of this server alone. */
  async #token(request: IncomingMessage, response: ServerResponse, body: Buffer | null): Promise<void> {
    const { demo } = this.#options;
    if (!demo || !isLocalName(request.headers.host))
      return refuse(response, 404, 'NOT_FOUND', 'There is no such page.');
    if (request.method !== 'POST') return refuse(response, 405, 'BAD_REQUEST', 'Send a POST.');
    const token = await demo.token(numberIn(body));
    if (token === null) return refuse(response, 404, 'NOT_FOUND', 'The demo has nobody of this number.');
    json(response, { token });
  }

  #file({ headers, method }: IncomingMessage, response: ServerResponse, name: string): void {
    if (method !== 'GET' && method !== 'HEAD') {
      refuse(response, 405, 'BAD_REQUEST', 'Send a GET.');
      return;
    }
    const encoding = encodingFor(headers['accept-encoding']);
    const plain = this.#read(name);
    if (!plain) {
      refuse(response, 404, 'NOT_FOUND', 'The page is not built: npm run board.');
      return;
    }
    const packed = encoding && this.#read(`${name}${encoding === 'br' ? '.br' : '.gz'}`);
    const etag = `"${createHash('sha256').update(plain).digest('base64url')}"`;
    response.setHeader('content-type', TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', this.#policy);
    response.setHeader('cache-control', name === 'index.html' ? 'no-cache' : 'public, max-age=31536000, immutable');
    response.setHeader('etag', etag);
    response.setHeader('vary', 'accept-encoding');
    if (headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    const body = packed || plain;
    if (packed && encoding) response.setHeader('content-encoding', encoding);
    response.setHeader('content-length', body.length);
    response.writeHead(200);
    response.end(method === 'HEAD' ? undefined : body);
  }

  /** Read anew each time, for it is small, and whoever develops it builds it while the server runs. */
  #read(name: string): Buffer | null {
    try {
      return readFileSync(new URL(name, this.#options.folder));
    } catch {
      return null;
    }
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

function numberIn(body: Buffer | null): string {
  try {
    const { number } = JSON.parse(String(body)) as { number?: unknown };
    return typeof number === 'string' ? number : '';
  } catch {
    return '';
  }
}
