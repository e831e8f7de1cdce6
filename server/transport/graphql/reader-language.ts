import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../../engine/services/services.ts';
import { DomainError, type Issue } from '../../platform/values/errors.ts';
import { inLanguage, messageIn } from '../../platform/values/in-language.ts';
import type { Locale } from '../../platform/values/text.ts';

/** ZH for a reader who prefers Chinese, else EN. */
export function localeOf(acceptLanguage: string | null | undefined): Locale {
  let best = { locale: 'EN' as Locale, weight: 0 };
  for (const part of (acceptLanguage ?? '').toLowerCase().split(',').slice(0, 20)) {
    const [, language, q = '1'] = /^\s*(zh|en)(?:-[\w-]+)?\s*(?:;\s*q=([\d.]+))?\s*$/.exec(part) ?? [];
    // Of two that are wanted alike the first one counts.
    if (language && Number(q) > best.weight) best = { locale: language === 'zh' ? 'ZH' : 'EN', weight: Number(q) };
  }
  return best.locale;
}

/** Puts errors that were made for clients into the reader's language: of operations before the mask lets them through. */
export function useReaderLanguage(): Plugin {
  return {
    onExecute: ({ args }) => {
      const locale = readersOf(args.contextValue);
      if (locale === 'EN') return undefined;
      return {
        onExecuteDone({ result, setResult }) {
          if ('errors' in result) setResult(resultIn(result, locale));
        },
      };
    },
    onSubscribe: ({ args }) => {
      const locale = readersOf(args.contextValue);
      if (locale === 'EN') return undefined;
      return {
        onSubscribeResult({ result, setResult }) {
          if ('errors' in result) setResult(resultIn(result, locale));
          return {
            onNext: ({ result: event, setResult: say }) => say(resultIn(event as ExecutionResult, locale)),
          };
        },
        onSubscribeError({ error, setError }) {
          if (error instanceof GraphQLError) setError(errorIn(error, locale));
        },
      };
    },
    // What was refused before it was executed.
    onResultProcess({ request, result, setResult }) {
      const locale = localeOf(request.headers.get('accept-language'));
      if (locale === 'EN' || Array.isArray(result) || !('errors' in result)) return;
      setResult(resultIn(result as ExecutionResult, locale));
    },
  };
}

function readersOf(context: unknown): Locale {
  return (context as Partial<RequestContext> | undefined)?.locale ?? 'EN';
}

function resultIn<Result extends ExecutionResult>(result: Result, locale: Locale): Result {
  const { errors } = result;
  return errors?.length ? { ...result, errors: errors.map((error) => errorIn(error, locale)) } : result;
}

/** An error in the reader's language; its code, place and parameters stay, and what has no Chinese stays English. */
export function errorIn(error: GraphQLError, locale: Locale): GraphQLError {
  if (locale === 'EN') return error;
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
  const issues = (extensions.issues as readonly Issue[] | undefined)?.map((issue) => ({
    ...issue,
    message: inLanguage(issue.message, locale),
  }));
  if (issues) {
    const message = issues.map((issue) => `${issue.path} ${issue.message}`).join('；');
    return new GraphQLError(message, { nodes, source, positions, path, extensions: { ...extensions, issues } });
  }
  const message = inLanguage(error.message, locale);
  if (message === error.message) return error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions, originalError });
}
