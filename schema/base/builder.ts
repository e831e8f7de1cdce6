import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import type { Decimal } from 'decimal.js';
import { GraphQLError } from 'graphql';
import type PrismaTypes from '../../prisma/generated/pothos.ts';
import { getDatamodel } from '../../prisma/generated/pothos.ts';
import type { RequestContext } from '../../server/engine/services/services.ts';
import { maySee } from '../../server/platform/access/scope.ts';
import { DomainError, PLATFORM_ERRORS } from '../../server/platform/values/errors.ts';
import { parseGlobalId, toGlobalId } from '../../server/platform/values/ids.ts';
import type { Locale } from '../../server/platform/values/text.ts';
import { mayReadNode, type NodeRules, type OwnNodes } from './nodes.ts';
import NullableRootsPlugin from './nullable-roots.ts';
import SoundInputPlugin from './sound-input.ts';

export interface SchemaTypes {
  Context: RequestContext;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Connection: { totalCount: number | (() => number | Promise<number>) };
  AuthScopes: { signedIn: boolean };
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Date: { Input: Date; Output: Date };
    Decimal: { Input: string; Output: string | Decimal | { toFixed(): string } };
    Duration: { Input: string; Output: string };
    JSON: { Input: unknown; Output: unknown };
    Locale: { Input: Locale; Output: Locale };
  };
}

/**
 * A builder with all plugins; every root field asks for an identity, so nothing is open by omission.
 *
 * @param nodes who may read which object by its id; a type that is not in it is not read
 * @param ownNodes objects that are read by the id of their interface
 */
export function createBuilder(nodes: NodeRules, ownNodes: OwnNodes = {}) {
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [ScopeAuthPlugin, ErrorsPlugin, RelayPlugin, PrismaPlugin, SoundInputPlugin, NullableRootsPlugin],
    defaultFieldNullability: false,
    scopeAuth: {
      authScopes: ({ actor }) => ({ signedIn: actor !== null }),
      unauthorizedError: (_parent, context) => denied(context),
    },
    errors: { directResult: true, defaultTypes: [] },
    relay: {
      cursorType: 'String',
      nodesOnConnection: true,
      edgesFieldOptions: { nullable: { list: false, items: false } },
      nodeFieldOptions: { nullable: false },
      encodeGlobalID: (type, id) => toGlobalId(type, String(id)),
      decodeGlobalID: (globalId) => {
        const parsed = parseGlobalId(globalId);
        return parsed ? { typename: parsed.type, id: parsed.id } : { typename: 'Unknown', id: globalId };
      },
      // What may not be seen is not there: the same answer as for an id that does not exist.
      nodeQueryOptions: {
        nullable: true,
        resolve: (_root, { id }, context, _info, resolveNode) => readNode(nodes, ownNodes, context, id, resolveNode),
      },
      nodesQueryOptions: {
        nullable: { list: false, items: true },
        resolve: async (_root, args, { services, actor }, _info, resolveNodes) => {
          const { ids } = args;
          if (ids.length > MAX_PAGE) throw inputError('ids', `lists more than ${MAX_PAGE} ids`);
          const read = await readOwn(ownNodes, { services, actor }, ids);
          const readable = await Promise.all(ids.map((id) => mayReadNode(nodes, { services, actor }, id)));
          // Pothos loads what the arguments name and not what it is handed, so what may not be read leaves them.
          args.ids = ids.filter((_, index) => readable[index]);
          const loaded = await resolveNodes(args.ids);
          let next = 0;
          return readable.map((mayRead, index) => (mayRead ? loaded[next++] : read[index]));
        },
      },
    },
    prisma: {
      client: ({ services }: RequestContext) => services.database.prisma,
      dmmf: getDatamodel(),
      maxConnectionSize: 100,
      defaultConnectionSize: 20,
      onUnusedQuery: null,
    },
  });
  builder.queryType({ authScopes: { signedIn: true } });
  builder.mutationType({ authScopes: { signedIn: true } });
  builder.subscriptionType({ authScopes: { signedIn: true } });
  builder.globalConnectionField('totalCount', (t) =>
    t.int({
      description: `How many rows the filter finds, beyond this page. Lists of the query type count to ${MOST_COUNTED}: that number means so many or more.`,
      resolve: ({ totalCount }) => (typeof totalCount === 'function' ? totalCount() : totalCount),
    }),
  );
  return builder;
}

export type Builder = ReturnType<typeof createBuilder>;

/** Those of the ids that are of interfaces, as their objects; null where the viewer may not read one, and for all others. */
function readOwn(
  ownNodes: OwnNodes,
  { services, actor }: Pick<RequestContext, 'services' | 'actor'>,
  ids: readonly { readonly typename: string; readonly id: string }[],
): Promise<(object | null)[]> {
  return Promise.all(
    ids.map(async ({ typename, id }) => (actor && (await ownNodes[typename]?.({ services, actor }, id))) ?? null),
  );
}

/** An object by its id, where the viewer may read it. */
async function readNode(
  nodes: NodeRules,
  ownNodes: OwnNodes,
  { services, actor }: RequestContext,
  named: { readonly typename: string; readonly id: string },
  resolve: (id: { readonly typename: string; readonly id: string }) => unknown,
): Promise<object | null> {
  const own = ownNodes[named.typename];
  if (own) return actor && own({ services, actor }, named.id);
  return (await mayReadNode(nodes, { services, actor }, named)) ? (resolve(named) as Promise<object | null>) : null;
}

/** The most rows of a page, and the most ids of a list. */
export const MAX_PAGE = 100;

/** Up to so many rows of a list are counted: a count costs what it counts, however small its page. */
export const MOST_COUNTED = 100_000;

/** The unions of mutations: the type of the result and the platform's errors. */
export const mutationErrors = { types: PLATFORM_ERRORS, directResult: true } as const;

/** The actor of a request that passed the root's check. */
export function actorOf({ actor }: RequestContext): NonNullable<RequestContext['actor']> {
  if (!actor) throw denied({ actor: null });
  return actor;
}

/** Who asks, as services take it. */
export function callerOf(context: RequestContext) {
  return { actor: actorOf(context), requestId: context.requestId };
}

/**
 * The check of each object, whatever path led to it: a relation, a node, a mutation's payload, an event. Lists and nodes
 * are filtered before; this catches a path that was not.
 */
export const seenBy = {
  authScopes: (row: { policyId: string; branchId: string }, { actor }: RequestContext) =>
    actor !== null && maySee(actor, row) ? { signedIn: true } : false,
  runScopesOnType: true,
} as const;

function denied({ actor }: { actor: RequestContext['actor'] }): GraphQLError {
  return actor
    ? new GraphQLError('You may not see this.', { extensions: { code: 'FORBIDDEN' } })
    : new GraphQLError('Sign in first: send a valid token.', { extensions: { code: 'UNAUTHENTICATED' } });
}

/** A query's input that breaks a rule: an execution error, for queries have no error union. */
export function inputError(path: string, message: string): GraphQLError {
  return new GraphQLError(`${path} ${message}`, { extensions: { code: 'INVALID_INPUT', issues: [{ path, message }] } });
}

/** A domain error that a query meets, as an execution error with its code. */
export function asExecutionError(error: unknown): unknown {
  if (!(error instanceof DomainError)) return error;
  const { code, message } = error;
  const parameters = 'parameters' in error ? { parameters: error.parameters } : {};
  return new GraphQLError(message, { extensions: { code, ...parameters } });
}
