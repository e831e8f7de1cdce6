import type PrismaTypes from '../../prisma/generated/pothos.ts';
import type { Database } from '../../server/platform/storage/database.ts';

/** A model of prisma/schema.prisma whose rows have an id of their own. */
export type ModelName = {
  [M in keyof PrismaTypes]: PrismaTypes[M]['Shape'] extends { id: string } ? M : never;
}[keyof PrismaTypes];

type Row = PrismaTypes[ModelName]['Shape'];

/** What helpers that know a model by its name alone ask of its table. */
export interface Rows {
  count(args: { where: object }): PromiseLike<number>;
  findMany(args: { where: object; orderBy: object[]; take: number }): PromiseLike<Row[]>;
  findUnique(args: { where: { id: string } }): Promise<Row | null>;
  findUniqueOrThrow(args: { where: { id: string } }): Promise<Row>;
}

/** The table of a model. */
export function rowsOf({ prisma }: Pick<Database, 'prisma'>, model: ModelName): Rows {
  return prisma[`${model.charAt(0).toLowerCase()}${model.slice(1)}` as Uncapitalize<ModelName>];
}
