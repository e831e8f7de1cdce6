import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  type VariableNode,
  valueFromASTUntyped,
} from 'graphql';
import { MAX_PAGE } from '../../../schema/base/builder.ts';
import { effortOf } from '../../../schema/base/effort.ts';
import { DEFAULT_PAGE } from '../../../schema/base/page.ts';

/** What a list without pages counts as: such lists are short (clocks, measures, steps, tiers). */
const SMALL_LIST = 5;

interface Counting {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly defaults: ReadonlyMap<string, unknown>;
  /** A fragment costs the same wherever it is spread, so a document costs its own length to count. */
  readonly known: Map<string, number>;
}

/**
 * How many objects a validated operation can bring, at most: pages and lists multiplied along the path, and the weight of
 * fields that look at more than they answer (schema/base/effort.ts).
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
  variables?: Readonly<Record<string, unknown>> | null,
): number {
  const operation = getOperationAST(document, operationName ?? undefined);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) return 0;
  const counting: Counting = {
    schema,
    variables: variables ?? {},
    fragments: new Map(
      document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
    ),
    defaults: new Map(
      (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => [
        variable.name.value,
        defaultValue && valueFromASTUntyped(defaultValue),
      ]),
    ),
    known: new Map(),
  };
  return costOfSelections(counting, operation.selectionSet, root.name, 1);
}

/** @throws {GraphQLError} TOO_COSTLY */
export function refuseCostly(limit: number, ...operation: Parameters<typeof costOf>): void {
  const cost = costOf(...operation);
  if (cost <= limit) return;
  throw new GraphQLError(
    `The operation asks for up to ${cost} objects, ${limit} are allowed: ask for smaller pages or fewer levels.`,
    { extensions: { code: 'TOO_COSTLY', http: { status: 400 }, cost, limit } },
  );
}

function costOfSelections(counting: Counting, { selections }: SelectionSetNode, type: string, page: number): number {
  let cost = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      cost += costOfField(counting, selection, type, page);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      cost += costOfSelections(counting, selection.selectionSet, selection.typeCondition?.name.value ?? type, page);
    } else {
      const fragment = counting.fragments.get(selection.name.value);
      if (!fragment) continue;
      const key = `${fragment.name.value} ${page}`;
      let known = counting.known.get(key);
      if (known === undefined) {
        counting.known.set(key, 0);
        known = costOfSelections(counting, fragment.selectionSet, fragment.typeCondition.name.value, page);
        counting.known.set(key, known);
      }
      cost += known;
    }
  }
  return cost;
}

function costOfField(counting: Counting, node: FieldNode, typeName: string, page: number): number {
  const parent = counting.schema.getType(typeName);
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
  if (!field) return 0;
  const weight = effortOf(field).cost ?? 0;
  const named = getNamedType(field.type);
  if (!isCompositeType(named) || !node.selectionSet) return weight;
  if (named.name.endsWith('Connection')) {
    const size = pageSize(counting, node, field);
    return weight + 1 + costOfSelections(counting, node.selectionSet, named.name, size);
  }
  const times = isListType(getNullableType(field.type)) ? listSize(counting, node, field, typeName, page) : 1;
  return weight + times * (1 + costOfSelections(counting, node.selectionSet, named.name, 1));
}

/** Rows of a page: as many as are asked for, else as the argument's own default says, else as any page has. */
function pageSize(counting: Counting, node: FieldNode, field: GraphQLField<unknown, unknown>): number {
  const preset: unknown = field.args.find(({ name }) => name === 'first')?.defaultValue;
  const unasked = typeof preset === 'number' ? preset : DEFAULT_PAGE;
  const size = numberOf(counting, node, 'first') ?? numberOf(counting, node, 'last') ?? unasked;
  return Math.min(Math.max(size, 1), MAX_PAGE);
}

function listSize(
  counting: Counting,
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  typeName: string,
  page: number,
): number {
  // The rows of a connection: as many as its page.
  if (typeName.endsWith('Connection')) return page;
  const ids = node.arguments?.find(({ name }) => name.value === 'ids')?.value;
  if (ids?.kind === Kind.LIST) return ids.values.length;
  if (ids?.kind === Kind.VARIABLE) {
    const given = standsFor(counting, ids);
    return Array.isArray(given) ? given.length : 1;
  }
  return field.args.some(({ name }) => name === 'first') ? pageSize(counting, node, field) : SMALL_LIST;
}

function numberOf(counting: Counting, node: FieldNode, argument: string): number | undefined {
  const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const given = standsFor(counting, value);
  return typeof given === 'number' ? given : undefined;
}

/** What a variable stands for: null where it is given as null, which its default does not replace. */
function standsFor({ variables, defaults }: Counting, { name }: VariableNode): unknown {
  return variables[name.value] === undefined ? defaults.get(name.value) : variables[name.value];
}
