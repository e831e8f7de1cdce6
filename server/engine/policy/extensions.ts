import { type GraphQLSchema, isObjectType } from 'graphql';
import { PluginError } from './errors.ts';
import type { Policies } from './policies.ts';

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
  if (extending.length === 0) return build(extending);
  const { problems, owners } = clashesOf(extending, build);
  if (problems.length > 0) throw new PluginError(problems);
  const schema = build(extending);
  timeResolvers(schema, owners);
  return schema;
}

/** An extension of fields whose resolver stands around another one that was built with them. */
export const HAS_TO_BE_ASKED = 'tierlineHasToBeAsked';

/** Milliseconds for which a resolver of a plugin may keep the process to itself: nobody else is served meanwhile. */
const RESOLVER_MS = 50;

/** What the resolvers of plugins are told to, as far as it is needed here. */
interface Told {
  readonly services?: { readonly policies: Pick<Policies, 'tellSlow'> };
}

/** Measures each resolver that a plugin added, as far as it runs without a pause, and tells of those that take too long. */
function timeResolvers(schema: GraphQLSchema, owners: ReadonlyMap<string, string>): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      const policyId = owners.get(name) ?? owners.get(type.name);
      const { resolve } = field;
      if (policyId === undefined || !resolve) continue;
      // Who executes documents may not go past it to what it stands around.
      field.extensions = { ...field.extensions, [HAS_TO_BE_ASKED]: true };
      field.resolve = (source, args, context: Told, info) => {
        const began = performance.now();
        try {
          return resolve(source, args, context, info);
        } finally {
          const ms = performance.now() - began;
          if (ms > RESOLVER_MS) context.services?.policies.tellSlow(policyId, name, ms);
        }
      };
    }
  }
}

/** Each plugin extends the schema by itself, so that what a name belongs to is known before two of them meet. */
function clashesOf(
  extending: readonly SchemaExtension[],
  build: (extending: readonly SchemaExtension[]) => GraphQLSchema,
): { readonly problems: readonly string[]; readonly owners: ReadonlyMap<string, string> } {
  const platform = namesIn(build([]));
  const owners = new Map<string, string>();
  const problems = extending.flatMap((policy) => {
    const alone = namesWith(policy, platform, build);
    if (typeof alone === 'string') return [alone];
    return alone.flatMap((name) => {
      const owner = owners.get(name);
      owners.set(name, policy.id);
      return owner === undefined ? [] : [`${owner} and ${policy.id} both add ${name} to the schema`];
    });
  });
  return { problems, owners };
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
