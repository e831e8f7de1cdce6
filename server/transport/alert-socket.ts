import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
} from 'graphql';
import type { WebSocket } from 'ws';
import type { Actor } from '../access/actor.ts';
import { may } from '../access/permissions.ts';
import type { FeedEvent } from '../alerts/feed.ts';
import { nextFrame } from '../alerts/groups.ts';
import type { AlertRow } from '../alerts/row.ts';
import { type AlertFieldExtension, maySeeAlert } from '../alerts/stream.ts';
import type { RequestContext, Services } from '../context.ts';
import type { Locale } from '../policy/text.ts';
import { LIMITS } from './limits.ts';

// Many screens follow the same alerts. Their subscriptions go around graphql-ws' own `next`, so that an alert is executed
// and serialised once for all who ask the same with the same rights (server/alerts/broadcast.ts). Whatever is more than
// the one root field takes the ordinary way, with the same answers.

/** A subscription that is about alerts and nothing else. */
export interface AlertSubscription {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown>;
  readonly args: Record<string, unknown>;
  readonly field: AlertFieldExtension;
  readonly after: string | null;
}

/** Reads a validated document as a subscription to alerts; null for everything else. */
export function readAlertSubscription(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  given: Readonly<Record<string, unknown>> | null | undefined,
): AlertSubscription | null {
  const operation = getOperationAST(document, operationName ?? undefined);
  if (operation?.operation !== 'subscription') return null;
  const [node, ...more] = operation.selectionSet.selections;
  if (!node || more.length > 0 || node.kind !== Kind.FIELD || node.name.value !== 'slaAlerts') return null;
  if ((node as FieldNode).directives?.length) return null;
  const field = schema.getSubscriptionType()?.getFields().slaAlerts;
  const extension = field?.extensions.alerts as AlertFieldExtension | undefined;
  if (!field || !extension) return null;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given ?? {});
  if (!coerced) return null;
  const args = getArgumentValues(field, node, coerced);
  const after = typeof args.after === 'string' ? args.after : null;
  return {
    schema,
    document,
    operationName: operationName ?? undefined,
    variables: coerced,
    args,
    field: extension,
    after,
  };
}

/** The socket that a viewer's alerts go to. */
export interface AlertSocketOptions {
  readonly services: Services;
  readonly socket: WebSocket;
  readonly subscription: AlertSubscription;
  readonly documentText: string;
  readonly variablesText: string;
  /** The operation's id, as the client chose it. */
  readonly id: string;
  readonly actor: Actor;
  readonly locale: Locale;
  readonly requestId: string;
}

/** How long a socket may stay full before its streams are given up: the client resumes with its last cursor. */
const PATIENCE_MS = 30_000;

/** The socket took nothing for too long. */
export class SlowSubscriberError extends Error {}

/**
 * Sends a viewer's alerts until the returned iterator is ended. The iterator yields nothing; it keeps graphql-ws' idea of
 * the operation's life, and ends when the viewer's rights or the hub do.
 */
export function followOnSocket(options: AlertSocketOptions): AsyncGenerator<never, void, void> {
  const ended = new AbortController();
  const done = run(options, ended).finally(() => ended.abort());
  // A failure is told by next(); nobody may be waiting there yet.
  done.catch(() => undefined);
  const finished = { value: undefined, done: true } as const;
  return {
    next: async () => {
      await done;
      return finished;
    },
    return: async () => {
      ended.abort();
      return finished;
    },
    throw: async (error) => {
      ended.abort();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      ended.abort();
    },
  };
}

async function run(options: AlertSocketOptions, ended: AbortController): Promise<void> {
  const { services, socket, subscription, id, locale, requestId } = options;
  const { broadcast } = services.alerts;
  const frame = nextFrame(id);
  const close = () => ended.abort();
  socket.once('close', close);
  try {
    let { after } = subscription;
    let actor: Actor | null = options.actor;
    while (actor && !ended.signal.aborted) {
      const present: Actor = actor;
      // Other rights are another group: the viewer leaves this one and goes on in the next from its cursor.
      const regroup = new AbortController();
      const rights = rightsOf(present);
      const judge = (now: Actor | null, row: AlertRow): boolean => {
        if (now && rightsOf(now) === rights) return maySeeAlert(now, row);
        regroup.abort();
        return false;
      };
      await broadcast.follow({
        key: keyOf(options, present),
        after,
        matches: (row) => subscription.field.matches(subscription.args, row, present),
        entitled: (row) => {
          const known = services.actors.peek(present);
          return known === undefined
            ? services.actors.again(present).then((now) => judge(now, row))
            : judge(known, row);
        },
        execute: async (event) => {
          const contextValue: RequestContext = { services, actor: present, locale, requestId };
          return JSON.stringify(await executeFor(subscription, event, contextValue));
        },
        send: (result, event) => {
          after = event.cursor;
          socket.send(frame(result), { binary: false });
        },
        ready: () => socket.bufferedAmount < LIMITS.socketBufferBytes,
        drained: () => drained(socket, ended.signal),
        signal: AbortSignal.any([ended.signal, regroup.signal]),
      });
      if (!regroup.signal.aborted) return;
      const again: Actor | null = await services.actors.again(present);
      actor = again && may(again, 'followAlerts') ? again : null;
    }
  } finally {
    socket.off('close', close);
  }
}

async function executeFor(
  { schema, document, operationName, variables }: AlertSubscription,
  event: FeedEvent,
  contextValue: RequestContext,
): Promise<ExecutionResult> {
  return execute({
    schema,
    document,
    operationName: operationName ?? null,
    variableValues: variables,
    rootValue: event,
    contextValue,
  });
}

/** All that decides what a person may see; equal for two people who may see the same. */
function rightsOf({ roles, policyIds, branchId, tokenScopes }: Actor): string {
  return JSON.stringify([branchId, [...roles].sort(), [...policyIds].sort(), [...tokenScopes].sort()]);
}

function keyOf({ documentText, variablesText, subscription, locale }: AlertSocketOptions, actor: Actor): string {
  const person = subscription.field.isPersonal(subscription.args) ? actor.id : '';
  return [documentText, subscription.operationName ?? '', variablesText, locale, rightsOf(actor), person].join('\0');
}

/** Resolves when the socket's buffer is half empty. */
async function drained(socket: WebSocket, signal: AbortSignal): Promise<void> {
  const since = performance.now();
  while (socket.bufferedAmount > LIMITS.socketBufferBytes / 2 && !signal.aborted) {
    if (performance.now() - since > PATIENCE_MS) throw new SlowSubscriberError('the socket took nothing for too long');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
