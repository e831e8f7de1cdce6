import { BlankParameters } from '../errors.ts';
import type { Operand, ParameterRef } from '../vocabulary.ts';
import { Exact } from './decimals.ts';

/** Parameters in force by key; a blank one is absent. */
export type Parameters = Readonly<Record<string, unknown>>;

export function isParameter(value: unknown): value is ParameterRef {
  return typeof value === 'object' && value !== null && typeof (value as Partial<ParameterRef>).parameter === 'string';
}

/**
 * The number that a rule compares with.
 *
 * @throws {BlankParameters} it is a parameter that nobody set
 * @throws {RangeError} it is no number
 */
export function operandValue(operand: Operand, parameters: Parameters): Exact {
  const value = resolved(operand, parameters);
  if (value === undefined) throw new BlankParameters(isParameter(operand) ? [operand.parameter] : []);
  return value;
}

/** Numbers of rules, read once: a run over a whole line compares with the same few. Decimals do not change. */
const numbers = new Map<string | number, Exact>();
const MAX_NUMBERS = 10_000;

/**
 * As `operandValue`, but undefined while blank.
 *
 * @throws {RangeError} it is no number
 */
export function resolved(operand: Operand, parameters: Parameters): Exact | undefined {
  const value = isParameter(operand) ? parameters[operand.parameter] : operand;
  if (value === undefined || value === null) return undefined;
  const known = numbers.get(value as string | number);
  if (known) return known;
  try {
    const number = new Exact(value as string | number);
    if (number.isFinite()) {
      if (numbers.size < MAX_NUMBERS) numbers.set(value as string | number, number);
      return number;
    }
  } catch {
    // Said below, in words that name the parameter.
  }
  throw new RangeError(
    `${isParameter(operand) ? `the parameter ${operand.parameter}` : 'an operand'} is no number: ${String(value)}`,
  );
}

/** The keys of all parameters that a rule (or any part of one) mentions, each once, in the order of their mention. */
export function parametersIn(part: unknown): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (isParameter(value)) found.add(value.parameter);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
  };
  look(part);
  return [...found];
}
