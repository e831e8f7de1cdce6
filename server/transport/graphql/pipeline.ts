import { GraphQLError, type GraphQLSchema, NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { RequestContext, Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import type { Identity } from '../../platform/access/identity.ts';
import { newId } from '../../platform/values/ids.ts';
import type { Locale } from '../../platform/values/text.ts';
import { depthRule } from '../admission/depth.ts';
import type { Limits } from '../admission/limits.ts';
import { type Prechecked, precheck } from '../admission/precheck.ts';
import { useDocumentCache } from './document-cache.ts';
import { useEncodedAnswers } from './encoded-answers.ts';
import { usePlannedExecution } from './execution/planned-execution.ts';
import { graphiqlFor, type TokenFor, tourTabs } from './graphiql.ts';
import { createErrorMask } from './mask-error.ts';
import { inTime, useOperationLimits } from './operation-limits.ts';
import { type OnOperation, useOperationReport } from './operation-report.ts';
import { usePerEventContext } from './per-event-context.ts';
import type { PersistedOperations } from './persisted.ts';
import { localeOf, useReaderLanguage } from './reader-language.ts';
import { useVariableIssues } from './variable-issues.ts';
import { useViewerReads } from './viewer-reads.ts';

export interface PipelineOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly identity: Identity;
  /** Development: GraphiQL, introspection, suggestions. */
  readonly isOpen: boolean;
  readonly limits: Limits;
  readonly operations: PersistedOperations;
  readonly onOperation?: OnOperation | undefined;
  /** Only in the demo: as whom GraphiQL is signed in. */
  readonly tokenFor?: TokenFor | undefined;
}

/** Who asks, from a token; null when it is not to be trusted or the person is no longer in force. */
export async function actorOfToken(
  services: Services,
  identity: Identity,
  token: string | null,
): Promise<Actor | null> {
  if (!token) return null;
  const claims = await identity.verify(token);
  return claims && services.actors.read(claims.staffId, claims);
}

/** The token of an `Authorization: Bearer` header or of `connection_init`'s payload. */
export function bearerOf(authorization: unknown): string | null {
  const match = typeof authorization === 'string' ? /^Bearer +([\w.~+/=-]+)$/i.exec(authorization) : null;
  return match?.[1] ?? null;
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
export function createPipeline({
  schema,
  services,
  identity,
  isOpen,
  limits,
  operations,
  onOperation,
  tokenFor,
}: PipelineOptions) {
  const open = createErrorMask(services.log);
  const mask = isOpen ? open : (error: unknown) => withoutSuggestion(open(error));
  const plugins: Plugin[] = [
    useFirstLook(operations, limits),
    useDocumentCache(),
    // First of those that stand around executing, so that it is inside of them.
    usePlannedExecution(),
    useVariableIssues(),
    useViewerReads(),
    useReaderLanguage(),
    usePerEventContext(),
    useOperationLimits(limits),
    useRules(depthRule(limits.depth)),
  ];
  // Last, so that what the others put in the place of executing is inside of it.
  if (onOperation) plugins.push(useOperationReport(onOperation));
  plugins.push(useEncodedAnswers());
  if (!isOpen) plugins.push(useRules(NoSchemaIntrospectionCustomRule), useNoSuggestions());
  return createYoga<Initial, RequestContext>({
    schema,
    graphqlEndpoint: '/graphql',
    healthCheckEndpoint: '/health',
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    extraParamNames: ['documentId'],
    logging: false,
    graphiql: isOpen && ((request) => graphiqlFor(request, tokenFor)),
    renderGraphiQL: async (options) => {
      // One page of nine megabytes that loads nothing from outside: read only when somebody opens it.
      const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
      const tabs = tourTabs(new URL('../../../schema/operations.graphql', import.meta.url));
      const { headers } = options;
      return renderGraphiQL({ ...options, defaultTabs: tabs.map((tab) => ({ ...tab, ...(headers && { headers }) })) });
    },
    maskedErrors: { maskError: (error) => mask(error) },
    parserAndValidationCache: false,
    plugins,
    context: async ({ request, connection }): Promise<RequestContext> => {
      const requestId = request?.headers.get('x-request-id')?.slice(0, 64) || newId();
      if (connection) return { services, actor: connection.actor, requestId, locale: connection.locale };
      const token = bearerOf(request.headers.get('authorization'));
      const actor = await inTime(actorOfToken(services, identity, token), limits.operationMs);
      return { services, actor, requestId, locale: localeOf(request.headers.get('accept-language')) };
    },
  });
}

export type Pipeline = ReturnType<typeof createPipeline>;

/** Adds rules to those by which documents are validated. */
function useRules(...rules: readonly ValidationRule[]): Plugin {
  return {
    onValidate({ addValidationRule }) {
      for (const rule of rules) addValidationRule(rule);
    },
  };
}

/** What graphql proposes in the place of a name tells names of the schema, and values. */
function withoutSuggestion<Failure extends Error>(error: Failure): Failure {
  error.message = error.message.replace(/ ?Did you mean .*\?$/s, '');
  return error;
}

function useNoSuggestions(): Plugin {
  return {
    onValidate:
      () =>
      ({ valid, result, setResult }) => {
        if (!valid) setResult(result.map((error) => withoutSuggestion(error as GraphQLError)));
      },
  };
}

/**
 * The first look, for whichever transport.
 *
 * @throws {GraphQLError} TOO_COSTLY, before anything is parsed
 */
export function refuseAtFirstLook(params: Prechecked, limits: Limits): void {
  const why = precheck(params, limits);
  if (why) throw new GraphQLError(why, { extensions: { code: 'TOO_COSTLY', http: { status: 400 } } });
}

/** Puts the listed document in the place of its id, and looks at what is to be parsed. */
function useFirstLook(operations: PersistedOperations, limits: Limits): Plugin {
  return {
    onParams({ params, request, setParams }) {
      const { documentId = inUrl(request), ...rest } = params as typeof params & { documentId?: unknown };
      const query = operations.resolve({ ...rest, documentId });
      refuseAtFirstLook({ query, variables: params.variables }, limits);
      setParams({ ...rest, ...(query !== undefined && { query }) });
    },
  };
}

/** What a GET names its document by: Yoga reads the fields of a request that it knows. */
function inUrl({ method, url }: Request): string | undefined {
  return method === 'GET' ? (new URL(url).searchParams.get('documentId') ?? undefined) : undefined;
}
