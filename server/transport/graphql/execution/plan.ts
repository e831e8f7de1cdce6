import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
  typeFromAST,
} from 'graphql';
import { type Arguments, argumentsOf } from './arguments.ts';
import { type Completion, completionOf } from './completion.ts';
import { type OwnValue, ownValueOf } from './own-value.ts';
import { type Conditions, conditionNames, isTaken } from './selection-conditions.ts';

/** A field of an object as a document asks for it. */
export interface FieldPlan {
  /** Its name in the answer. */
  readonly key: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly nodes: readonly FieldNode[];
  readonly parentType: GraphQLObjectType;
  readonly args: Arguments;
  /** Where the parent has it already; null where its resolver has to be asked as it is. */
  readonly own: OwnValue | null;
  readonly completion: Completion;
  /** What is asked of the objects that it answers with, by their type. */
  readonly below: (type: GraphQLObjectType) => readonly FieldPlan[];
}

/** A document's operation, made ready once for all that send it. */
export interface OperationPlan {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly fields: readonly FieldPlan[];
}

/** What is the same for all of a document. */
interface Place {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly conditions: Conditions;
}

/** Documents whose fields depend on more variables than this are not made ready. */
const MOST_CONDITIONS = 3;

/**
 * A query of a valid document made ready; null where it is left to graphql's own execution: mutations, subscriptions,
 * introspection, and fields that depend on many variables.
 *
 * @param conditions the values of the variables that `@skip` and `@include` name
 */
export function planOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Conditions,
): OperationPlan | null {
  const root = schema.getQueryType();
  if (operation.operation !== 'query' || !root) return null;
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  const fields = fieldsOf({ schema, fragments, conditions }, root, [operation.selectionSet]);
  return fields && { operation, fragments, fields };
}

/** By document, for those that are sent again are kept by the pipeline. */
const deciding = new WeakMap<DocumentNode, readonly string[] | null>();

/** The variables that decide which fields a document has; null where they are too many. */
export function decidingVariables(document: DocumentNode): readonly string[] | null {
  const known = deciding.get(document);
  if (known !== undefined) return known;
  const names = conditionNames(document);
  const few = names.length > MOST_CONDITIONS ? null : names;
  deciding.set(document, few);
  return few;
}

/** @returns null where one of them asks about the schema itself */
function fieldsOf(
  place: Place,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): readonly FieldPlan[] | null {
  const nodes = new Map<string, FieldNode[]>();
  for (const set of sets) collect(place, type, set, nodes, new Set());
  const fields = type.getFields();
  const plans: FieldPlan[] = [];
  for (const [key, [first, ...others]] of nodes) {
    if (!first) continue;
    const name = first.name.value;
    const field = name === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : fields[name];
    if (!field) return null;
    plans.push(fieldPlan(place, type, { key, field, nodes: [first, ...others] }));
  }
  return plans;
}

function fieldPlan(
  place: Place,
  parentType: GraphQLObjectType,
  { key, field, nodes }: Pick<FieldPlan, 'key' | 'field' | 'nodes'>,
): FieldPlan {
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const known = new Map<GraphQLObjectType, readonly FieldPlan[]>();
  return {
    key,
    field,
    nodes,
    parentType,
    args: argumentsOf(field, nodes),
    own: field === TypeNameMetaFieldDef ? { needs: [], make: () => parentType.name } : ownValueOf(parentType, field),
    completion: completionOf(field.type),
    below: (type) => {
      const before = known.get(type);
      if (before) return before;
      // Only the query type has fields that ask about the schema.
      const plans = fieldsOf(place, type, sets) ?? [];
      known.set(type, plans);
      return plans;
    },
  };
}

function collect(
  place: Place,
  type: GraphQLObjectType,
  { selections }: SelectionSetNode,
  into: Map<string, FieldNode[]>,
  visited: Set<string>,
): void {
  for (const selection of selections) {
    if (!isTaken(selection, place.conditions)) continue;
    if (selection.kind === Kind.FIELD) {
      const key = (selection.alias ?? selection.name).value;
      into.set(key, [...(into.get(key) ?? []), selection]);
      continue;
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value;
      const fragment = place.fragments[name];
      if (visited.has(name) || !fragment) continue;
      visited.add(name);
      if (fits(place.schema, fragment, type)) collect(place, type, fragment.selectionSet, into, visited);
      continue;
    }
    if (fits(place.schema, selection, type)) collect(place, type, selection.selectionSet, into, visited);
  }
}

/** Whether a fragment speaks of objects of the type. */
function fits(
  schema: GraphQLSchema,
  { typeCondition }: { readonly typeCondition?: NamedTypeNode | undefined },
  type: GraphQLObjectType,
): boolean {
  if (!typeCondition) return true;
  const named = typeFromAST(schema, typeCondition);
  if (named === type) return true;
  return isAbstractType(named) && schema.isSubType(named, type);
}
