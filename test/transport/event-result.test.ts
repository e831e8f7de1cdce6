import { type ExecutionResult, GraphQLError } from 'graphql';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { NotFound } from '../../server/platform/values/errors.ts';
import { eventResult } from '../../server/transport/graphql/event-result.ts';

const services = { alerts: { tail: { figures: () => ({ lagMs: 0 }) } }, log: pino({ level: 'silent' }) } as never;

/** A result below whose event something failed. */
const broken = (original: Error | undefined, data: ExecutionResult['data'] = { slaAlerts: { alert: null } }) => ({
  data,
  errors: [new GraphQLError('It failed.', original && { originalError: original })],
});
const whole: ExecutionResult = { data: { slaAlerts: { alert: { id: '1' } } } };

/** Executes as the results say, one after the other, the last of them again and again. */
async function told(
  results: readonly (ExecutionResult | Error)[],
  options: { patienceMs?: number; isOver?: () => boolean } = {},
) {
  let tries = 0;
  const execute = async () => {
    const result = results[Math.min(tries++, results.length - 1)] as ExecutionResult | Error;
    if (result instanceof Error) throw result;
    return result;
  };
  const outcome = await eventResult({ services, execute, isOver: () => false, ...options }).catch(
    (error: unknown) => error,
  );
  return { outcome, tries };
}

const lost = Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
const prismas = Object.assign(new Error('Invalid invocation'), {
  code: 'P2010',
  meta: { driverAdapterError: { cause: { kind: 'ConnectionClosed' } } },
});

test.each([
  { it: 'a lost connection', error: lost },
  { it: "a lost connection in Prisma's layers", error: prismas },
  { it: 'one that pg gives no code', error: new Error('Connection terminated unexpectedly') },
  { it: 'a statement that took too long', error: Object.assign(new Error('canceling'), { code: '57014' }) },
  { it: 'a policy that was overloaded', error: new GraphQLError('Later.', { extensions: { code: 'OVERLOADED' } }) },
])('$it is no result: the event is executed again, whatever came with it', async ({ error }) => {
  expect(await told([broken(error), broken(error, null), whole])).toEqual({ outcome: whole, tries: 3 });
});

test.each([
  { it: 'a refusal', result: broken(new NotFound('ticket')) },
  { it: 'an error that was made for clients', result: broken(undefined, null) },
])('$it is a result at once', async ({ result }) => {
  expect(await told([result])).toEqual({ outcome: result, tries: 1 });
});

test('a failure that passes ends the stream when it has lasted for too long, so that its client comes again', async () => {
  const { outcome, tries } = await told([broken(lost)], { patienceMs: 200 });
  expect((outcome as GraphQLError).extensions).toEqual({ code: 'NOT_READY' });
  expect(tries).toBeGreaterThan(2);
});

test('one try that never answers is given up and made again', async () => {
  let tries = 0;
  const execute = () => (++tries === 1 ? new Promise<ExecutionResult>(() => undefined) : Promise.resolve(whole));
  expect(await eventResult({ services, execute, isOver: () => false, withinMs: 50 })).toBe(whole);
});

test('a defect below an event is told with it once it has stayed; one in its place ends the stream', async () => {
  const below = broken(new TypeError('undefined is not a function'));
  expect(await told([below])).toEqual({ outcome: below, tries: 5 });
  const instead = broken(new TypeError('undefined is not a function'), null);
  expect(await told([instead])).toEqual({ outcome: instead.errors[0], tries: 5 });
});

test('nobody is waited for who has gone, and what the execution itself throws is passed on', async () => {
  expect((await told([broken(lost)], { isOver: () => true })).tries).toBe(1);
  const personal = new Error('personal');
  expect(await told([personal])).toEqual({ outcome: personal, tries: 1 });
});
