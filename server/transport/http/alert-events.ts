import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { RequestContext, Services } from '../../engine/services/services.ts';
import type { Identity } from '../../platform/access/identity.ts';
import { may } from '../../platform/access/permissions.ts';
import { LIMITS, type Limits } from '../admission/limits.ts';
import { createErrorMask } from '../graphql/mask-error.ts';
import { refusalOf } from '../graphql/operation-limits.ts';
import type { PersistedOperations } from '../graphql/persisted.ts';
import { actorOfToken, bearerOf, localeOf, type Pipeline, refuseAtFirstLook } from '../graphql/pipeline.ts';
import { readAlertSubscription } from '../live/alert-subscription.ts';
import { watchPresence } from '../live/presence.ts';
import { type Outlet, viewAlerts } from '../live/viewing.ts';

export interface AlertEventsOptions {
  readonly pipeline: Pipeline;
  readonly services: Services;
  readonly identity: Identity;
  readonly limits: Limits;
  readonly operations: PersistedOperations;
  readonly patienceMs?: number | undefined;
}

/** Answers with a stream of alerts, and says so; false where the request is to take the ordinary way. */
export type ServeAlertEvents = (request: IncomingMessage, response: ServerResponse, body: Buffer) => Promise<boolean>;

/**
 * Alerts over Server-Sent Events, in the form that Yoga gives them (`event: next`). Whatever is no valid subscription of
 * somebody who may follow alerts is left to Yoga, which has the words for it.
 */
export function serveAlertEvents({
  pipeline,
  services,
  identity,
  limits,
  operations,
  patienceMs = LIMITS.patienceMs,
}: AlertEventsOptions): ServeAlertEvents {
  const mask = createErrorMask(services.log);
  const outlets = new Map<ServerResponse, Outlet>();
  let endWatch: (() => void) | undefined;

  return async (request, response, body) => {
    const params = paramsOf(body);
    const token = bearerOf(request.headers.authorization);
    const actor = params && (await actorOfToken(services, identity, token));
    if (!actor || !may(actor, 'followAlerts')) return false;
    const { schema, contextFactory, parse, validate } = pipeline.getEnveloped({
      request: new Request('http://events/graphql', {
        method: 'POST',
        headers: { 'x-request-id': String(request.headers['x-request-id'] ?? '') },
      }),
      connection: { actor, locale: localeOf(request.headers['accept-language']) },
      params,
    } as never);
    const subscription = (() => {
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
    })();
    if (!subscription) return false;

    const { locale, requestId } = (await contextFactory()) as RequestContext;
    const ended = new AbortController();
    response.once('close', () => ended.abort());
    if (response.destroyed) return true;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    response.write(':\n\n');
    const say = (event: string, data = '') => {
      if (!response.writableEnded) response.write(`event: ${event}\ndata: ${data}\n\n`);
    };
    const outlet: Outlet = {
      actor,
      locale,
      send: ({ text }) => say('next', text),
      get bufferedBytes() {
        return response.writableLength;
      },
      close: (why) => {
        ended.abort();
        if (why === 'FORBIDDEN') response.end(`event: next\ndata: ${SIGNED_OUT}\n\nevent: complete\ndata:\n\n`);
        // Without a word: what ended in good order would not be taken up again.
        else response.destroy();
      },
    };
    outlets.set(response, outlet);
    response.once('close', () => {
      outlets.delete(response);
      if (outlets.size > 0) return;
      endWatch?.();
      endWatch = undefined;
    });
    endWatch ??= watchPresence(outlets, services.actors);
    try {
      await viewAlerts({ services, outlet, subscription, mask, requestId, patienceMs }, ended.signal);
    } catch (error) {
      say('next', JSON.stringify({ errors: [mask(error) as GraphQLError] }));
      say('complete');
      response.end();
    }
    return true;
  };
}

const SIGNED_OUT = JSON.stringify({
  errors: [{ message: 'Sign in again: the token has ended.', extensions: { code: 'UNAUTHENTICATED' } }],
});

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
