import type { GraphQLSchema } from 'graphql';
import { PluginError } from './errors.ts';

/** What a plugin's `schema.ts` adds to the GraphQL schema, beyond what the policy's declarations give. */
export interface SchemaExtension {
  /** The policy that it comes with. */
  readonly id: string;
  /** @param builder the Pothos builder; its type is the schema's business, `Builder` of `tierline/schema` */
  extend(builder: object): void;
}

/**
 * The schema with what plugins add to it.
 *
 * @param build makes the schema with these extensions; a name that is there twice throws
 * @throws {PluginError} one adds a type or field that another one or the platform has; both are named
 */
export function buildExtended(
  extending: readonly SchemaExtension[],
  build: (extending: readonly SchemaExtension[]) => GraphQLSchema,
): GraphQLSchema {
  if (extending.length > 0) {
    const problems = clashesOf(extending, build);
    if (problems.length > 0) throw new PluginError(problems);
  }
  return build(extending);
}

/** Each plugin extends the schema by itself, so that what a name belongs to is known before two of them meet. */
function clashesOf(
  extending: readonly SchemaExtension[],
  build: (extending: readonly SchemaExtension[]) => GraphQLSchema,
): string[] {
  const platform = namesIn(build([]));
  const owners = new Map<string, string>();
  return extending.flatMap((policy) => {
    const alone = namesWith(policy, platform, build);
    if (typeof alone === 'string') return [alone];
    return alone.flatMap((name) => {
      const owner = owners.get(name);
      owners.set(name, policy.id);
      return owner === undefined ? [] : [`${owner} and ${policy.id} both add ${name} to the schema`];
    });
  });
}

/** The names that a policy adds; or, in a sentence, why it cannot. A type's own fields go without saying. */
function namesWith(
  policy: SchemaExtension,
  platform: ReadonlySet<string>,
  build: (extending: readonly SchemaExtension[]) => GraphQLSchema,
): readonly string[] | string {
  try {
    const added = [...namesIn(build([policy]))].filter((name) => !platform.has(name));
    return added.filter((name) => !added.includes(name.split('.')[0] ?? '') || !name.includes('.'));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const name = duplicateIn(message);
    if (name !== null && platform.has(name)) return `${policy.id} adds ${name} to the schema, which the platform has`;
    return `${policy.id} cannot extend the schema: ${message}`;
  }
}

/** The name that Pothos found twice: `Query.ticket` or `Ticket`. */
function duplicateIn(message: string): string | null {
  const [, field, type] = /Duplicate field (?:definition for field )?(\w+) (?:on|in type) (\w+)/.exec(message) ?? [];
  if (field !== undefined && type !== undefined) return `${type}.${field}`;
  return /Another type with name (\w+)/.exec(message)?.[1] ?? null;
}

/** Every type and field: `Ticket`, `Ticket.subject`. */
function namesIn(schema: GraphQLSchema): Set<string> {
  return new Set(
    Object.values(schema.getTypeMap()).flatMap((type) => [
      type.name,
      ...('getFields' in type ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : []),
    ]),
  );
}
