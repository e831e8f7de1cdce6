import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '../../platform/values/ids.ts';
import { inLanguage } from '../../platform/values/in-language.ts';
import { RETRY_AFTER_S, UNAVAILABLE } from '../graphql/mask-error.ts';
import { localeOf } from '../graphql/reader-language.ts';

/** How long what a refused request still sends is read and thrown away. */
const DISCARD_MS = 2_000;

/** Headers of every answer. */
export function secure(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
}

/**
 * Reads on without keeping anything, for a while: a connection that is closed on a sender in mid-sentence loses the answer that
 * was on its way to it.
 */
function discard(request: IncomingMessage): void {
  request.resume();
  const closing = setTimeout(() => request.socket.destroy(), DISCARD_MS).unref();
  request.once('close', () => clearTimeout(closing));
}

/** Nothing was begun, and another node, or this one in a moment, may do it. */
export function unavailable(response: ServerResponse): void {
  response.setHeader('retry-after', RETRY_AFTER_S);
  refuse(response, 503, 'UNAVAILABLE', UNAVAILABLE);
}

/** Answers with a code as GraphQL errors have it, in the reader's language, whatever of the request is still on its way. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const locale = localeOf(response.req.headers['accept-language']);
  const body = JSON.stringify({ errors: [{ message: inLanguage(message, locale), extensions: { code, ...more } }] });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(body);
  if (!response.req.complete) discard(response.req);
}

/** Figures for who brings the token, which is compared in the same time whatever is wrong with it. */
export async function answerMetrics(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { token, contentType, text }: MetricsPage,
): Promise<void> {
  const digest = (of: string) => createHash('sha256').update(of).digest();
  if (!timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`))) {
    response.setHeader('www-authenticate', 'Bearer');
    return refuse(response, 401, 'UNAUTHENTICATED', 'Bring the token of TIERLINE_METRICS_TOKEN.');
  }
  const body = await text();
  response.writeHead(200, { 'content-type': contentType });
  response.end(body);
}

export interface MetricsPage {
  readonly token: string;
  readonly contentType: string;
  text(): Promise<string>;
}

/** The id by which a request is found in logs: the caller's, where it is one that may stand there, or a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = String(headers['x-request-id'] ?? '');
  return /^[\w.:/+=@-]{1,64}$/.test(given) ? given : newId();
}
