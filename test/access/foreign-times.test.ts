import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, toGlobalId } from '../../server/platform/values/ids.ts';
import { reached } from '../bars/reached.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';

// Neither what is answered nor how long it takes tells whether an id is somebody's elsewhere, or nobody's.

const IDS = 200;
const MOST = 1.1;
const DOCUMENT = 'query ($id: ID!) { customer(id: $id) { id name } node(id: $id) { id } }';

let app: TestApp;
let foreign: string[];
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00Z' });
  const { prisma } = app.app.services.database;
  const branch = await prisma.branch.findUniqueOrThrow({ where: { code: 'BK-B' } });
  const at = new Date('2026-03-01T00:00:00Z');
  const rows = Array.from({ length: IDS }, (_, index) => ({
    id: newId(),
    policyId: 'bank-vip',
    branchId: branch.id,
    number: `F-${index}`,
    kind: 'INDIVIDUAL' as const,
    stage: 'FORMAL' as const,
    name: `Foreign ${index}`,
    createdAt: at,
    updatedAt: at,
  }));
  await prisma.customer.createMany({ data: rows });
  foreign = rows.map(({ id }) => toGlobalId('Customer', id));
});
afterAll(() => app[Symbol.asyncDispose]());

async function timed(person: Person, id: string) {
  const began = performance.now();
  const { status, data, errors } = await person.ask(DOCUMENT, { id });
  return { ms: performance.now() - began, text: JSON.stringify({ status, data, errors }) };
}

const quantile = (values: number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
/** Of quick answers, for those that the machine held up tell of the machine. */
const quick = (times: number[]) => quantile(times, 0.25);

test('a customer of another place is answered as one that there is not, in the same time', async () => {
  const person = app.as('BK-A/SUPERVISOR');
  const texts = new Set<string>();
  const ratios: number[] = [];
  // Three rounds, for a busy machine disturbs one; in turns, so that it disturbs both alike.
  for (let round = 0; round < 3; round += 1) {
    const times = { foreign: [] as number[], missing: [] as number[] };
    for (const [turn, id] of foreign.entries()) {
      const two = [['foreign', id] as const, ['missing', toGlobalId('Customer', newId())] as const];
      // Each comes first as often as the other: what one leaves behind falls on both.
      for (const [whose, one] of turn % 2 === 0 ? two : two.toReversed()) {
        const { ms, text } = await timed(person, one);
        times[whose].push(ms);
        texts.add(text);
      }
    }
    ratios.push(quick(times.foreign) / quick(times.missing));
  }
  expect(texts.size).toBe(1);
  const ratio = quantile(ratios, 0.5);
  expect(ratio).toBeLessThanOrEqual(MOST);
  expect(ratio).toBeGreaterThanOrEqual(1 / MOST);
  reached(42, `answers alike, ${ratio.toFixed(3)} of the time`, { ids: { injected: foreign.length * 2, least: 400 } });
});
