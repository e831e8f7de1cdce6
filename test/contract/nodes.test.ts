import { GraphQLInterfaceType } from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema } from '../../schema/index.ts';
import { nodes } from '../../schema/nodes.ts';

test('every type with an id says who may read an object by it, and nothing else does', () => {
  const schema = buildSchema([]);
  const node = schema.getType('Node');
  if (!(node instanceof GraphQLInterfaceType)) throw new Error('Node is an interface');
  expect(schema.getPossibleTypes(node).map(({ name }) => name)).toEqual(Object.keys(nodes).sort());
});
