import { afterAll, beforeAll, expect, test } from 'vitest';
import { reached } from '../bars/reached.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

// The checks that graphql-cop makes of a server, as production runs it: nothing that it calls a finding is there.

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00Z', database: 'MEMORY', settings: { isOpen: false } });
});
afterAll(() => app[Symbol.asyncDispose]());

async function send(
  body: unknown,
  init: { readonly method?: string; readonly type?: string; readonly url?: string; readonly origin?: string } = {},
) {
  const { method = 'POST', type = 'application/json', url = app.url, origin } = init;
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': type,
      authorization: `Bearer ${app.as('BK-A/SUPERVISOR').token}`,
      ...(origin && { origin }),
    },
    ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers };
}

const inUrl = (query: string) => `${app.url}?query=${encodeURIComponent(query)}`;
const query = (text: string) => ({ query: text });
const deep = (levels: number): string => (levels === 0 ? 'name' : `ofType { ${deep(levels - 1)} }`);

type Sent = Awaited<ReturnType<typeof send>>;
const isAnswered = ({ text }: Sent) => /"data":\{/.test(text);

const CHECKS: readonly {
  readonly it: string;
  readonly ask: () => Promise<Sent>;
  readonly isFound: (sent: Sent) => boolean;
}[] = [
  {
    it: 'alias overloading',
    ask: () => send(query(`{ ${Array.from({ length: 101 }, (_, n) => `a${n}: __typename`).join(' ')} }`)),
    isFound: isAnswered,
  },
  {
    it: 'queries in a batch',
    ask: () => send(Array.from({ length: 10 }, () => query('{ __typename }'))),
    isFound: isAnswered,
  },
  {
    it: 'directive overloading',
    ask: () => send(query(`{ __typename ${'@aa'.repeat(60)} }`)),
    isFound: ({ text }) => (text.match(/Unknown directive/g) ?? []).length > 1,
  },
  {
    it: 'directives that there are, overloading',
    ask: () => send(query(`{ __typename ${'@include(if: true) '.repeat(60)} }`)),
    isFound: isAnswered,
  },
  {
    it: 'a circle through introspection',
    ask: () => send(query(`{ __schema { types { fields { type { ${deep(20)} } } } } }`)),
    isFound: isAnswered,
  },
  { it: 'one field over and over', ask: () => send(query(`{ ${'__typename '.repeat(500)} }`)), isFound: isAnswered },
  {
    it: 'names that are suggested',
    ask: () => send(query('{ custommers { id } }')),
    isFound: ({ text }) => /did you mean/i.test(text),
  },
  { it: 'GraphiQL', ask: () => send('', { method: 'GET' }), isFound: ({ text }) => /graphiql/i.test(text) },
  {
    it: 'introspection',
    ask: () => send(query('{ __schema { types { name } } }')),
    isFound: ({ text }) => text.includes('"types"'),
  },
  // Without a token, which only a header brings, nothing is answered but __typename; so what is to be feared is another site's page.
  {
    it: "a query by GET, from another site's page",
    ask: () =>
      send('', { method: 'GET', url: inUrl('{ viewer { staff { name } } }'), origin: 'https://elsewhere.example' }),
    isFound: isAnswered,
  },
  {
    it: 'a mutation by GET',
    ask: () => send('', { method: 'GET', url: inUrl('mutation { __typename }') }),
    isFound: isAnswered,
  },
  {
    it: 'a form',
    ask: () => send('query={__typename}', { type: 'application/x-www-form-urlencoded' }),
    isFound: isAnswered,
  },
  {
    it: 'a trace',
    ask: () => send(query('{ __typename }')),
    isFound: ({ text }) => /tracing|"extensions":\{[^}]*trace/i.test(text),
  },
  {
    it: 'errors that are not caught',
    ask: () => send('{ "query": {} }'),
    isFound: ({ text }) => /exception|stacktrace|at .*\.ts:/i.test(text),
  },
];

test("graphql-cop's checks find nothing", async () => {
  const found: string[] = [];
  for (const { it, ask, isFound } of CHECKS) {
    const sent = await ask();
    if (isFound(sent) || sent.status >= 500) found.push(`${it}: ${sent.status} ${sent.text.slice(0, 120)}`);
  }
  expect(found).toEqual([]);
  reached(4, 'nothing found', { checks: { injected: CHECKS.length, least: 12 } });
});
