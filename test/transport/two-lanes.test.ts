import { PrismaPg } from '@prisma/adapter-pg';
import { execute, parse, validate } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PrismaClient } from '../../prisma/generated/client/client.ts';
import type { RequestContext, Services } from '../../server/engine/services/services.ts';
import { parseGlobalId } from '../../server/platform/values/ids.ts';
import { plannedResult } from '../../server/transport/graphql/execution/planned-execution.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { numbersOf, RandomDocuments } from '../support/random-documents.ts';

// Reads go a way of their own, from the document to one statement and back. Whatever is asked, the answer is the one that graphql
// gives over Prisma, to the byte.

/** Documents by role; their seed is a number of its own in each run of the long version. */
const DOCUMENTS = process.env.TIERLINE_LONG ? 2_000 : 250;

const ROLES = ['BK-A-CM1', 'BK-HQ-DIR1', 'SYS-AUDITOR'];

let app: TestApp;
let prisma: PrismaClient;
let ids: string[];
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00Z', demo: true });
  prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: app.databaseUrl ?? '' }) });
  ids = await someIds(app.as('SYS-AUDITOR'));
});
afterAll(async () => {
  await prisma?.$disconnect();
  await app?.[Symbol.asyncDispose]();
});

/** Of objects of each kind that the lists show. */
async function someIds(person: Person): Promise<string[]> {
  const lists = ['customers', 'tickets', 'tasks', 'approvals', 'staff', 'branches', 'alerts'];
  const answer = await person.ask<Record<string, { nodes: { id: string }[] }>>(
    `{ ${lists.map((list) => `${list}(first: 20) { nodes { id } }`).join(' ')} }`,
  );
  return lists.flatMap((list) => (answer.data?.[list]?.nodes ?? []).map(({ id }) => id));
}

async function contextOf(person: Person, services: Services): Promise<RequestContext> {
  const id = parseGlobalId(person.id)?.id ?? '';
  const actor = await services.actors.read(id, { expiresAt: Date.now() + 3_600_000, scopes: [] });
  return { services, actor, requestId: 'test', locale: 'EN' };
}

test.each(ROLES)('of %s documents by chance are answered alike', async (who) => {
  const { schema, services } = app.app;
  const seed = process.env.TIERLINE_LONG ? Date.now() : 20_260_302;
  const documents = new RandomDocuments(schema, numbersOf(seed), ids);
  const person = app.as(who);
  const prismas: Services = { ...services, database: { ...services.database, prisma } };
  const seen = { planned: 0, rows: 0, refused: 0 };
  for (let at = 0; at < DOCUMENTS; at += 1) {
    const { query, variables } = documents.next();
    const document = parse(query);
    if (validate(schema, document).length > 0) continue;
    const args = { schema, document, variableValues: variables };
    const here = await plannedResult({ ...args, contextValue: await contextOf(person, services) });
    if (here === null) continue;
    seen.planned += 1;
    const there = await execute({ ...args, contextValue: await contextOf(person, prismas) });
    expect(JSON.stringify(here), `seed ${seed}: ${query}`).toBe(JSON.stringify(there));
    if (here.errors) seen.refused += 1;
    if (JSON.stringify(here.data).length > 200) seen.rows += 1;
  }
  expect(seen.planned).toBeGreaterThan(DOCUMENTS * 0.6);
  expect(seen.rows).toBeGreaterThan(DOCUMENTS * 0.2);
});
