import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../../engine/services/services.ts';
import { DomainError } from '../../platform/values/errors.ts';
import { inLanguage, messageIn } from '../../platform/values/in-language.ts';
import type { Locale } from '../../platform/values/text.ts';

/** Puts execution errors that were made for clients into the reader's language, before the mask lets them through. */
export function useReaderLanguage(): Plugin {
  return {
    onExecute: ({ args }) => {
      const { locale = 'EN' } = args.contextValue as Partial<RequestContext>;
      if (locale === 'EN') return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if (!('errors' in result) || !result.errors?.length) return;
          setResult({ ...result, errors: result.errors.map((error) => translated(error, locale)) });
        },
      };
    },
  };
}

function translated(error: GraphQLError, locale: Locale): GraphQLError {
  const { nodes, source, positions, path, extensions, originalError } = error;
  if (originalError instanceof DomainError) {
    return new GraphQLError(messageIn(originalError, locale), {
      nodes,
      source,
      positions,
      path,
      extensions: { ...extensions, code: originalError.code },
    });
  }
  const message = inLanguage(error.message, locale);
  if (message === error.message) return error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions, originalError });
}
