import { graphql, printSchema } from 'graphql';
import { expect, test } from 'vitest';
import type { Builder } from '../../schema/base/builder.ts';
import { buildSchema } from '../../schema/index.ts';
import type { SchemaExtension } from '../../server/engine/policy/extensions.ts';
import { loadPlugin } from '../../server/engine/policy/registry.ts';

const extending = (id: string, extend: (builder: Builder) => void): SchemaExtension => ({ id, extend });
const schemaWith = (...extensions: SchemaExtension[]) => buildSchema([], { extensions });

const weather = extending('weather', (builder) => {
  const forecast = builder.objectRef<{ outlook: string }>('Forecast').implement({
    fields: (t) => ({ outlook: t.exposeString('outlook') }),
  });
  builder.queryField('forecast', (t) => t.field({ type: forecast, resolve: () => ({ outlook: 'Rain.' }) }));
});

const lifts = extending('lifts', (builder) => {
  builder.queryField('lifts', (t) => t.stringList({ resolve: () => ['A', 'B'] }));
});

test('plugins add types and queries, and the rest of the schema stays as it is', () => {
  const plain = new Set(printSchema(buildSchema([])).split('\n'));
  const added = printSchema(schemaWith(weather, lifts))
    .split('\n')
    .filter((line) => line.trim() !== '' && !plain.has(line));
  expect(added).toEqual(['type Forecast {', '  outlook: String!', '  forecast: Forecast', '  lifts: [String!]']);
});

test.each([
  {
    it: 'two plugins with one query are both named',
    extensions: [lifts, { ...lifts, id: 'towers' }],
    problem: /lifts and towers both add Query\.lifts to the schema/,
  },
  {
    it: 'two plugins with one type are both named',
    extensions: [
      weather,
      extending('climate', (builder) => {
        builder.objectRef<object>('Forecast').implement({ fields: (t) => ({ days: t.int({ resolve: () => 7 }) }) });
      }),
    ],
    problem: /weather and climate both add Forecast to the schema/,
  },
  {
    it: 'a query that the platform has',
    extensions: [
      extending('greedy', (builder) => builder.queryField('viewer', (t) => t.string({ resolve: () => '' }))),
    ],
    problem: /greedy adds Query\.viewer to the schema, which the platform has/,
  },
  {
    it: 'a type that the platform has',
    extensions: [
      extending('greedy', (builder) => {
        builder.objectRef<object>('Ticket').implement({ fields: (t) => ({ days: t.int({ resolve: () => 7 }) }) });
      }),
    ],
    problem: /greedy adds Ticket to the schema, which the platform has/,
  },
  {
    it: 'an extension that throws',
    extensions: [
      extending('broken', () => {
        throw new Error('no such field');
      }),
    ],
    problem: /broken cannot extend the schema: no such field/,
  },
])('$it: nothing starts', ({ extensions, problem }) => {
  expect(() => schemaWith(...extensions)).toThrow(problem);
});

const plugin = (name: string) => loadPlugin(new URL(`./plugins/${name}/index.ts`, import.meta.url).href);

test('a plugin that adds to the schema has a file schema.ts beside its policy', async () => {
  const { policy, extension } = await plugin('extending');
  expect(policy.id).toBe('extending');
  expect(printSchema(schemaWith(...(extension ? [extension] : [])))).toContain('  motto: String\n');
});

test.each([
  { name: 'extends-in-policy', problem: 'its policy has `extend`, which belongs into a file schema.ts beside it' },
  { name: 'extends-nothing', problem: 'schema.ts exports no function `extend`' },
])('$name is refused: $problem', async ({ name, problem }) => {
  await expect(plugin(name)).rejects.toThrow(problem);
});

test('a resolver of a plugin that keeps the process to itself is told, one of the platform is not measured', async () => {
  const slow = extending('slow', (builder) => {
    const busy = (ms: number) => {
      for (const end = performance.now() + ms; performance.now() < end; );
      return 'done';
    };
    builder.queryField('slow', (t) => t.string({ resolve: () => busy(80) }));
    builder.queryField('quick', (t) => t.string({ resolve: () => busy(1) }));
  });
  const told: unknown[] = [];
  const contextValue = {
    actor: { id: 'x' },
    services: { policies: { tellSlow: (...what: unknown[]) => told.push(what) } },
  };
  const answer = await graphql({ schema: schemaWith(slow), source: '{ slow quick __typename }', contextValue });
  expect(answer).toEqual({ data: { slow: 'done', quick: 'done', __typename: 'Query' } });
  expect(told).toEqual([['slow', 'Query.slow', expect.any(Number)]]);
});
