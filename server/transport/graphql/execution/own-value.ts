import type { GraphQLField, GraphQLObjectType } from 'graphql';
import { HAS_TO_BE_ASKED } from '../../../engine/policy/extensions.ts';

/**
 * What a parent answers by itself: a property, or what a function makes of columns that were selected with it. The libraries
 * that the schema is built with stand around a resolver to see whether its columns were loaded and its rights were asked;
 * where there is nothing to ask and the columns are there, that is known without them.
 */
export interface OwnValue {
  /** Properties that have to be there; `undefined` is what was not loaded. */
  readonly needs: readonly string[];
  /** Null: it is the property itself. */
  readonly make: ((source: unknown, args: Record<string, unknown>, context: unknown) => unknown) | null;
}

/** What Pothos keeps beside a field and a type. */
interface Built {
  readonly pothosResolveWrapped?: boolean;
  readonly pothosExposedField?: string;
  readonly pothosConfig?: { readonly kind: string };
  readonly pothosOptions?: Readonly<Record<string, unknown>>;
}

/** Parameters of a resolver without the one that tells where in the document it is. */
const MOST_TAKEN = 3;

/** Options of a field behind which something has to be asked, caught or loaded. */
const ASKING = ['authScopes', 'grantScopes', 'errors'];

/** A field's own value; null where only its resolver knows. */
export function ownValueOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): OwnValue | null {
  const built = field.extensions as Built;
  const { pothosOptions: options = {}, pothosExposedField: exposed } = built;
  if (
    field.extensions[HAS_TO_BE_ASKED] ||
    field.subscribe ||
    isAsked(type) ||
    ASKING.some((name) => options[name] !== undefined)
  )
    return null;
  if (exposed !== undefined) return { needs: [exposed], make: null };
  if (built.pothosConfig?.kind !== 'PrismaObject' || typeof options.resolve !== 'function') return null;
  const { select } = options;
  // Of a relation's rows only the plan of their reading knows whether they are those that this field asked for.
  if (typeof select !== 'object' || select === null || Object.values(select).some((value) => value !== true))
    return null;
  const make = options.resolve as NonNullable<OwnValue['make']>;
  // One that might look at where it stands is told so.
  return make.length >= 1 && make.length <= MOST_TAKEN ? { needs: Object.keys(select), make } : null;
}

/** Whether rights are asked, or given, at each field of the type and not once for the object. */
function isAsked(type: GraphQLObjectType): boolean {
  return [type, ...type.getInterfaces()].some(({ extensions }) => {
    const { pothosOptions: options = {} } = extensions as Built;
    return (options.authScopes !== undefined && options.runScopesOnType !== true) || options.grantScopes !== undefined;
  });
}
