import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
  print,
  visit,
} from 'graphql';
import { asksForUpdates } from '../../../schema/alert-update.ts';
import type { AlertFieldExtension } from '../../engine/alert-log/stream.ts';

/** A subscription that is about alerts and nothing else. */
export interface AlertSubscription {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** As the client sent them: graphql-js reads them again with each execution. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly args: Record<string, unknown>;
  readonly field: AlertFieldExtension;
  readonly after: string | null;
  /** Equal for two subscriptions that ask the same, wherever each of them begins. */
  readonly key: string;
}

/**
 * Reads a validated document as a subscription to alerts; null for everything else, which takes the ordinary way with
 * the same answers: several fields, a fragment or directive around the field, a digest (each viewer has a window of its
 * own), variables that are refused.
 */
export function readAlertSubscription(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): AlertSubscription | null {
  const operation = getOperationAST(document, operationName ?? undefined);
  if (operation?.operation !== 'subscription') return null;
  const [node, ...more] = operation.selectionSet.selections;
  if (node?.kind !== Kind.FIELD || more.length > 0 || node.name.value !== 'slaAlerts') return null;
  if (node.directives?.length) return null;
  const field = schema.getSubscriptionType()?.getFields().slaAlerts;
  const extension = field?.extensions.alerts as AlertFieldExtension | undefined;
  if (!field || !extension) return null;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  if (!coerced) return null;
  const args = getArgumentValues(field, node, coerced);
  if (args.digest != null) return null;
  const { text, used, tellsUpdates } = withoutPlace(document, node);
  return {
    schema,
    document,
    operationName: operationName ?? null,
    variables: variables ?? {},
    args,
    field: tellsUpdates
      ? extension
      : { ...extension, matches: (given, row) => row.update === null && extension.matches(given, row) },
    after: typeof args.after === 'string' ? args.after : null,
    // Coerced values come in the order of their types' fields, whatever order the client wrote them in.
    key: JSON.stringify([text, operationName ?? null, used.map((name) => [name, coerced[name]])]),
  };
}

interface Bare {
  readonly text: string;
  /** The variables that shape what is selected or filtered, in order. */
  readonly used: readonly string[];
  readonly tellsUpdates: boolean;
}

/** By the field's node: a parsed document is kept by the pipeline, for many ask with the same. */
const known = new WeakMap<FieldNode, Bare>();

/** The document without the place at which the viewer goes on, which shapes no event. */
function withoutPlace(document: DocumentNode, field: FieldNode): Bare {
  const read = known.get(field);
  if (read) return read;
  const bare = visit(document, {
    Field: (node) =>
      node === field
        ? { ...node, arguments: node.arguments?.filter(({ name }) => name.value !== 'after') ?? [] }
        : undefined,
  });
  const used = new Set<string>();
  visit(bare, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  const result = { text: print(bare), used: [...used].sort(), tellsUpdates: asksForUpdates([document]) };
  known.set(field, result);
  return result;
}
