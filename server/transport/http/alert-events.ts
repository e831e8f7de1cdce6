import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { SharedResult } from '../../engine/alert-log/shared-execution.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import type { Identity } from '../../platform/access/identity.ts';
import { may } from '../../platform/access/permissions.ts';
import { isAway } from '../../platform/storage/outages/passing.ts';
import type { Locale } from '../../platform/values/text.ts';
import { LIMITS, type Limits } from '../admission/limits.ts';
import { type Enveloped, envelopedBy } from '../graphql/enveloped.ts';
import { notReady, signedOut } from '../graphql/event-result.ts';
import { createErrorMask } from '../graphql/mask-error.ts';
import { refusalOf } from '../graphql/operation-limits.ts';
import type { PersistedOperations } from '../graphql/persisted.ts';
import { actorOfToken, bearerOf, type Pipeline, refuseAtFirstLook } from '../graphql/pipeline.ts';
import { errorIn, localeOf } from '../graphql/reader-language.ts';
import { type AlertSubscription, readAlertSubscription } from '../live/alert-subscription.ts';
import { type Ending, type Outlet, viewAlerts } from '../live/alert-viewer.ts';
import { watchSessions } from '../live/session-watch.ts';

export interface AlertEventsOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly identity: Identity;
  readonly limits: Limits;
  readonly operations: PersistedOperations;
  readonly slowReaderMs?: number | undefined;
}

/** Answers with a stream of alerts, and says so; false where the request is to take the ordinary way. */
export type ServeAlertEvents = (request: IncomingMessage, response: ServerResponse, body: Buffer) => Promise<boolean>;

/**
 * Alerts over Server-Sent Events, in the form that Yoga gives them (`event: next`). Whatever is no valid subscription of
 * somebody who may follow alerts is left to Yoga, which has the words for it.
 */
export function serveAlertEvents(options: AlertEventsOptions): ServeAlertEvents {
  const { services, identity, slowReaderMs = LIMITS.slowReaderMs } = options;
  const mask = createErrorMask(services.log);
  const outlets = new WatchedOutlets(services);

  return async (request, response, body) => {
    const params = paramsOf(body);
    const token = bearerOf(request.headers.authorization);
    const actor = params && (await actorOfToken(services, identity, token));
    if (!actor || !may(actor, 'followAlerts')) return false;
    const locale = localeOf(request.headers['accept-language']);
    const enveloped = envelopedBy(options.pipeline, { request, connection: { locale }, actor, params });
    const subscription = subscriptionIn(enveloped, params, options);
    if (!subscription) return false;

    const { requestId } = await enveloped.contextFactory();
    const stream = new AlertEventStream(response, actor, locale);
    if (!stream.begin()) return true;
    outlets.add(response, stream);
    try {
      const { ended } = stream;
      await viewAlerts({ services, outlet: stream, subscription, mask, requestId, slowReaderMs }, ended);
    } catch (error) {
      stream.fail(mask(isAway(error) ? notReady() : error, locale));
    }
    return true;
  };
}

/** A valid subscription to alerts and nothing else; null for all that Yoga answers. */
function subscriptionIn(
  { schema, parse, validate }: Enveloped,
  params: Params,
  { operations, limits }: Pick<AlertEventsOptions, 'operations' | 'limits'>,
): AlertSubscription | null {
  try {
    const query = operations.resolve(params) ?? '';
    refuseAtFirstLook({ query, variables: params.variables }, limits);
    const document = parse(query);
    if (validate(schema, document).length > 0) return null;
    const { operationName, variables } = params;
    if (refusalOf({ schema, document, operationName, variableValues: variables }, limits.cost)) return null;
    return readAlertSubscription(schema, document, operationName, variables);
  } catch {
    return null;
  }
}

/** Those whose tokens are looked at while any of them is open. */
class WatchedOutlets {
  readonly #services: Pick<Services, 'actors'>;
  readonly #open = new Map<ServerResponse, Outlet>();
  #endWatch: (() => void) | undefined;

  constructor(services: Pick<Services, 'actors'>) {
    this.#services = services;
  }

  /** Counts an outlet until its response closes. */
  add(response: ServerResponse, outlet: Outlet): void {
    this.#open.set(response, outlet);
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#open.size > 0) return;
      this.#endWatch?.();
      this.#endWatch = undefined;
    });
    this.#endWatch ??= watchSessions(this.#open, this.#services.actors);
  }
}

/** A response as a stream of events. */
class AlertEventStream implements Outlet {
  readonly actor: Actor;
  readonly locale: Locale;
  readonly #response: ServerResponse;
  readonly #ended = new AbortController();

  constructor(response: ServerResponse, actor: Actor, locale: Locale) {
    this.#response = response;
    this.actor = actor;
    this.locale = locale;
  }

  /** Fires when the response is closed, or about to be. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Sends the head; false where the reader has gone already. */
  begin(): boolean {
    const response = this.#response;
    response.once('close', () => this.#ended.abort());
    if (response.destroyed) return false;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    response.write(':\n\n');
    return true;
  }

  send({ text }: SharedResult): void {
    this.#say('next', text);
  }

  get bufferedBytes(): number {
    return this.#response.writableLength;
  }

  close(why: Ending): void {
    this.#ended.abort();
    if (why === 'FORBIDDEN') this.fail(errorIn(signedOut(), this.locale));
    // Without a word: what ended in good order would not be taken up again.
    else this.#response.destroy();
  }

  /** Ends with an error, in good order. */
  fail(error: GraphQLError): void {
    this.#say('next', JSON.stringify({ errors: [error] }));
    this.#say('complete');
    this.#response.end();
  }

  #say(event: string, data = ''): void {
    if (!this.#response.writableEnded) this.#response.write(`event: ${event}\ndata: ${data}\n\n`);
  }
}

interface Params {
  readonly query?: string;
  readonly documentId?: unknown;
  readonly extensions?: Record<string, unknown>;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
}

function paramsOf(body: Buffer): Params | null {
  try {
    const params = JSON.parse(body.toString()) as Partial<Params> | null;
    const { query, operationName, variables } = params ?? {};
    const isSound =
      (query == null || typeof query === 'string') &&
      (operationName == null || typeof operationName === 'string') &&
      (variables == null || (typeof variables === 'object' && !Array.isArray(variables)));
    return isSound ? (params as Params) : null;
  } catch {
    return null;
  }
}
