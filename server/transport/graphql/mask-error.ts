import { PothosValidationError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { hasCode } from '../../platform/storage/error-codes.ts';
import { isAway } from '../../platform/storage/outages/passing.ts';
import { DomainError } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { ofRequest } from '../../platform/values/request-scope.ts';
import type { Locale } from '../../platform/values/text.ts';
import { errorIn } from './reader-language.ts';

/** What whoever asks reads while the database does not answer, and after how many seconds another try is worth it. */
export const UNAVAILABLE = 'The database does not answer; try again in a moment.';
export const RETRY_AFTER_S = 2;

/**
 * What a client reads of an error: those that were made for clients as they are, all else as INTERNAL with an id by
 * which the log has the rest.
 */
export function createErrorMask(log: Logger): ErrorMask {
  return (error, locale = 'EN') => errorIn(masked(log, made(error, locale)), locale);
}

/** An error as a client reads it, in its language; English unless said. */
export type ErrorMask = (error: unknown, locale?: Locale) => GraphQLError;

/** A refusal in the reader's language, while it still has its reasons. */
function made(error: unknown, locale: Locale): unknown {
  if (error instanceof GraphQLError) return errorIn(error, locale);
  return error instanceof DomainError ? errorIn(located(error, error.message, {}, error), locale) : error;
}

function masked(log: Logger, error: unknown): GraphQLError {
  const told = madeForClients(error);
  if (told) return told;
  const original = originalOf(error);
  if (isAway(original)) {
    // Told once a spell, by the log that this is given.
    log.warn({ err: original }, 'the database does not answer');
    return located(error, UNAVAILABLE, {
      code: 'UNAVAILABLE',
      http: { status: 503, headers: { 'retry-after': String(RETRY_AFTER_S) } },
    });
  }
  if (hasCode(original, TIMED_OUT)) {
    return located(error, 'The database took too long to answer.', { code: 'TIMEOUT' });
  }
  const traceId = newId();
  log.error({ ...ofRequest(), err: original, traceId }, 'unexpected error');
  return located(error, 'Unexpected error.', { code: 'INTERNAL', traceId });
}

function originalOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originalOf(error.originalError) : error;
}

/** The error as its client reads it, where it was made for one: a refusal, a wrong input. Null for a failure of ours. */
export function madeForClients(error: unknown): GraphQLError | null {
  const original = error instanceof GraphQLError ? error.originalError : error;
  if (error instanceof GraphQLError && (original === undefined || original === null)) return coded(error);
  // What graphql finds wrong with a variable or a literal stands at a place of the document and of no result; below it may
  // lie what a scalar threw to say so.
  if (error instanceof GraphQLError && error.path === undefined && error.nodes?.length) return coded(error);
  // One around another, as graphql-ws wraps what a stream throws: the innermost tells whose it is.
  if (original instanceof GraphQLError)
    return madeForClients(original) && coded(error instanceof GraphQLError ? error : original);
  // A refusal that a query meets: queries have no union for it.
  if (original instanceof DomainError) return located(error, original.message, { code: original.code });
  if (original instanceof PothosValidationError) {
    return located(error, 'A cursor or an argument of the list is none of ours.', { code: 'INVALID_INPUT' });
  }
  return null;
}

/** query_canceled and lock_not_available: a statement or its wait for a lock took longer than it may. */
const TIMED_OUT: ReadonlySet<string> = new Set(['57014', '55P03']);

/** What graphql itself finds wrong with variables has no code of its own. */
function coded(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined) return error;
  const { message, nodes, source, positions, path, extensions } = error;
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    extensions: { ...extensions, code: 'INVALID_INPUT' },
  });
}

function located(
  error: unknown,
  message: string,
  extensions: Record<string, unknown>,
  originalError?: Error,
): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions, originalError });
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
