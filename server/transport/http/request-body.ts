import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse } from './http-answers.ts';

/** The body of a request that has one of JSON; null when it was refused. */
export async function readJson(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
): Promise<Buffer | null> {
  const [type, ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.find((one) => one.trim().startsWith('charset='))?.trim();
  if (type?.trim() !== 'application/json' || (charset && !/^charset="?utf-?8"?$/.test(charset))) {
    refuse(response, 415, 'UNSUPPORTED_MEDIA_TYPE', 'Send application/json, in UTF-8.');
    return null;
  }
  const body = await readBody(request, limit);
  if (body === null) {
    refuse(response, 413, 'BODY_TOO_LARGE', `A body has at most ${limit} bytes.`);
    return null;
  }
  if (!isUtf8(body)) {
    refuse(response, 400, 'INVALID_INPUT', 'The body is not UTF-8.');
    return null;
  }
  return body;
}

/** The body, or null when it is too large; then nothing more of it is kept. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return null;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
