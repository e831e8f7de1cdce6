import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { effortOf } from '../../schema/base/effort.ts';

/** Numbers below one that come again for the same seed (mulberry32). */
export function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const DEEPEST = 5;

/** Types of an interface or a union that a document speaks of, about. */
const FEW_TYPES = 2;

const TEXTS = ['a', 'Goldfield', '华', 'N0', 'T-1', ''];
const DAYS = ['2026-01-01', '2026-03-02', '2026-12-31'];

/** Queries of a schema by chance: aliases, fragments, variables, pages both ways, filters that make sense and others. */
export class RandomDocuments {
  readonly #schema: GraphQLSchema;
  readonly #random: () => number;
  readonly #ids: readonly string[];

  /** @param ids that arguments are given */
  constructor(schema: GraphQLSchema, random: () => number, ids: readonly string[]) {
    this.#schema = schema;
    this.#random = random;
    this.#ids = ids;
  }

  /** A query with the variable `$is`, and a value for it. */
  next(): { readonly query: string; readonly variables: { readonly is: boolean } } {
    const fields = Object.values(this.#schema.getQueryType()?.getFields() ?? {}).filter(
      (field) => effortOf(field).timeMs === undefined,
    );
    const count = 1 + Math.floor(this.#random() * 3);
    const roots = Array.from({ length: count }, (_, at) => this.#field(this.#one(fields), 0, `r${at}`));
    return {
      query: `query ($is: Boolean = true) { ${roots.join(' ')} __typename @include(if: $is) }`,
      variables: { is: this.#random() < 0.5 },
    };
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)] as Item;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number, alias: string | null): string {
    const below = this.#selection(field.type, depth + 1);
    const decided = depth > 0 && this.#random() < 0.08 ? ` @${this.#one(['skip', 'include'])}(if: $is)` : '';
    return `${alias ? `${alias}: ` : ''}${field.name}${this.#given(field.args)}${decided}${below}`;
  }

  #selection(output: GraphQLOutputType, depth: number): string {
    const type = getNamedType(output);
    if (isLeafType(type)) return '';
    if (isObjectType(type)) return ` { ${this.#fields(type, depth)} }`;
    const possible = this.#schema.getPossibleTypes(type as Parameters<GraphQLSchema['getPossibleTypes']>[0]);
    const parts = ['__typename'];
    // Of a kind that is many types a few, or a document would be larger than any that is sent.
    const few = isInterfaceType(type) || isUnionType(type) ? possible : [];
    for (const one of few)
      if (this.#random() < FEW_TYPES / Math.max(few.length, FEW_TYPES))
        parts.push(`... on ${one.name} { ${this.#fields(one, depth)} }`);
    return ` { ${parts.join(' ')} }`;
  }

  #fields(type: GraphQLObjectType, depth: number): string {
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => isLeafType(getNamedType(field.type)));
    const deeper = all.filter((field) => !leaves.includes(field));
    const taken = leaves.filter(() => this.#random() < 0.4).map((field) => this.#field(field, depth, this.#alias('l')));
    if (depth < DEEPEST) {
      const share = type.name.endsWith('Connection') || type.name.endsWith('Edge') ? 0.9 : 0.25;
      for (const field of deeper)
        if (this.#random() < share) taken.push(this.#field(field, depth, this.#alias(`d${taken.length}`)));
    }
    return taken.length > 0 ? taken.join(' ') : '__typename';
  }

  /** Names that differ, so that two fields of one name need not agree. */
  #alias(begin: string): string | null {
    return this.#random() < 0.25 ? `${begin}${Math.floor(this.#random() * 1e9)}` : null;
  }

  #given(args: readonly GraphQLArgument[]): string {
    const isPaged = args.some(({ name }) => name === 'first');
    const page =
      isPaged && this.#random() < 0.9 ? [`${this.#one(['first', 'last'])}: ${1 + Math.floor(this.#random() * 6)}`] : [];
    const others = args
      .filter(({ name }) => !['first', 'last', 'after', 'before'].includes(name))
      .filter((arg) => isNonNullType(arg.type) || this.#random() < 0.4)
      .map((arg) => `${arg.name}: ${this.#input(arg.type, 0)}`);
    const given = [...page, ...others];
    return given.length > 0 ? `(${given.join(', ')})` : '';
  }

  #input(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return this.#input(type.ofType as GraphQLInputType, depth);
    if (isListType(type)) {
      const count = Math.floor(this.#random() * 3);
      return `[${Array.from({ length: count }, () => this.#input(type.ofType as GraphQLInputType, depth)).join(', ')}]`;
    }
    if (isEnumType(type)) return this.#one(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || (depth < 2 && this.#random() < 0.3),
      );
      return `{${fields.map((field) => `${field.name}: ${this.#input(field.type, depth + 1)}`).join(', ')}}`;
    }
    switch (type.name) {
      case 'ID':
        return JSON.stringify(this.#random() < 0.2 ? 'bank-vip' : this.#one(this.#ids));
      case 'Int':
      case 'Float':
        return String(Math.floor(this.#random() * 4));
      case 'Boolean':
        return String(this.#random() < 0.5);
      case 'Date':
        return JSON.stringify(this.#one(DAYS));
      case 'DateTime':
        return JSON.stringify(`${this.#one(DAYS)}T08:00:00Z`);
      case 'Decimal':
        return '"100.50"';
      default:
        return JSON.stringify(this.#one(TEXTS));
    }
  }
}
