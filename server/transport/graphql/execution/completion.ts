import {
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What becomes of a resolved value. */
export type Completion = { readonly isNullable: boolean } & (
  | { readonly is: 'LEAF'; readonly serialize: (value: unknown) => unknown }
  | { readonly is: 'LIST'; readonly of: Completion }
  | { readonly is: 'OBJECT'; readonly type: GraphQLObjectType }
  | { readonly is: 'ABSTRACT'; readonly type: GraphQLAbstractType }
);

/** What becomes of the values of a type. */
export function completionOf(type: GraphQLOutputType): Completion {
  if (isNonNullType(type)) return { ...completionOf(type.ofType), isNullable: false };
  const isNullable = true;
  if (isListType(type)) return { isNullable, is: 'LIST', of: completionOf(type.ofType) };
  if (isLeafType(type)) return { isNullable, is: 'LEAF', serialize: serializerOf(type) };
  if (isObjectType(type)) return { isNullable, is: 'OBJECT', type };
  return { isNullable, is: 'ABSTRACT', type };
}

/** Values that are right as they are, by the type of leaf; all others are the type's own matter. */
const PLAIN: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
};

function serializerOf(type: GraphQLLeafType): (value: unknown) => unknown {
  const isPlain = PLAIN[type.name];
  const serialize = (value: unknown) => type.serialize(value);
  return isPlain ? (value) => (isPlain(value) ? value : serialize(value)) : serialize;
}
