import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.ts';
import { givenCustomer, givenTicket } from '../../support/given.ts';
import { type WrittenPlugin, writePlugin } from './write-plugin.ts';

let plugin: WrittenPlugin;
let app: TestApp;
beforeAll(async () => {
  plugin = writePlugin(
    '',
    `profiles: { INDIVIDUAL: z.object({ hobby: z.string() }) },
     completeProfile: (_kind, { hobby }) => { if (hobby === 'throw') throw new Error('no'); if (hobby === 'hang') for (;;);
       return { seen: String(process.env.DATABASE_URL) }; },
     answers: { promise: ({ ticket }) => { if (ticket.channel === 'EMAIL') throw new Error('no'); return fine; } },`,
  );
  app = await startTestApp({ now: '2026-03-02T09:00:00+08:00', plugins: [plugin.file] });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  plugin[Symbol.dispose]();
});

const person = () => app.as('HOSTILE-A/SUPERVISOR');
const HEALTH =
  '{ policies { id pluginVersion pluginHash health { state since failures owedReactions lastError { question message } } } }';
const healthAs = async (who: string) => {
  const { policies } = (await app.as(who).ask(HEALTH)).data;
  return policies.find(({ id }: { id: string }) => id === 'hostile');
};

test('what completes a profile runs in the thread: its failures are POLICY_FAILURE, and no secret comes with it', async () => {
  const create = (hobby: string) =>
    person().does('CreateCustomer', {
      input: {
        policyId: 'hostile',
        branchCode: 'HOSTILE-A',
        number: `H-${hobby}`,
        kind: 'INDIVIDUAL',
        name: '王芳',
        consent: { vipService: true },
        profile: { hobby },
      },
    });
  expect(await create('throw')).toMatchObject({ __typename: 'PolicyFailure', code: 'POLICY_FAILURE' });
  const began = performance.now();
  const [hung, other] = await Promise.all([create('hang'), app.as('SYS/ADMIN').ask('{ viewer { id } }')]);
  expect(hung).toMatchObject({ __typename: 'PolicyFailure' });
  expect(other.data.viewer).not.toBeNull();
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(await create('chess')).toMatchObject({ __typename: 'Customer' });
  const { profile } = await app.app.services.database.prisma.customer.findFirstOrThrow({
    where: { number: 'H-chess' },
  });
  expect(profile).toEqual({ hobby: 'chess', seen: 'undefined' });
});

test('a policy that fails repeatedly is seen in its health, and one alert tells of it at once', async () => {
  expect((await healthAs('HOSTILE-A/SUPERVISOR')).pluginHash).toMatch(/^[0-9a-f]{12}$/);
  const { id: customerId } = await givenCustomer(person(), { policyId: 'hostile', branchCode: 'HOSTILE-A' });
  for (let i = 0; i < 6; i++) {
    const ticket = await givenTicket(person(), { customerId, channel: 'EMAIL' });
    expect(ticket.clocks).toHaveLength(2);
  }
  const { health } = await healthAs('HOSTILE-A/SUPERVISOR');
  expect(health).toMatchObject({
    state: 'BLOCKED',
    owedReactions: 0,
    lastError: { question: 'promise', message: expect.stringContaining('promise threw Error: no') },
  });
  expect(health.since).toBe('2026-03-02T01:00:00.000Z');
  await pause(200);
  const alerts = await app.app.services.database.prisma.alert.findMany({
    where: { dedupeKey: { contains: 'blocked' } },
  });
  const message = { en: expect.stringContaining('failed repeatedly at promise (promise threw Error: no') };
  expect(alerts).toMatchObject([{ kind: 'POLICY_FAILED', policyId: 'hostile', severity: 'CRITICAL', message }]);
});

test('how a policy does is no business of who works with customers alone', async () => {
  expect((await healthAs('HOSTILE-A/CUSTOMER_MANAGER')).health).toBeNull();
});
