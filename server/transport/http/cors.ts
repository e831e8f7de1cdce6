import type { IncomingMessage, ServerResponse } from 'node:http';

/** An entry of the listed origins that stands for every port of this machine, as development servers of frontends have them. */
export const LOCAL_ORIGINS = 'http://localhost:*';

const LOCAL = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/** What clients of GraphQL send beside what browsers allow by themselves. */
const ALLOWED_HEADERS = [
  'accept-language',
  'apollo-require-preflight',
  'apollographql-client-name',
  'apollographql-client-version',
  'authorization',
  'cache-control',
  'content-type',
  'graphql-client-name',
  'graphql-client-version',
  'if-none-match',
  'last-event-id',
  'x-apollo-operation-id',
  'x-apollo-operation-name',
  'x-request-id',
].join(', ');

/** What a page may read of an answer: the server's time, when to come again, and by what the log knows the request. */
const EXPOSED_HEADERS = 'content-disposition, date, etag, retry-after, x-request-id';

/** Browsers ask again after two hours at the latest, whatever they are told. */
const MAX_AGE_SECONDS = 7_200;

/** Whether a page of the origin may send requests. */
export function isListed(origins: readonly string[], origin: string): boolean {
  return origins.includes(origin) || (origins.includes(LOCAL_ORIGINS) && LOCAL.test(origin));
}

/** The page is one of the server's own. */
export function isSameSite(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Tells the browser what a page of a listed origin may send and read. */
export function allowOrigin({ headers: { origin }, method }: IncomingMessage, response: ServerResponse): void {
  if (!origin) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
  if (method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
  response.setHeader('access-control-allow-methods', 'POST, GET');
  response.setHeader('access-control-max-age', MAX_AGE_SECONDS);
}
