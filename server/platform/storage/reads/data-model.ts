import type { PrismaClient } from '../../../../prisma/generated/client/client.ts';
import { getDatamodel } from '../../../../prisma/generated/pothos.ts';

/** A column, and how its values are read. */
export interface Column {
  readonly is: 'COLUMN';
  readonly name: string;
  readonly column: string;
  /** Of Prisma: String, Int, DateTime ... */
  readonly type: string;
  readonly isList: boolean;
}

/** A relation: rows of `to` whose `theirs` is this row's `ours`. */
export interface Relation {
  readonly is: 'RELATION';
  readonly to: string;
  readonly isList: boolean;
  /** Columns of the database. */
  readonly ours: string;
  readonly theirs: string;
}

export interface Model {
  readonly table: string;
  readonly fields: ReadonlyMap<string, Column | Relation>;
  readonly columns: readonly Column[];
}

export type DataModel = ReadonlyMap<string, Model>;

/** What Prisma's client says of names in the database. */
interface Names {
  readonly models: Readonly<
    Record<string, { readonly dbName: string | null; readonly fields: readonly { name: string; dbName?: string }[] }>
  >;
}

const KEY = 'id';

/** The models of prisma/schema.prisma with their names in the database. A relation leads to an `id`. */
export function dataModelOf(prisma: PrismaClient): DataModel {
  const { models } = Reflect.get(prisma, '_runtimeDataModel') as Names;
  const columnOf = (model: string, field: string) =>
    models[model]?.fields.find(({ name }) => name === field)?.dbName ?? field;
  const { models: described } = getDatamodel().datamodel;
  return new Map(
    Object.entries(described).map(([name, { fields }]) => {
      const read = fields.flatMap((field): [string, Column | Relation][] => {
        if (field.kind !== 'object') {
          const { name: own, type, isList } = field;
          return [[own, { is: 'COLUMN', name: own, column: columnOf(name, own), type, isList }]];
        }
        const { type: to, isList } = field;
        const [key] = field.relationFromFields ?? [];
        if (key) return [[field.name, { is: 'RELATION', to, isList, ours: columnOf(name, key), theirs: KEY }]];
        const back = described[to]?.fields.find(
          (other) =>
            other.kind === 'object' && other.relationName === field.relationName && other.relationFromFields?.length,
        );
        const theirs = back?.kind === 'object' ? back.relationFromFields?.[0] : undefined;
        return theirs ? [[field.name, { is: 'RELATION', to, isList, ours: KEY, theirs: columnOf(to, theirs) }]] : [];
      });
      const columns = read.map(([, field]) => field).filter((field) => field.is === 'COLUMN');
      return [name, { table: models[name]?.dbName ?? name, fields: new Map(read), columns }];
    }),
  );
}
