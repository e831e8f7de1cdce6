import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Services } from '../../engine/services/services.ts';
import { isPassing, PATIENCE_MS } from '../../platform/storage/outages/passing.ts';
import { backoffMs } from '../../platform/values/poll-delay.ts';
import { LIMITS } from '../admission/limits.ts';
import { madeForClients } from './mask-error.ts';
import { inTime } from './operation-limits.ts';

// An event of a subscription is told once. A client that gets errors in its place goes on behind it, so what failed
// through a fault of ours is no result, over whichever transport:
//
//   a refusal (FORBIDDEN, NOT_FOUND, a wrong input)   a result: another try would say the same
//   a failure that passes (the database is away)      tried again, up to PATIENCE_MS; then the stream ends
//   a defect                                          tried again, TRIES times; then it is told with its errors where the
//                                                     event is there all the same, or else the stream ends
//
// A stream that ends has not moved its client, who comes again from where he stands.

/** How often a defect is met before it counts as one: it may be a trouble of the database in words that nobody knows. */
const TRIES = 5;

/** Milliseconds since the log of alerts was last read after which the database counts as being away. */
const AWAY_MS = 2_000;

export interface EventExecution {
  readonly services: Pick<Services, 'alerts' | 'log'>;
  /** Executes the event, in a context of its own. What it throws itself is no failure of the event, unless it passes. */
  readonly execute: () => Promise<ExecutionResult>;
  /** Whether nobody waits for it any more. */
  readonly isOver: () => boolean;
  /** Milliseconds that one try may take, and after which no other is made. */
  readonly withinMs?: number;
  readonly patienceMs?: number;
}

/**
 * The result of an event, as it is to be told.
 *
 * @throws {GraphQLError} NOT_READY where it cannot be had, or the defect that stands in its way
 * @throws what `execute` throws
 */
export async function eventResult(execution: EventExecution): Promise<ExecutionResult> {
  const { services, isOver, patienceMs = PATIENCE_MS } = execution;
  const since = performance.now();
  let defects = 0;
  for (let tries = 1; ; tries++) {
    const result = await attempt(execution);
    const ours = result.errors?.filter((error) => isPassing(error) || !madeForClients(error)) ?? [];
    const [failure] = ours;
    if (!failure) return result;
    const passes = ours.some((error) => isPassing(error)) || services.alerts.tail.figures().lagMs > AWAY_MS;
    if (!passes) {
      defects += 1;
      if (defects >= TRIES && isThere(result)) return result;
      if (defects >= TRIES) throw failure;
    }
    if (isOver()) throw notReady();
    if (performance.now() - since > patienceMs) {
      services.log.warn({ err: failure.originalError ?? failure }, 'an event could not be told; its stream ends');
      throw notReady();
    }
    await new Promise((resolve) => setTimeout(resolve, backoffMs(tries)));
  }
}

/** What a stream ends with whose next event cannot be had now; another try, here or at another node, may get it. */
export function notReady(): GraphQLError {
  return new GraphQLError('The database does not answer; go on after the last event that you got.', {
    extensions: { code: 'NOT_READY' },
  });
}

/** What a stream ends with whose person's token has ended. */
export function signedOut(): GraphQLError {
  return new GraphQLError('Sign in again: the token has ended.', { extensions: { code: 'UNAUTHENTICATED' } });
}

async function attempt({ execute, withinMs = LIMITS.operationMs }: EventExecution): Promise<ExecutionResult> {
  const running = execute();
  // Whoever is late may still fail, when nobody waits any more.
  running.catch(() => undefined);
  try {
    return await inTime(running, withinMs);
  } catch (error) {
    if (!isPassing(error)) throw error;
    return {
      errors: [
        error instanceof GraphQLError ? error : new GraphQLError('It failed.', { originalError: error as Error }),
      ],
    };
  }
}

/** Whether the client is told of the event itself, whatever is missing below it. */
function isThere({ data }: ExecutionResult): boolean {
  return data != null && Object.values(data).every((root) => root != null);
}
