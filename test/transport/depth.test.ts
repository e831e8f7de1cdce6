import { type DocumentNode, Kind, parse } from 'graphql';
import { expect, test } from 'vitest';
import { depthOf } from '../../server/transport/admission/depth.ts';

function depth(text: string): number {
  const { definitions }: DocumentNode = parse(text);
  const [operation] = definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('begins with an operation');
  const fragments = definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  return depthOf(operation, (name) => fragments.find((one) => one.name.value === name));
}

test.each([
  { it: 'a field is one level', query: '{ a }', levels: 1 },
  { it: 'the deepest field counts', query: '{ a b { c { d } e } }', levels: 3 },
  { it: 'an inline fragment is no level', query: '{ a { ... on T { ... on U { b } } } }', levels: 2 },
  { it: 'a fragment counts where it is spread', query: '{ a { ...F } } fragment F on T { b { c } }', levels: 3 },
  { it: 'a fragment may be spread twice', query: '{ ...F a { b { ...F } } } fragment F on T { c }', levels: 3 },
  { it: 'a fragment that nobody declares is no level', query: '{ a { ...F } }', levels: 1 },
  {
    it: 'a circle of fragments ends',
    query: '{ ...F } fragment F on T { a { ...G } } fragment G on T { b { ...F } }',
    levels: 2,
  },
  { it: '__schema does not count', query: '{ a __schema { types { fields { type { name } } } } }', levels: 1 },
])('$it', ({ query, levels }) => {
  expect(depth(query)).toBe(levels);
});
