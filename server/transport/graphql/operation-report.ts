import { context as contexts, SpanStatusCode, trace } from '@opentelemetry/api';
import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../../engine/services/services.ts';

/** An operation that was answered, or a stream that began. */
export interface SeenOperation {
  /** As the document names it; null where it does not. */
  readonly name: string | null;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** The code of its first error; null where it has none. Refusals of mutations are results. */
  readonly code: string | null;
  readonly ms: number;
  readonly requestId: string;
}

export type OnOperation = (seen: SeenOperation) => void;

const tracer = trace.getTracer('tierline');

type Run = (args: ExecutionArgs) => unknown;

/** Tells of each operation once it is answered, over every transport, and traces it where a tracer is there. */
export function useOperationReport(onOperation: OnOperation): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => reported(executeFn as Run, args, onOperation));
    },
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) => reported(subscribeFn as Run, args, onOperation));
    },
  };
}

async function reported(run: Run, args: ExecutionArgs, onOperation: OnOperation): Promise<unknown> {
  const { document, operationName, contextValue } = args;
  const operation = getOperationAST(document, operationName);
  const kind = operation?.operation ?? 'query';
  const name = operation?.name?.value ?? null;
  const { requestId } = contextValue as RequestContext;
  const attributes = {
    'graphql.operation.type': kind,
    'graphql.operation.name': name ?? '',
    'tierline.request_id': requestId,
  };
  const span = tracer.startSpan(name ? `${kind} ${name}` : kind, { attributes });
  const began = performance.now();
  const done = (code: string | null) => {
    if (code) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    span.end();
    onOperation({ name, kind, code, ms: performance.now() - began, requestId });
  };
  try {
    const result = await contexts.with(trace.setSpan(contexts.active(), span), () => run(args));
    done(codeOf(result));
    return result;
  } catch (error) {
    done('INTERNAL');
    throw error;
  }
}

/** An error without a code is told as a defect. */
function codeOf(result: unknown): string | null {
  const [error] = (result as Partial<ExecutionResult>).errors ?? [];
  return error ? String((error as GraphQLError).extensions.code ?? 'INTERNAL') : null;
}
