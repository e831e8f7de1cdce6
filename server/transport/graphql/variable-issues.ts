import { type ExecutionResult, GraphQLError, type GraphQLSchema, isEnumType } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Issue } from '../../platform/values/errors.ts';

/**
 * Tells of variables that are no values of their types as inputs are told of anywhere: by field and rule, in
 * `extensions.issues`, so that a form shows a bad day where it shows an empty name.
 */
export function useVariableIssues(): Plugin {
  return {
    onExecute: ({ args: { schema } }) => ({
      onExecuteDone({ result, setResult }) {
        if ('errors' in result && result.errors) setResult({ ...result, errors: withIssues(result, schema) });
      },
    }),
    onSubscribe: ({ args: { schema } }) => ({
      onSubscribeResult({ result, setResult }) {
        if ('errors' in result && result.errors) setResult({ ...result, errors: withIssues(result, schema) });
      },
    }),
  };
}

function withIssues({ errors = [] }: Pick<ExecutionResult, 'errors'>, schema: GraphQLSchema): GraphQLError[] {
  return errors.map((error) => {
    const issue = error.path === undefined ? variableIssue(error.message, schema) : null;
    if (!issue) return error;
    const { nodes, source, positions } = error;
    return new GraphQLError(`${issue.path} ${issue.message}`, {
      nodes,
      source,
      positions,
      extensions: { ...error.extensions, code: 'INVALID_INPUT', issues: [issue] },
    });
  });
}

const ABSENT = /^Variable "\$(\w+)" of (?:required|non-null) type "[^"]+" (?:was not provided|must not be null)\.$/;
/** What was sent stands between and may hold anything, so the rule is looked for from behind. */
const WRONG =
  /^Variable "\$(\w+)" got invalid value (.*); ((?:(?:Field|Value|Enum) "|Expected |\w+ cannot represent ).*)$/s;

/**
 * The field and the rule in what graphql says of a variable.
 *
 * @returns null where it speaks of something else
 */
export function variableIssue(message: string, schema: GraphQLSchema): Issue | null {
  const [, absent] = ABSENT.exec(message) ?? [];
  if (absent) return { path: absent, message: 'is missing' };
  const [, name, sent = '', why] = WRONG.exec(message) ?? [];
  if (!name || !why) return null;
  const path = / at "([\w.[\]]+)"$/.exec(sent)?.[1] ?? name;
  const [, needed] = /^Field "(\w+)" of required type/.exec(why) ?? [];
  if (needed) return { path: `${path}.${needed}`, message: 'is missing' };
  const [, unknown, type] = /^Field "(\w+)" is not defined by type "(\w+)"/.exec(why) ?? [];
  if (unknown) return { path: `${path}.${unknown}`, message: `is no field of ${type}` };
  return { path, message: ruleOf(why, schema) };
}

function ruleOf(why: string, schema: GraphQLSchema): string {
  if (why.startsWith('Expected non-nullable type')) return 'is missing';
  const [, ofEnum] = /enum(?:\.|$)|^Enum "/i.test(why) ? (/"(\w+)" (?:enum|cannot)/.exec(why) ?? []) : [];
  const type = ofEnum ? schema.getType(ofEnum) : undefined;
  if (isEnumType(type))
    return `is none of ${type
      .getValues()
      .map((value) => value.name)
      .join(', ')}`;
  // The scalars of this schema say what they are.
  const [, scalar, form] = /^Expected type "\w+"\. An? (\w+) is (.+?)\.?$/s.exec(why) ?? [];
  if (scalar) return `is no ${scalar}: ${form}`;
  const [, plain] = /^(\w+) cannot represent/.exec(why) ?? [];
  return plain ? `is no ${plain}` : 'is no value of its type';
}
