import { type FieldNode, type GraphQLField, getArgumentValues, Kind, type ValueNode } from 'graphql';

/**
 * A field's arguments for a request.
 *
 * @throws {GraphQLError} one of them lacks a value
 */
export type Arguments = (variables: Readonly<Record<string, unknown>>) => Record<string, unknown>;

const NONE: Arguments = () => ({});

/** Those that are the same in every request are read once. */
export function argumentsOf(field: GraphQLField<unknown, unknown>, nodes: readonly FieldNode[]): Arguments {
  const [node] = nodes;
  if (!node || field.args.length === 0) return NONE;
  const read: Arguments = (variables) => getArgumentValues(field, node, { ...variables });
  if (node.arguments?.some(({ value }) => hasVariable(value))) return read;
  const fixed = read({});
  // A resolver may write into what it is given.
  return () => ({ ...fixed });
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(hasVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => hasVariable(field.value));
}
