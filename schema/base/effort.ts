import type { GraphQLField } from 'graphql';

/** What a field takes beyond what it answers; it stands in the field's `extensions`, a plugin's own fields included. */
export interface Effort {
  /** Objects that it looks at, as they count towards the limit `cost`. */
  readonly cost?: number;
  /** Milliseconds that an operation with this field at its root may take, where that is more than the limit `operationMs`. */
  readonly timeMs?: number;
}

/** What the field declares; anything but a number is nothing declared. */
export function effortOf({ extensions }: Pick<GraphQLField<unknown, unknown>, 'extensions'>): Effort {
  const { cost, timeMs } = extensions;
  return { ...(typeof cost === 'number' && { cost }), ...(typeof timeMs === 'number' && { timeMs }) };
}
