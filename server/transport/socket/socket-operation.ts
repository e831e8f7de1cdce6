import type { IncomingMessage } from 'node:http';
import {
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
} from 'graphql';
import type { OperationResult, SubscribePayload } from 'graphql-ws';
import type { RequestContext, Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { may } from '../../platform/access/permissions.ts';
import { isPassing } from '../../platform/storage/outages/passing.ts';
import { requestScope } from '../../platform/values/request-scope.ts';
import type { Limits } from '../admission/limits.ts';
import type { StreamCount } from '../admission/stream-count.ts';
import type { Turns } from '../admission/turns.ts';
import { envelopedBy } from '../graphql/enveloped.ts';
import { notReady } from '../graphql/event-result.ts';
import type { ErrorMask } from '../graphql/mask-error.ts';
import { inTime, refusalOf } from '../graphql/operation-limits.ts';
import type { PersistedOperations } from '../graphql/persisted.ts';
import { type Pipeline, refuseAtFirstLook } from '../graphql/pipeline.ts';
import { errorIn } from '../graphql/reader-language.ts';
import { requestIdOf } from '../http/http-answers.ts';
import { type AlertSubscription, readAlertSubscription } from '../live/alert-subscription.ts';
import { followOnSocket } from './alert-socket.ts';
import type { Connection } from './connection.ts';

export interface PreparerOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly mask: ErrorMask;
  readonly slowReaderMs: number;
  readonly turns: Turns;
  readonly streamCount: StreamCount;
  readonly limits: Limits;
  readonly operations: PersistedOperations;
}

/** An operation as it came over a socket. */
export interface Requested {
  readonly connection: Connection;
  /** The socket's upgrade. */
  readonly request: IncomingMessage;
  /** As the client chose it. */
  readonly id: string;
  readonly params: SubscribePayload;
}

/** An operation that may run, with the functions that run it. */
export interface Prepared {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variableValues: Record<string, unknown> | null | undefined;
  readonly contextValue: RequestContext;
  readonly rootValue: {
    execute(args: ExecutionArgs): OperationResult;
    subscribe(args: ExecutionArgs): OperationResult;
  };
}

/** Takes operations of sockets through the pipeline: parse, limits, validate, identity; what is refused comes as errors. */
export function preparer(options: PreparerOptions) {
  const { services, mask, limits } = options;
  const prepare = async (requested: Named): Promise<Prepared | readonly GraphQLError[]> => {
    // Whoever left or lost a right acts with what is left of it, from the next operation on.
    const again = await inTime(services.actors.reread(requested.connection.actor), limits.operationMs).then(
      (actor) => ({ actor }),
      // Nothing was begun, so whoever asks may ask again; a client of streams knows that by its own word.
      (error: unknown) => ({ error: isPassing(error) && isStream(options, requested) ? notReady() : error }),
    );
    const { locale } = requested.connection;
    if ('error' in again) return [mask(again.error, locale)];
    try {
      const prepared = await new SocketOperation(options, requested, again.actor).prepare();
      return Array.isArray(prepared) ? prepared.map((error) => errorIn(error, locale)) : prepared;
    } catch (error) {
      return [mask(error, locale)];
    }
  };
  return (requested: Requested) => inRequest({ ...requested, requestId: requestIdOf(requested.request) }, prepare);
}

/** An operation with the id by which it is found in logs: the socket's, where it was opened with one. */
type Named = Requested & { readonly requestId: string };

function inRequest<Result>(requested: Named, act: (requested: Named) => Result): Result {
  return requestScope.run({ requestId: requested.requestId }, () => act(requested));
}

function isStream({ operations }: PreparerOptions, { params }: Requested): boolean {
  try {
    const document = parse(operations.resolve(params) ?? '');
    return getOperationAST(document, params.operationName ?? undefined)?.operation === 'subscription';
  } catch {
    return false;
  }
}

class SocketOperation {
  readonly #options: PreparerOptions;
  readonly #requested: Named;
  readonly #actor: Actor | null;

  constructor(options: PreparerOptions, requested: Named, actor: Actor | null) {
    this.#options = options;
    this.#requested = requested;
    this.#actor = actor;
  }

  /** @throws {GraphQLError} the document is refused before it is validated, or is one stream too many */
  async prepare(): Promise<Prepared | readonly GraphQLError[]> {
    const { limits, operations } = this.#options;
    const { params } = this.#requested;
    const enveloped = envelopedBy(this.#options.pipeline, { ...this.#requested, actor: this.#actor });
    const { schema, validate, contextFactory } = enveloped;
    const query = operations.resolve(params) ?? '';
    refuseAtFirstLook({ query, variables: params.variables }, limits);
    const document = enveloped.parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) return errors;
    const contextValue = await contextFactory();
    const { operationName, variables } = params;
    const alerts = this.#alertSubscription(schema, document);
    const refusal =
      alerts && refusalOf({ schema, document, operationName, variableValues: variables ?? {} }, limits.cost);
    if (refusal) return [refusal];
    const release = this.#countStream(document, alerts);
    return {
      schema,
      document,
      operationName,
      variableValues: variables,
      contextValue,
      rootValue: {
        execute: (args) => this.#execute(() => enveloped.execute(args)),
        subscribe: async (args) =>
          whenEnded(alerts ? this.#follow(alerts, contextValue) : await enveloped.subscribe(args), release),
      },
    };
  }

  /** Alerts go a way of their own, to those who may follow them. */
  #alertSubscription(schema: GraphQLSchema, document: DocumentNode): AlertSubscription | null {
    const { operationName, variables } = this.#requested.params;
    if (this.#actor === null || !may(this.#actor, 'followAlerts')) return null;
    return readAlertSubscription(schema, document, operationName, variables);
  }

  /**
   * Counts a stream until it ends or its socket closes.
   *
   * @returns takes it away again
   * @throws {GraphQLError} TOO_MANY_SUBSCRIPTIONS
   */
  #countStream(document: DocumentNode, alerts: AlertSubscription | null): () => void {
    const { connection, id, params } = this.#requested;
    const operation = getOperationAST(document, params.operationName ?? undefined)?.operation;
    if (operation !== 'subscription') return () => undefined;
    // Equal streams of alerts share their work, all others have their own.
    const release = this.#options.streamCount.add(connection.actor.id, alerts ? alerts.key : Symbol(id));
    connection.signal.addEventListener('abort', release, { once: true });
    return () => {
      connection.signal.removeEventListener('abort', release);
      release();
    };
  }

  /** Runs a query or mutation when its person's turn comes. */
  #execute(execute: () => OperationResult): OperationResult {
    const { turns, mask } = this.#options;
    const { connection } = this.#requested;
    return connection.track(
      inRequest(this.#requested, () =>
        turns
          .run(connection.actor.id, async () => execute())
          .catch((error: unknown) => ({ errors: [mask(error, connection.locale)] })),
      ),
    );
  }

  #follow(subscription: AlertSubscription, { requestId }: RequestContext) {
    const { services, mask, slowReaderMs } = this.#options;
    const { connection, id } = this.#requested;
    return followOnSocket({ services, connection, subscription, mask, id, requestId, slowReaderMs });
  }
}

/** The same stream, and somebody who hears of its end; an answer that is no stream has ended. */
function whenEnded<Stream>(stream: Stream, onEnd: () => void): Stream {
  const source = stream as Partial<AsyncGenerator> | null;
  if (typeof source?.[Symbol.asyncIterator] !== 'function') {
    onEnd();
    return stream;
  }
  const generator = source as AsyncGenerator;
  const next = generator.next.bind(generator);
  const end = generator.return.bind(generator);
  return Object.assign(generator, {
    next: async () => {
      try {
        const result = await next();
        if (result.done) onEnd();
        return result;
      } catch (error) {
        onEnd();
        throw error;
      }
    },
    return: (value: unknown) => {
      onEnd();
      return end(value);
    },
  }) as Stream;
}
