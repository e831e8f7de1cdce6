import { readFileSync } from 'node:fs';
import { lexicographicSortSchema, parse, printSchema, validate } from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema } from '../../schema/index.ts';
import { loadPlugins } from '../../server/engine/policy/registry.ts';

const plugins = await loadPlugins([]);
const schema = buildSchema(plugins.map(({ policy }) => policy));

test('the printed schema is the one that is checked in', async () => {
  await expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toMatchFileSnapshot('../../schema/schema.graphql');
});

test('every operation of the contract validates', () => {
  const document = parse(readFileSync(new URL('../../schema/operations.graphql', import.meta.url), 'utf8'));
  expect(validate(schema, document, undefined, { maxErrors: 1000 }).map(({ message }) => message)).toEqual([]);
});

test('the hand on the clock is not in the schema of a server', () => {
  expect(schema.getMutationType()?.getFields()).not.toHaveProperty('advanceClock');
  const sandbox = buildSchema(
    plugins.map(({ policy }) => policy),
    { sandbox: true },
  );
  expect(sandbox.getMutationType()?.getFields()).toHaveProperty('advanceClock');
});
