import { parse } from 'graphql';
import { expect, test } from 'vitest';
import type { Builder } from '../../schema/base/builder.ts';
import { buildSchema } from '../../schema/index.ts';
import { costOf } from '../../server/transport/admission/cost.ts';
import { timeFor } from '../../server/transport/graphql/operation-limits.ts';

const weather = {
  id: 'weather',
  extend: (builder: Builder) => {
    builder.queryField('forecast', (t) =>
      t.string({ extensions: { cost: 300, timeMs: 30_000 }, resolve: () => 'Rain.' }),
    );
    builder.queryField('rumour', (t) =>
      t.string({ extensions: { cost: 'much', timeMs: null }, resolve: () => 'Sun.' }),
    );
  },
};
const schema = buildSchema([], { extensions: [weather], sandbox: true });

const LINE = 60_000;
const input = '(input: { policyId: "core" })';
test.each([
  { it: 'an ordinary field takes what it answers', query: '{ viewer { id } }', cost: 1, ms: 10_000 },
  { it: 'a dry run', query: '{ policyImpact(policyId: "core") { policyId } }', cost: 2_001, ms: LINE },
  {
    it: 'one beside others, by another name',
    query: '{ viewer { id } a: policyImpact { policyId } }',
    cost: 2_002,
    ms: LINE,
  },
  { it: 'a dry run of a calendar', query: `{ calendarImpact${input} { ticketsMoved } }`, cost: 2_001, ms: LINE },
  { it: 'a scorecard', query: '{ scorecard(policyId: "core") { policyId } }', cost: 501, ms: 10_000 },
  { it: 'a summary', query: '{ slaSummary { open } }', cost: 201, ms: 10_000 },
  { it: 'what applies a policy', query: `mutation { applyPolicy${input} { __typename } }`, cost: 1, ms: LINE },
  { it: 'what revises a calendar', query: `mutation { reviseCalendar${input} { __typename } }`, cost: 1, ms: LINE },
  { it: 'the hand on the clock', query: 'mutation { advanceClock { now } }', cost: 1, ms: Number.POSITIVE_INFINITY },
  { it: "a plugin's field", query: '{ forecast }', cost: 300, ms: 30_000 },
  { it: 'one that declares no number', query: '{ rumour }', cost: 0, ms: 10_000 },
  { it: 'a field that is none', query: '{ nothing }', cost: 0, ms: 10_000 },
])('$it: cost $cost, $ms ms', ({ query, cost, ms }) => {
  const document = parse(query);
  expect(costOf(schema, document)).toBe(cost);
  expect(timeFor({ schema, document }, 10_000)).toBe(ms);
});

test.each([
  { it: 'a page that names no size', query: '{ tickets { nodes { id } } }', rows: 20 },
  { it: 'a page whose size is null', query: '{ tickets(first: null) { nodes { id } } }', rows: 20 },
  { it: 'a page from its end', query: '{ tickets(last: 7) { nodes { id } } }', rows: 7 },
  { it: 'a list that names no size', query: '{ meetings(policyId: "core") { id } }', rows: 20, self: 0 },
  { it: 'a list of a size', query: '{ meetings(policyId: "core", first: 3) { id } }', rows: 3, self: 0 },
  {
    it: 'a list whose size is a variable that nobody gave',
    query: 'query ($n: Int) { serviceSamples(policyId: "core", first: $n) { id } }',
    rows: 20,
    self: 0,
  },
  { it: 'a default', query: 'query ($n: Int = 2) { tickets(first: $n) { nodes { id } } }', rows: 2 },
  {
    it: 'null, which takes the place of a default',
    query: 'query ($n: Int = 2) { tickets(first: $n) { nodes { id } } }',
    variables: { n: null },
    rows: 20,
  },
  { it: 'ids by default', query: 'query ($ids: [ID!]! = ["a", "b"]) { nodes(ids: $ids) { id } }', rows: 2, self: 0 },
  { it: 'another list', query: '{ policies { id } }', rows: 5, self: 0 },
])('$it counts as $rows', ({ query, variables, rows, self = 1 }) => {
  expect(costOf(schema, parse(query), null, variables)).toBe(self + rows);
});

test('an operator may allow more than a field asks for', () => {
  expect(timeFor({ schema, document: parse('{ forecast }') }, 45_000)).toBe(45_000);
});
