import { PothosValidationError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';

/**
 * What a client reads of an error: those that were made for clients as they are, all else as INTERNAL with the request's
 * id; the log has the rest.
 */
export function createErrorMask(log: Logger) {
  return (error: unknown, requestId?: string): Error => {
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (error instanceof GraphQLError && (original === undefined || original === null)) return error;
    if (original instanceof GraphQLError) return original;
    if (original instanceof PothosValidationError) {
      return located(error, 'A cursor or an argument of the list is none of ours.', { code: 'INVALID_INPUT' });
    }
    log.error({ err: original, requestId }, 'unexpected error');
    return located(error, 'Unexpected error.', { code: 'INTERNAL', requestId: requestId ?? null });
  };
}

function located(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  if (!(error instanceof GraphQLError)) return new GraphQLError(message, { extensions });
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
