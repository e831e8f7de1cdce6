/**
 * A document as tools for clients make it: a text, a `DocumentNode` (typed or not), or an object that is its text when it is
 * printed, as GraphQL Code Generator's `TypedDocumentString` is.
 */
export type DocumentLike = string | DocumentNodeLike | { toString(): string };

/** As much of graphql's `DocumentNode` as tells it from others. */
interface DocumentNodeLike {
  readonly kind: 'Document';
  readonly definitions: readonly unknown[];
  readonly loc?: { readonly source: { readonly body: string } } | undefined;
}

function isNode(document: DocumentLike): document is DocumentNodeLike {
  return typeof document === 'object' && 'kind' in document && document.kind === 'Document';
}

/**
 * The text of a document.
 *
 * @throws {Error} a document without its source needs `graphql` to be printed, and it is not installed
 */
export async function textOf(document: DocumentLike): Promise<string> {
  if (!isNode(document)) return String(document);
  if (document.loc) return document.loc.source.body;
  const { print } = await import('graphql/language/printer.js');
  return print(document as Parameters<typeof print>[0]);
}
