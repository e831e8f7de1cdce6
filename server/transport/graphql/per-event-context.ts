import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../../engine/services/services.ts';
import { currentActor } from '../../platform/access/current-actor.ts';
import { isPassing } from '../../platform/storage/outages/passing.ts';
import { eventResult, notReady, signedOut } from './event-result.ts';
import { forViewer } from './viewer-reads.ts';

/**
 * Executes each event of a subscription in a context of its own, with the rights of that moment. With the one context of
 * the stream, what Pothos remembers of rights would live as long as the stream, and a right that ended would be served.
 *
 * The context has a signal that fires when the subscription ends, for sources that wait.
 */
export function usePerEventContext(): Plugin {
  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => subscribePerEvent(args));
    },
  };
}

async function subscribePerEvent(args: ExecutionArgs): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const ended = new AbortController();
  const context: RequestContext = { ...(args.contextValue as RequestContext), signal: ended.signal };
  const source = await createSourceEventStream({ ...args, contextValue: context });
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  const end = async (): Promise<IteratorResult<ExecutionResult, undefined>> => {
    ended.abort();
    // A source that stands still ends when the signal wakes it; nobody has to wait for that.
    void Promise.resolve(events.return?.()).catch(() => undefined);
    return { done: true, value: undefined };
  };
  /** The context for one execution. */
  const afresh = async (): Promise<RequestContext> => {
    const actor = context.actor && (await currentActor(context.services.actors, context.actor, ended.signal));
    if (!actor) {
      throw signedOut();
    }
    return { ...context, actor };
  };
  const iterator: AsyncGenerator<ExecutionResult, undefined, void> = {
    async next() {
      try {
        const { done, value } = await events.next();
        if (done || ended.signal.aborted) return await end();
        const result = await eventResult({
          services: context.services,
          execute: async () => {
            const contextValue = await afresh();
            return forViewer(contextValue, () => execute({ ...args, rootValue: value, contextValue }));
          },
          isOver: () => ended.signal.aborted,
        });
        if (ended.signal.aborted) return await end();
        return { done: false, value: result };
      } catch (error) {
        const isOver = ended.signal.aborted;
        const over = await end();
        if (isOver) return over;
        throw isPassing(error) ? notReady() : error;
      }
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
  return iterator;
}
