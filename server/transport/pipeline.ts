import { EnvelopArmor } from '@escape.tech/graphql-armor';
import { useDisableIntrospection } from '@graphql-yoga/plugin-disable-introspection';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Actor } from '../access/actor.ts';
import type { Identity } from '../access/identity.ts';
import type { RequestContext, Services } from '../context.ts';
import { newId } from '../ids.ts';
import type { Locale } from '../policy/text.ts';
import { useFreshEvents } from './fresh-events.ts';
import { contractTabs } from './graphiql.ts';
import { LIMITS } from './limits.ts';
import { createErrorMask } from './mask-error.ts';

export interface PipelineOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly identity: Identity;
  /** Development: GraphiQL, introspection, suggestions. */
  readonly isOpen: boolean;
}

/** Who asks, from a token; null when it is not to be trusted or the person is no longer in force. */
export async function actorOfToken(
  services: Services,
  identity: Identity,
  token: string | null,
): Promise<Actor | null> {
  if (!token) return null;
  const claims = await identity.verify(token);
  return claims && services.actors.read(claims.staffId, { expiresAt: claims.expiresAt, scopes: claims.scopes });
}

/** The token of an `Authorization: Bearer` header or of `connection_init`'s payload. */
export function bearerOf(authorization: unknown): string | null {
  const match = typeof authorization === 'string' ? /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) : null;
  return match?.[1] ?? null;
}

/** ZH for a reader who prefers Chinese, else EN. */
export function localeOf(acceptLanguage: string | null | undefined): Locale {
  return acceptLanguage?.trim().toLowerCase().startsWith('zh') ? 'ZH' : 'EN';
}

/** What an operation is given, whichever transport brought it. */
export interface Initial {
  /** Set by the socket, which knows its actor; over HTTP the header tells. */
  readonly connection?: { readonly actor: Actor | null; readonly locale: Locale };
}

/**
 * The one pipeline of HTTP and WebSocket: parse, limits, validate, identity, execute, mask. Both transports take their
 * functions from it, so that nothing holds for one alone.
 */
export function createPipeline({ schema, services, identity, isOpen }: PipelineOptions) {
  const mask = createErrorMask(services.log);
  const armor = new EnvelopArmor({
    maxDepth: { n: LIMITS.depth, flattenFragments: true },
    maxAliases: { n: LIMITS.aliases },
    maxDirectives: { n: LIMITS.directives },
    maxTokens: { n: LIMITS.documentTokens },
    // Lists are pages of at most 100; the cost of a document is bounded by its depth and size.
    costLimit: { enabled: false },
    blockFieldSuggestion: { enabled: !isOpen },
  });
  const protection = armor.protect();
  const plugins: Plugin[] = [
    useDocumentLimit() as Plugin,
    useFreshEvents(),
    ...(protection.plugins as unknown as Plugin[]),
  ];
  if (!isOpen) plugins.push(useDisableIntrospection() as unknown as Plugin);
  return createYoga<Initial, RequestContext>({
    schema,
    graphqlEndpoint: '/graphql',
    healthCheckEndpoint: '/health',
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    logging: false,
    graphiql: isOpen && {
      title: 'Tierline',
      defaultTabs: contractTabs(new URL('../../schema/operations.graphql', import.meta.url)).map(({ query }) => ({
        query,
      })) as never,
      shouldPersistHeaders: true,
    },
    renderGraphiQL: async (options) => {
      // One page of nine megabytes that loads nothing from outside: read only when somebody opens it.
      const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
      return renderGraphiQL(options);
    },
    maskedErrors: { maskError: (error) => mask(error) },
    parserAndValidationCache: { documentCache: bounded(), errorCache: bounded(), validationCache: true } as never,
    plugins,
    context: async ({ request, connection }): Promise<RequestContext> => {
      const requestId = request?.headers.get('x-request-id')?.slice(0, 64) || newId();
      if (connection) return { services, actor: connection.actor, requestId, locale: connection.locale };
      const actor = await actorOfToken(services, identity, bearerOf(request.headers.get('authorization')));
      return { services, actor, requestId, locale: localeOf(request.headers.get('accept-language')) };
    },
  });
}

export type Pipeline = ReturnType<typeof createPipeline>;

/** A cache of at most so many documents, the oldest leaving first. */
function bounded(limit = 512) {
  const entries = new Map<string, unknown>();
  return {
    get: (key: string) => entries.get(key),
    set: (key: string, value: unknown) => {
      if (entries.size >= limit) for (const oldest of entries.keys()) if (entries.delete(oldest)) break;
      entries.set(key, value);
    },
  };
}

/** Refuses long documents before anything reads them. */
function useDocumentLimit(): { onParse(event: { params: { source: unknown } }): void } {
  return {
    onParse({ params }) {
      const length =
        typeof params.source === 'string'
          ? params.source.length
          : ((params.source as { body?: string })?.body?.length ?? 0);
      if (length > LIMITS.documentLength) {
        throw new GraphQLError(`The document is longer than ${LIMITS.documentLength} characters.`, {
          extensions: { code: 'TOO_COSTLY', http: { status: 400 } },
        });
      }
    },
  };
}
