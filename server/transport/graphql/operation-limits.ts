import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  Kind,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { effortOf } from '../../../schema/base/effort.ts';
import type { Issue } from '../../platform/values/errors.ts';
import { malformedStrings } from '../../platform/values/sound-text.ts';
import { refuseCostly } from '../admission/cost.ts';
import type { Limits } from '../admission/limits.ts';

type OperationLimits = Pick<Limits, 'cost' | 'operationMs'>;

/**
 * What an operation is held to once it is valid: its cost, strings that no database can hold, and the time that it may
 * take. It stands in the one pipeline, so that it holds over every transport.
 */
export function useOperationLimits({ cost, operationMs }: OperationLimits): Plugin {
  return {
    onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
      const refusal = refusalOf(args as ExecutionArgs, cost);
      if (refusal) return setResultAndStopExecution({ errors: [refusal] });
      setExecuteFn((given: ExecutionArgs) => withinTime(executeFn as Execute, given, timeFor(given, operationMs)));
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = refusalOf(args as ExecutionArgs, cost);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}

type Execute = (args: ExecutionArgs & { signal?: AbortSignal }) => ExecutionResult | Promise<ExecutionResult>;

/** How long an operation may take, in milliseconds: as long as the slowest of its root fields (schema/base/effort.ts). */
export function timeFor(
  { schema, document, operationName }: Pick<ExecutionArgs, 'schema' | 'document' | 'operationName'>,
  operationMs: number,
): number {
  const operation = getOperationAST(document, operationName ?? undefined);
  const fields = (operation && schema.getRootType(operation.operation)?.getFields()) ?? {};
  const times = (operation?.selectionSet.selections ?? []).map((one) => {
    const field = one.kind === Kind.FIELD ? fields[one.name.value] : undefined;
    return field ? (effortOf(field).timeMs ?? 0) : 0;
  });
  return Math.max(operationMs, ...times);
}

/** The error that keeps a valid operation from running; null where nothing does. */
export function refusalOf(
  { schema, document, operationName, variableValues }: ExecutionArgs,
  costLimit: number,
): GraphQLError | null {
  try {
    refuseCostly(costLimit, schema, document, operationName, variableValues);
  } catch (error) {
    return error as GraphQLError;
  }
  const operation = getOperationAST(document, operationName ?? undefined);
  // A mutation answers with its own InvalidInput (schema/base/sound-input.ts).
  if (operation?.operation === 'mutation') return null;
  const issues = [...malformedLiterals(document), ...malformedStrings(variableValues ?? {}, '')];
  const [first] = issues;
  if (!first) return null;
  return new GraphQLError(`${first.path} ${first.message}`, { extensions: { code: 'INVALID_INPUT', issues } });
}

/** By document, for a parsed one is kept by the pipeline. */
const literals = new WeakMap<DocumentNode, readonly Issue[]>();

function malformedLiterals(document: DocumentNode): readonly Issue[] {
  const known = literals.get(document);
  if (known) return known;
  const issues: Issue[] = [];
  const path: string[] = [];
  const step = (name: string) => {
    path.push(name);
  };
  const back = () => {
    path.pop();
  };
  visit(document, {
    Argument: { enter: ({ name }) => step(name.value), leave: back },
    ObjectField: { enter: ({ name }) => step(name.value), leave: back },
    [Kind.STRING]: ({ value }) => {
      malformedStrings(value, path.join('.'), issues);
    },
  });
  literals.set(document, issues);
  return issues;
}

/**
 * Who asks, within the time of an operation: a database that does not answer is told to the client too.
 *
 * @throws {GraphQLError} TIMEOUT
 */
export async function inTime<Value>(value: Promise<Value>, withinMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new GraphQLError(`It took longer than ${withinMs} ms.`, { extensions: { code: 'TIMEOUT' } })),
      withinMs,
    );
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A query stops where it stands when its time is over; a mutation goes on to its end, but nobody waits for it. */
async function withinTime(execute: Execute, args: ExecutionArgs, withinMs: number): Promise<ExecutionResult> {
  if (withinMs === Number.POSITIVE_INFINITY) return execute(args);
  const ended = new AbortController();
  const isQuery = getOperationAST(args.document, args.operationName ?? undefined)?.operation === 'query';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ExecutionResult>((resolve) => {
    timer = setTimeout(() => {
      resolve({
        errors: [
          new GraphQLError(
            isQuery
              ? `The operation took longer than ${withinMs} ms.`
              : `The mutation took longer than ${withinMs} ms; whether it was carried out shows when it is read, or repeated with its idempotencyKey.`,
            { extensions: { code: 'TIMEOUT' } },
          ),
        ],
      });
      ended.abort();
    }, withinMs);
  });
  // Set on the object itself: other plugins hold on to it.
  if (isQuery) Object.assign(args, { signal: ended.signal });
  const running = Promise.resolve(execute(args));
  running.catch(() => undefined);
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
