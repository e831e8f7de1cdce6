import { type DocumentNode, type ExecutionResult, getOperationAST, getVariableValues } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { decidingVariables, type OperationPlan, planOf } from './plan.ts';
import { type QueryArguments, Run } from './run.ts';

type Execute = (args: QueryArguments) => ExecutionResult | Promise<ExecutionResult>;

/** Plans of one document: by its operation, and by the variables that decide which fields it has. */
const MOST_PLANS = 16;

/** By document, for those that are sent again are kept by the pipeline. */
const plans = new WeakMap<DocumentNode, Map<string, OperationPlan | null>>();

/**
 * Executes queries over plans that are made once for a document. What is unusual in any way, above all whatever fails below the
 * root, graphql's own execution does again, so that how errors are told is its matter alone: a query changes nothing.
 */
export function usePlannedExecution(): Plugin {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args: QueryArguments) => executed(args, executeFn as Execute));
    },
  };
}

async function executed(args: QueryArguments, graphqls: Execute): Promise<ExecutionResult> {
  return (await plannedResult(args)) ?? graphqls(args);
}

/** The result of a query over its plan; null where graphql's own execution has to do it. */
export async function plannedResult(args: QueryArguments): Promise<ExecutionResult | null> {
  const planned = plannedOf(args);
  if (!planned) return null;
  try {
    return await new Run(planned.plan, args, planned.variables).result();
  } catch {
    // Whatever it was comes again there, and is told there.
    return null;
  }
}

function plannedOf({ schema, document, operationName, variableValues }: QueryArguments) {
  const operation = getOperationAST(document, operationName ?? undefined);
  if (operation?.operation !== 'query') return null;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...variableValues });
  const deciding = coerced && decidingVariables(document);
  if (!deciding) return null;
  const of = plans.get(document) ?? new Map<string, OperationPlan | null>();
  plans.set(document, of);
  const key = [operation.name?.value ?? '', ...deciding.map((name) => String(coerced[name]))].join('\n');
  const known = of.get(key);
  if (known === null || (known === undefined && of.size >= MOST_PLANS)) return null;
  const plan = known ?? planOf(schema, document, operation, coerced);
  of.set(key, plan);
  return plan && { plan, variables: coerced };
}
