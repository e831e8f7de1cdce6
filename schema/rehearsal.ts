import { errorTypeMap } from '@pothos/plugin-errors';
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { effectsOf } from '../server/domain/rehearsals/effects.ts';
import { rehearse } from '../server/engine/services/rehearsal.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { actorOf } from './base/builder.ts';
import type { Effort } from './base/effort.ts';

/** The type whose fields are the commands. */
export const COMMANDS = 'RehearsedCommands';

/** Its field that stands for all of them: it gives them its type, and goes. */
export const ANY_COMMAND = 'anyCommand';

/** It moves the clock of a sandbox, which no transaction holds. */
const NOT_REHEARSED = new Set(['advanceClock']);

/** As much as a screen of lists: the command is carried out, and then taken back. */
const COST = 100;

/**
 * Gives the type of rehearsals a field for every mutation of the schema, with the mutation's own arguments; those of plugins are among
 * them, and none can be forgotten.
 */
export function rehearseMutations(schema: GraphQLSchema): GraphQLSchema {
  const commands = schema.getType(COMMANDS) as GraphQLObjectType;
  const mutation = schema.getMutationType();
  const fields = commands.getFields();
  const { [ANY_COMMAND]: any, ...own } = fields;
  if (!any) throw new Error(`${COMMANDS} lacks ${ANY_COMMAND}`);
  for (const field of Object.values(mutation?.getFields() ?? {}))
    if (!NOT_REHEARSED.has(field.name)) own[field.name] = rehearsed(schema, field, any.type);
  for (const name of Object.keys(fields)) delete fields[name];
  for (const name of Object.keys(own).sort()) fields[name] = own[name] as GraphQLField<unknown, RequestContext>;
  return schema;
}

function rehearsed(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, RequestContext>,
  type: GraphQLOutputType,
): GraphQLField<unknown, RequestContext> {
  const { name, args, deprecationReason } = field;
  const asked = operationOf(field);
  return {
    name,
    args,
    deprecationReason,
    description: `What \`${name}\` would bring.`,
    type,
    astNode: undefined,
    extensions: { cost: COST } satisfies Effort,
    resolve: (_root, given: Record<string, unknown>, context, info) =>
      rehearse(
        context.services,
        async (services) =>
          field.resolve?.(undefined, given, { ...context, services }, infoOf(info, schema, field, asked)),
        async (services, { result, written }): Promise<unknown> =>
          isRefusal(result) ? result : effectsOf(services, actorOf(context), written),
      ),
  };
}

/** The plugin that makes unions of errors has wrapped it, as it hands errors on. */
function isRefusal(result: unknown): boolean {
  return typeof result === 'object' && result !== null && errorTypeMap.has(result);
}

/** The command as a client would send it that wants to know nothing but what kind of answer there is. */
function operationOf({ name, type }: GraphQLField<unknown, RequestContext>): OperationDefinitionNode {
  const [operation] = parse(
    `mutation { ${name} ${isLeafType(getNamedType(type)) ? '' : '{ __typename }'} }`,
  ).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${name} is no mutation`);
  return operation;
}

/** What its resolver reads of how it was asked for. */
function infoOf(
  info: GraphQLResolveInfo,
  schema: GraphQLSchema,
  { name, type }: GraphQLField<unknown, RequestContext>,
  operation: OperationDefinitionNode,
): GraphQLResolveInfo {
  const parentType = schema.getMutationType() ?? info.parentType;
  return {
    ...info,
    fieldName: name,
    fieldNodes: operation.selectionSet.selections.filter((one) => one.kind === Kind.FIELD),
    returnType: type,
    parentType,
    path: { prev: undefined, key: name, typename: parentType.name },
    operation,
    fragments: {},
    variableValues: {},
  };
}
