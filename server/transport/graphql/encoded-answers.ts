import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';

/** Answers below this many bytes go as they are: packing them costs more than it saves. */
const LEAST_BYTES = 1_024;

type Encoding = 'br' | 'gzip';

const PACK: Readonly<Record<Encoding, (body: Uint8Array) => Promise<Buffer>>> = {
  // Quick rather than small, for it is done for each answer.
  br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (body) => promisify(gzip)(body),
};

/** What a client takes, the denser first; null where it takes neither. Weights other than none at all do not matter to us. */
export function encodingFor(accepted: string | string[] | null | undefined): Encoding | null {
  const taken = String(accepted ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => !/;\s*q=0(?:\.0*)?$/.test(one))
    .map((one) => one.split(';')[0]?.trim());
  return (['br', 'gzip'] as const).find((encoding) => taken.includes(encoding) || taken.includes('*')) ?? null;
}

/**
 * A body of an answer as the client takes it best.
 *
 * @returns null for the encoding where it goes as it is
 */
export async function packed(
  body: Buffer,
  accepted: string | string[] | undefined,
): Promise<{ readonly body: Buffer; readonly encoding: Encoding | null }> {
  const encoding = body.length < LEAST_BYTES ? null : encodingFor(accepted);
  return { body: encoding ? await PACK[encoding](body) : body, encoding };
}

/** Packs answers and the page of GraphiQL for whoever takes them so; streams go as they are. */
export function useEncodedAnswers(): Plugin {
  /** GraphiQL is one page of megabytes, which seldom changes: packed once. */
  let page: { readonly key: string; readonly body: Uint8Array<ArrayBuffer> } | undefined;
  return {
    async onResponse({ request, response, setResponse, fetchAPI, serverContext }) {
      const type = response.headers.get('content-type') ?? '';
      const isPage = type.startsWith('text/html');
      if (!response.body || !(isPage || type.includes('json'))) return;
      const encoding = encodingFor(request.headers.get('accept-encoding'));
      const body = new Uint8Array(await response.arrayBuffer());
      const headers = new fetchAPI.Headers(response.headers);
      // What the server has set beside it would be overwritten.
      const { res } = serverContext as { readonly res?: ServerResponse };
      headers.set('vary', [res?.getHeader('vary') ?? [], 'accept-encoding'].flat().join(', '));
      const tag = isPage ? `"${createHash('sha256').update(body).digest('base64url')}"` : null;
      if (tag) {
        headers.set('etag', tag);
        headers.set('cache-control', 'no-cache');
      }
      if (tag && request.headers.get('if-none-match') === tag) {
        setResponse(new fetchAPI.Response(null, { status: 304, headers }));
        return;
      }
      if (!encoding || body.length < LEAST_BYTES) {
        setResponse(new fetchAPI.Response(body, { status: response.status, headers }));
        return;
      }
      const key = `${encoding} ${tag}`;
      const dense = tag && page?.key === key ? page.body : new Uint8Array(await PACK[encoding](body));
      if (tag) page = { key, body: dense };
      headers.set('content-encoding', encoding);
      headers.delete('content-length');
      setResponse(new fetchAPI.Response(dense, { status: response.status, headers }));
    },
  };
}
