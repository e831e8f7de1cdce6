import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Characters of all documents that are kept, and of one. A parsed document takes a hundred times as many bytes. */
const MAX_CHARACTERS = 1_000_000;
const MAX_DOCUMENT = 32_768;

/**
 * Keeps documents that were found valid, the least recently used leaving first, so that each is parsed and validated once. What
 * is refused is not kept: a flood of it takes no memory, and takes the place of nothing.
 */
export function useDocumentCache(): Plugin {
  const kept = new Map<string, DocumentNode>();
  const valid = new WeakSet<DocumentNode>();
  const texts = new WeakMap<DocumentNode, string>();
  let characters = 0;

  const keep = (text: string, document: DocumentNode) => {
    if (text.length > MAX_DOCUMENT || kept.has(text)) return;
    kept.set(text, document);
    characters += text.length;
    for (const oldest of kept.keys()) {
      if (characters <= MAX_CHARACTERS) break;
      kept.delete(oldest);
      characters -= oldest.length;
    }
  };

  return {
    onParse({ params: { source }, setParsedDocument }) {
      const text = String(source);
      const known = kept.get(text);
      if (known) {
        kept.delete(text);
        kept.set(text, known);
        setParsedDocument(known);
        return;
      }
      return ({ result }) => {
        if (result && !(result instanceof Error)) texts.set(result as DocumentNode, text);
      };
    },
    onValidate({ params: { documentAST }, setResult }) {
      if (valid.has(documentAST)) {
        setResult([]);
        return;
      }
      return (outcome) => {
        if (!outcome.valid) return;
        valid.add(documentAST);
        const text = texts.get(documentAST);
        if (text !== undefined) keep(text, documentAST);
      };
    },
  };
}
