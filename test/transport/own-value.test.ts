import { type GraphQLObjectType, GraphQLString } from 'graphql';
import { expect, test } from 'vitest';
import type { Builder } from '../../schema/base/builder.ts';
import { buildSchema } from '../../schema/index.ts';
import { buildExtended } from '../../server/engine/policy/extensions.ts';
import { ownValueOf } from '../../server/transport/graphql/execution/own-value.ts';

// A selected column is taken from its row without its resolver, unless somebody stands around that.

const customer = (extend: (builder: Builder) => void) => {
  const schema = buildExtended([{ id: 'ours', extend: (builder) => extend(builder as Builder) }], (extensions) =>
    buildSchema([], { extensions, sandbox: false }),
  );
  return schema.getType('Customer') as GraphQLObjectType;
};

test('a column of ours, and what a function makes of columns, is taken from the row', () => {
  const type = customer(() => undefined);
  const { name, phone, branch } = type.getFields();
  if (!name || !phone || !branch) throw new Error('the schema has no such fields');
  expect(ownValueOf(type, name)?.needs).toEqual(['name']);
  expect(ownValueOf(type, phone)?.needs).toEqual(['phoneMask']);
  expect(ownValueOf(type, branch)).toBeNull();
});

test('a resolver of a plugin is asked, for its time is measured', () => {
  const type = customer((builder) =>
    builder.prismaObjectField('Customer', 'shout', (t) =>
      t.string({ select: { name: true }, resolve: ({ name }) => name.toUpperCase() }),
    ),
  );
  const { shout } = type.getFields();
  if (!shout) throw new Error('the plugin added nothing');
  expect(shout.type.toString()).toBe(`${GraphQLString.name}!`);
  expect(ownValueOf(type, shout)).toBeNull();
});
