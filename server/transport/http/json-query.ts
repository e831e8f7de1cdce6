import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DocumentNode, type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import type { Limits } from '../admission/limits.ts';
import { precheck } from '../admission/precheck.ts';
import { packed } from '../graphql/encoded-answers.ts';
import { type Enveloped, envelopedPost } from '../graphql/enveloped.ts';
import type { PersistedOperations } from '../graphql/persisted.ts';
import type { Pipeline } from '../graphql/pipeline.ts';

/** The fields of a request, as JSON had them. */
export type Params = Readonly<Record<string, unknown>>;

/** What an answer is made with. */
interface QueryOptions {
  readonly pipeline: Pipeline;
  readonly operations: PersistedOperations;
  readonly limits: Limits;
}

interface Query {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The type of the answer that is asked for first; null where the pipeline has to look closer. */
function answerType({ headers }: IncomingMessage): 'application/json' | 'application/graphql-response+json' | null {
  const [first = '*/*'] = (headers.accept || '*/*').replaceAll(/\s/g, '').toLowerCase().split(',');
  if (first === '*/*' || first === 'application/json') return 'application/json';
  return first === 'application/graphql-response+json' ? first : null;
}

/** The parts of a request; null where one of them is none, or the document is not to be had: that the pipeline tells. */
function queryOf(params: Params, { operations, limits }: Omit<QueryOptions, 'pipeline'>): Query | null {
  const { query, variables, operationName, extensions, documentId, ...others } = params;
  const isSound =
    (query === undefined || query === null || typeof query === 'string') &&
    (variables === undefined || variables === null || isObject(variables)) &&
    (operationName === undefined || operationName === null || typeof operationName === 'string') &&
    (extensions === undefined || extensions === null || isObject(extensions)) &&
    Object.keys(others).length === 0;
  if (!isSound) return null;
  try {
    const text = operations.resolve({ query, documentId, extensions });
    // A document that was named is looked at now, as one that was sent was before.
    if (!text || (text !== query && precheck({ query: text }, limits))) return null;
    return { query: text, variables: variables ?? undefined, operationName: operationName ?? undefined };
  } catch {
    return null;
  }
}

/**
 * Answers a query that came as JSON with the pipeline's own functions, but without Yoga's fetch layer, which costs more than most
 * queries do. All that is no plain query (mutations, streams, refusals of a document) is left to the pipeline as a whole; nothing
 * was done then.
 *
 * @param params looked at once already
 * @returns false where the pipeline has to answer
 */
export async function answerQuery(
  { pipeline, operations, limits }: QueryOptions,
  request: IncomingMessage,
  response: ServerResponse,
  params: Params,
): Promise<boolean> {
  const type = answerType(request);
  const asked = type && queryOf(params, { operations, limits });
  if (!type || !asked) return false;
  const enveloped = envelopedPost(pipeline, request.headers, asked);
  const document = readyDocument(enveloped, asked);
  if (!document) return false;
  const contextValue = await enveloped.contextFactory().catch(() => null);
  if (!contextValue) return false;
  const result = (await enveloped.execute({
    schema: enveloped.schema,
    document,
    contextValue,
    variableValues: asked.variables,
    operationName: asked.operationName,
  })) as ExecutionResult;
  await send(request, response, type, result);
  return true;
}

/** The document of a query that is valid; null for all others. */
function readyDocument({ parse, validate, schema }: Enveloped, { query, operationName }: Query): DocumentNode | null {
  try {
    const document = parse(query);
    const isQuery = getOperationAST(document, operationName)?.operation === 'query';
    return isQuery && validate(schema, document).length === 0 ? document : null;
  } catch {
    // What is wrong with it the pipeline finds again, and tells.
    return null;
  }
}

async function send(
  { headers }: IncomingMessage,
  response: ServerResponse,
  type: string,
  { errors, ...rest }: ExecutionResult,
): Promise<void> {
  const said = (errors ?? []).map(httpOf).filter((http) => !(http.spec && type === 'application/json'));
  const text = JSON.stringify(errors ? { errors: errors.map(withoutHttp), ...rest } : rest);
  const { body, encoding } = await packed(Buffer.from(text), headers['accept-encoding']);
  const vary = [response.getHeader('vary') ?? [], 'accept-encoding'].flat().join(', ');
  response.writeHead(Math.max(200, ...said.map(({ status = 0 }) => status)), {
    ...Object.assign({}, ...said.map((http) => http.headers)),
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    vary,
    ...(encoding && { 'content-encoding': encoding }),
  });
  response.end(body);
}

/** What an error says of the answer around it, as Yoga reads it. */
interface OfHttp {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The status is that of the newer type of answers alone. */
  readonly spec?: boolean;
}

const httpOf = ({ extensions }: GraphQLError): OfHttp => (extensions.http ?? {}) as OfHttp;

function withoutHttp(error: GraphQLError): object {
  const { extensions, ...rest } = error.toJSON();
  const { http: _http, unexpected: _unexpected, ...told } = extensions ?? {};
  return Object.keys(told).length > 0 ? { ...rest, extensions: told } : rest;
}
