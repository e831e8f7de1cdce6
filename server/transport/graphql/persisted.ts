import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GraphQLError } from 'graphql';
import { z } from 'zod';

/** What names or carries a document, over any transport. */
export interface DocumentParams {
  readonly query?: string | null;
  readonly documentId?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>> | null;
}

/** The documents that a server takes: all, or those of a list. */
export interface PersistedOperations {
  /**
   * The text of a request's document.
   *
   * @returns undefined where the request neither names nor carries one
   * @throws {GraphQLError} NOT_LISTED: the list has no such document
   */
  resolve(params: DocumentParams): string | undefined;
}

/**
 * Takes every document, as clients send it. A client that first sends the name alone, as Apollo's and urql's persisted queries do,
 * hears in their own words that it has to send the text, and sends it from then on.
 */
export const freeDocuments: PersistedOperations = {
  resolve(params) {
    if (params.query) return params.query;
    if (nameOf(params) === undefined) return params.query ?? undefined;
    throw new GraphQLError('PersistedQueryNotSupported', {
      extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', http: { status: 200 } },
    });
  },
};

/**
 * Takes the documents of a list alone: by their id (`documentId`, or Apollo's `extensions.persistedQuery.sha256Hash`), by the
 * SHA-256 of their text, or in full, character by character.
 *
 * @param documents by id
 */
export function listedOperations(documents: Readonly<Record<string, string>>): PersistedOperations {
  const byId = new Map(Object.entries(documents));
  const texts = new Set(byId.values());
  // Clients that name a document by its digest need no list of their own.
  for (const text of texts) byId.set(createHash('sha256').update(text).digest('hex'), text);
  return {
    resolve(params) {
      const name = nameOf(params);
      const { query } = params;
      const listed = typeof name === 'string' ? byId.get(name) : texts.has(query ?? '') ? query : undefined;
      if (listed != null) return listed;
      throw new GraphQLError('This server takes listed operations alone; this one is not among them.', {
        extensions: { code: 'NOT_LISTED', http: { status: 400 } },
      });
    },
  };
}

/** By what a request names its document; undefined where it names none. */
function nameOf({ documentId, extensions }: DocumentParams): unknown {
  const { sha256Hash } = (extensions?.persistedQuery ?? {}) as { sha256Hash?: unknown };
  return documentId ?? sha256Hash ?? undefined;
}

/** A JSON object of documents by id, as Relay and GraphQL Code Generator write it. */
const BY_ID = z.record(z.string(), z.string());

/** The manifest of Apollo's `generate-persisted-query-manifest`. */
const APOLLO = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});

/**
 * Reads a list of operations, as client tools write it.
 *
 * @throws {Error} it is none
 */
export function readOperations(file: string): PersistedOperations {
  const written: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const apollo = APOLLO.safeParse(written);
  if (apollo.success)
    return listedOperations(Object.fromEntries(apollo.data.operations.map(({ id, body }) => [id, body])));
  const byId = BY_ID.safeParse(written);
  if (byId.success) return listedOperations(byId.data);
  throw new Error(`${file} is no JSON object of documents by id, and no manifest of Apollo's`);
}
