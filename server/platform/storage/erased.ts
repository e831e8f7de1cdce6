import { refuse } from '../values/refusals.ts';
import { hasCode } from './error-codes.ts';

/** With which the database refuses a row about a customer who was erased. */
const ERASED: ReadonlySet<string> = new Set(['TLERA']);

/** The refusal that a command answers with where the database refused for a customer who was erased; else the error itself. */
export function erasedOr(error: unknown): unknown {
  return hasCode(error, ERASED) ? refuse('ERASED') : error;
}
