import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';

// What fails below a field that is not nullable takes its parent with it, up to the whole answer. Fields of a screen fail
// each by itself (one is FORBIDDEN, the others are not), and of several mutations in one document those that were done have to
// be told, so every root field but `viewer` is nullable, those of plugins too: the answer keeps what it could be given
// (docs/decisions/0050-nullable-root-fields.md).

const NAME = 'nullableRoots' as const;

/** There is a viewer, or nothing at all: whoever is not known is told no more than that. */
const WHO_ASKS = 'viewer';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes, T extends object = object> {
      nullableRoots: NullableRootsPlugin<Types>;
    }
  }
}

class NullableRootsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const isRoot = field.kind === 'Query' || field.kind === 'Mutation';
    return isRoot && field.name !== WHO_ASKS ? { ...field, type: { ...field.type, nullable: true } } : field;
  }
}

SchemaBuilder.registerPlugin(NAME, NullableRootsPlugin);

export default NAME;
