import { readFileSync } from 'node:fs';
import { Lexer, parse, Source, TokenKind, visit } from 'graphql';
import { expect, test } from 'vitest';
import { LIMITS } from '../../server/transport/admission/limits.ts';
import { precheck } from '../../server/transport/admission/precheck.ts';
import { contractTabs } from '../../server/transport/graphql/graphiql.ts';

const FILE = new URL('../../schema/operations.graphql', import.meta.url);
const OPERATIONS = contractTabs(FILE).map(({ query }) => query);

/** With the number of one thing as its limit the document passes, with one less it does not. */
function countOf(query: string, name: 'documentTokens' | 'aliases' | 'directives' | 'nesting'): number {
  let count = 0;
  while (
    precheck(
      { query },
      {
        ...LIMITS,
        documentLength: 1e9,
        documentTokens: 1e9,
        aliases: 1e9,
        directives: 1e9,
        nesting: 1e9,
        [name]: count,
      },
    )
  )
    count++;
  return count;
}

const TRICKY = [
  '{ a: viewer(x: {b: "c: d @e", f: """g: "h" \\""" @i"""}) { id @skip(if: true) } } # z: y @x',
  'query ($a: Int = 1 @d, $b: [String!]! = ["x:y"]) { x: y(a: $a) ...F ... on T @e { z } } fragment F on T { w: v }',
  '{a(b:"\\"c:d\\""){e}}',
  '"""a description: @x"""\n{ viewer { id } }',
  '{ a(b: "", c: """""") { d: e } }',
];

test.each([...OPERATIONS, ...TRICKY])('counts what the parser counts: %#', (query) => {
  let [aliases, directives, tokens] = [0, 0, 0];
  const text = query.startsWith('"""') ? query.slice(query.indexOf('\n')) : query;
  visit(parse(text), {
    Field: ({ alias }) => {
      if (alias) aliases += 1;
    },
    Directive: () => {
      directives += 1;
    },
  });
  const lexer = new Lexer(new Source(query));
  while (lexer.advance().kind !== TokenKind.EOF) tokens += 1;
  if (query === text) expect([countOf(query, 'aliases'), countOf(query, 'directives')]).toEqual([aliases, directives]);
  expect(countOf(query, 'documentTokens')).toBe(tokens);
});

test.each([
  { it: 'brackets', query: `${'{a'.repeat(65)}` },
  { it: 'lists in arguments', query: `{ a(b: ${'['.repeat(63)}` },
  { it: 'variables', query: '{ a }', variables: JSON.parse(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`) },
  { it: 'lists of variables', query: '{ a }', variables: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) },
])('$it that nest too deep are refused', ({ query, variables }) => {
  expect(precheck({ query, variables }, LIMITS)).toMatch(/nest/);
});

test('one name too often is refused, wherever it stands; many names are not', () => {
  expect(precheck({ query: `{ viewer { ${'id '.repeat(301)} } }` }, LIMITS)).toMatch(/one name/);
  expect(precheck({ query: `{ ${'viewer { id } '.repeat(301)} }` }, LIMITS)).toMatch(/one name/);
  const names = Array.from({ length: 1_000 }, (_, n) => `f${n}`).join(' ');
  expect(precheck({ query: `{ a(in: [${'x '.repeat(400)}]) { ${names} } }` }, LIMITS)).toBeNull();
});

test('a file of all operations at once passes', () => {
  expect(precheck({ query: readFileSync(FILE, 'utf8') }, LIMITS)).toBeNull();
});

test('what the contract sends passes', () => {
  expect(
    OPERATIONS.map((query) => precheck({ query, variables: { input: { a: [{ b: 1 }] } } }, LIMITS)).filter(Boolean),
  ).toEqual([]);
  expect(readFileSync(FILE, 'utf8').length).toBeGreaterThan(1_000);
});

test('a string or comment without an end is left to the parser', () => {
  for (const query of ['{ a(b: "', '{ a(b: """', '# c', '{ a(b: "\\', '"'])
    expect(precheck({ query }, LIMITS), query).toBeNull();
});

test('a document of the largest size is looked at within a few milliseconds', () => {
  const query = `{ ${'a{b '.repeat(1)}${'x '.repeat(2_000)}${' '.repeat(55_000)} } }`;
  precheck({ query }, LIMITS);
  const started = performance.now();
  for (let times = 0; times < 20; times++) precheck({ query }, LIMITS);
  expect((performance.now() - started) / 20).toBeLessThan(20);
});
