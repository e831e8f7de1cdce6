import { readFileSync } from 'node:fs';
import { GraphQLError } from 'graphql';

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

/** Takes every document, as clients send it. */
export const freeDocuments: PersistedOperations = { resolve: ({ query }) => query ?? undefined };

/**
 * Takes the documents of a list alone: by their id (`documentId`, or Apollo's `extensions.persistedQuery.sha256Hash`), or in
 * full, character by character.
 *
 * @param documents by id
 */
export function listedOperations(documents: Readonly<Record<string, string>>): PersistedOperations {
  const byId = new Map(Object.entries(documents));
  const texts = new Set(byId.values());
  return {
    resolve({ query, documentId, extensions }) {
      const { sha256Hash } = (extensions?.persistedQuery ?? {}) as { sha256Hash?: unknown };
      const id = documentId ?? sha256Hash;
      const listed = typeof id === 'string' ? byId.get(id) : texts.has(query ?? '') ? query : undefined;
      if (listed != null) return listed;
      throw new GraphQLError('This server takes listed operations alone; this one is not among them.', {
        extensions: { code: 'NOT_LISTED', http: { status: 400 } },
      });
    },
  };
}

/**
 * Reads a list of operations: a JSON object of documents by id, as client tools write it.
 *
 * @throws {Error} it is none
 */
export function readOperations(file: string): PersistedOperations {
  const documents: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const isList =
    typeof documents === 'object' &&
    documents !== null &&
    !Array.isArray(documents) &&
    Object.values(documents).every((text) => typeof text === 'string');
  if (!isList) throw new Error(`${file} is no JSON object of documents by id`);
  return listedOperations(documents as Record<string, string>);
}
