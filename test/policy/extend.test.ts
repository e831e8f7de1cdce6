import { printSchema } from 'graphql';
import { expect, test } from 'vitest';
import { buildSchema } from '../../schema/index.ts';
import { definePolicy, type Policy } from '../../server/engine/policy/contract.ts';

const extending = (id: string, extend: NonNullable<Policy['extend']>): Policy =>
  definePolicy({
    id,
    contract: 1,
    version: '1.0.0',
    label: { en: id, zh: `策略：${id}` },
    access: 'CENTRAL',
    extend,
  });

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
  const added = printSchema(buildSchema([weather, lifts]))
    .split('\n')
    .filter((line) => line.trim() !== '' && !plain.has(line));
  expect(added).toEqual(['type Forecast {', '  outlook: String!', '  forecast: Forecast!', '  lifts: [String!]!']);
});

test.each([
  {
    it: 'two plugins with one query are both named',
    policies: [lifts, extending('towers', lifts.extend as never)],
    problem: /lifts and towers both add Query\.lifts to the schema/,
  },
  {
    it: 'two plugins with one type are both named',
    policies: [
      weather,
      extending('climate', (builder) => {
        builder.objectRef<object>('Forecast').implement({ fields: (t) => ({ days: t.int({ resolve: () => 7 }) }) });
      }),
    ],
    problem: /weather and climate both add Forecast to the schema/,
  },
  {
    it: 'a query that the platform has',
    policies: [extending('greedy', (builder) => builder.queryField('viewer', (t) => t.string({ resolve: () => '' })))],
    problem: /greedy adds Query\.viewer to the schema, which the platform has/,
  },
  {
    it: 'a type that the platform has',
    policies: [
      extending('greedy', (builder) => {
        builder.objectRef<object>('Ticket').implement({ fields: (t) => ({ days: t.int({ resolve: () => 7 }) }) });
      }),
    ],
    problem: /greedy adds Ticket to the schema, which the platform has/,
  },
  {
    it: 'an extension that throws',
    policies: [
      extending('broken', () => {
        throw new Error('no such field');
      }),
    ],
    problem: /broken cannot extend the schema: no such field/,
  },
])('$it: nothing starts', ({ policies, problem }) => {
  expect(() => buildSchema(policies)).toThrow(problem);
});
