import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { reached } from '../bars/reached.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import type { Answer } from '../support/ask.ts';
import { numbersOf, RandomDocuments } from '../support/random-documents.ts';

// Whatever the schema lets ask, no answer is a defect of ours, over either transport.

const DOCUMENTS = process.env.TIERLINE_LONG ? 50_000 : 600;
const MOST_MS = 10_000;

let app: TestApp;
let ids: string[];
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00Z', demo: true });
  const lists = ['customers', 'tickets', 'tasks', 'approvals', 'staff', 'branches', 'alerts'];
  const { data } = await app
    .as('SYS-AUDITOR')
    .ask<Record<string, { nodes: { id: string }[] }>>(
      `{ ${lists.map((list) => `${list}(first: 20) { nodes { id } }`).join(' ')} }`,
    );
  ids = lists.flatMap((list) => (data?.[list]?.nodes ?? []).map(({ id }) => id));
});
afterAll(() => app[Symbol.asyncDispose]());

type Ask = (query: string, variables: Record<string, unknown>) => Promise<Pick<Answer, 'errors'>>;

function overSocket(person: Person): Ask & AsyncDisposable {
  const client = createClient({
    url: app.wsUrl,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${person.token}` },
    retryAttempts: 0,
  });
  const ask: Ask = (query, variables) =>
    new Promise((resolve, reject) => {
      let errors: Answer['errors'];
      client.subscribe(
        { query, variables },
        {
          next: (result) => {
            errors = result.errors as Answer['errors'];
          },
          error: (error) => (Array.isArray(error) ? resolve({ errors: error }) : reject(error)),
          complete: () => resolve({ errors }),
        },
      );
    });
  return Object.assign(ask, { [Symbol.asyncDispose]: async () => client.dispose() });
}

test(
  'no document by chance brings the inside out, over HTTP or a socket',
  async () => {
    const seed = process.env.TIERLINE_LONG ? Date.now() : 20_261_208;
    const wrong: unknown[] = [];
    let answered = 0;
    let slowest = 0;
    for (const [index, who] of ['BK-A-CM1', 'BK-HQ-DIR1', 'SYS-AUDITOR'].entries()) {
      const documents = new RandomDocuments(app.app.schema, numbersOf(seed + index), ids);
      const person = app.as(who);
      await using socket = overSocket(person);
      for (let at = 0; at < DOCUMENTS / 3; at += 1) {
        const { query, variables } = documents.next();
        const began = performance.now();
        const { errors } = await (at % 2 === 0 ? person.ask(query, variables) : socket(query, variables));
        slowest = Math.max(slowest, performance.now() - began);
        if (errors?.some(({ extensions }) => extensions?.code === 'INTERNAL' || extensions?.code === undefined))
          wrong.push({ seed, who, query, variables, errors });
        answered += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(slowest).toBeLessThan(MOST_MS);
    reached(12, `0 INTERNAL, the slowest ${Math.round(slowest)} ms`, {
      'documents, every other one over a socket': { injected: answered, least: DOCUMENTS },
    });
  },
  process.env.TIERLINE_LONG ? 7_200_000 : 180_000,
);
