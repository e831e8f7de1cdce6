import type pg from 'pg';
import type { PrismaClient } from '../../../../prisma/generated/client/client.ts';
import { statementNames } from '../statement-names.ts';
import { asApplication, isForViewer, sendForViewer } from '../viewers/viewer-rows.ts';
import { type DataModel, dataModelOf } from './data-model.ts';
import { type ReadArguments, spellCount, spellRows } from './sql-selection.ts';
import { NotSpeltError, Statement } from './statement.ts';

/** The reads of a model that are spelt here. */
type Read = (args?: ReadArguments) => Promise<unknown>;

/**
 * The same client, whose `findMany`, `findFirst` and `count` send one statement that answers with the selected columns as JSON.
 * Prisma's own way there and back costs several times as much as the statement. What is not spelt here Prisma does, with
 * the same answer; its transactions are its own.
 */
export function withReadLane(prisma: PrismaClient, pool: pg.Pool): PrismaClient {
  const lane = new ReadLane(pool, dataModelOf(prisma));
  const delegates = new Map<PropertyKey, object>();
  return new Proxy(prisma, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof key !== 'string' || !lane.reads(modelOf(key)) || typeof value !== 'object' || value === null) {
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      }
      const known = delegates.get(key) ?? lane.delegateOf(value, modelOf(key));
      delegates.set(key, known);
      return known;
    },
  });
}

const modelOf = (key: string) => `${key.charAt(0).toUpperCase()}${key.slice(1)}`;

class ReadLane {
  readonly #pool: pg.Pool;
  readonly #models: DataModel;
  /** Other names than those that Prisma and direct statements have on the same connections. */
  readonly #nameOf = statementNames({ prefix: 'r' });

  constructor(pool: pg.Pool, models: DataModel) {
    this.#pool = pool;
    this.#models = models;
  }

  reads(model: string): boolean {
    return this.#models.has(model);
  }

  /** The rows of a model as Prisma's client has them. */
  delegateOf(delegate: object, model: string): object {
    const prismas = (name: string) => Reflect.get(delegate, name) as Read;
    const reads: Readonly<Record<string, Read>> = {
      findMany: (args = {}) =>
        this.#spelt(
          () => (this.#isFoundByWords(args) ? this.#foundFirst(model, args, prismas) : this.#rows(model, args)),
          () => prismas('findMany')(args),
        ),
      findFirst: (args = {}) =>
        this.#spelt(
          () => this.#rows(model, firstOf(args)).then(([row]) => row ?? null),
          () => prismas('findFirst')(args),
        ),
      count: (args = {}) =>
        this.#spelt(
          () => (this.#isFoundByWords(args) ? asApplication(() => this.#count(model, args)) : this.#count(model, args)),
          () => prismas('count')(args),
        ),
    };
    return new Proxy(delegate, {
      get: (target, key) => (typeof key === 'string' && reads[key]) || (Reflect.get(target, key) as unknown),
    });
  }

  /** Does it here, or as Prisma does where it is not spelt; the statement is written before this returns. */
  #spelt<Answer>(here: () => Promise<Answer>, prismas: () => Promise<unknown>): Promise<unknown> {
    try {
      return here();
    } catch (error) {
      if (error instanceof NotSpeltError) return prismas();
      throw error;
    }
  }

  /** Under a policy an index of words is not used, for its operator is not leakproof to PostgreSQL. */
  #isFoundByWords(args: ReadArguments): boolean {
    return isForViewer(this.#pool) && asksForWords(args.where);
  }

  /** Finds the rows as the application, and reads those that the policies let the viewer see. */
  #foundFirst(model: string, args: ReadArguments, prismas: (name: string) => Read): Promise<unknown> {
    const { where, take, skip, ...read } = args;
    const found = asApplication(() =>
      this.#rows(model, { where, take, skip, orderBy: args.orderBy, select: { id: true } }),
    );
    return found.then((rows) => {
      const those = { ...read, where: { id: { in: rows.map(({ id }) => id) } } };
      return this.#spelt(
        () => this.#rows(model, those),
        () => prismas('findMany')(those),
      );
    });
  }

  #rows(model: string, args: ReadArguments): Promise<Record<string, unknown>[]> {
    const to = new Statement();
    const { sql, decode } = spellRows(to, this.#models, model, args);
    return this.#send<readonly (readonly unknown[])[] | null>(labelled(model, 'rows', sql), to).then(
      (rows) => rows?.map(decode) ?? [],
    );
  }

  #count(model: string, args: ReadArguments): Promise<number> {
    const to = new Statement();
    return this.#send<string>(labelled(model, 'count', spellCount(to, this.#models, model, args)), to).then(Number);
  }

  /** The one value of a statement's one row. */
  async #send<Value>(text: string, { values }: Statement): Promise<Value> {
    const { rows } = await sendForViewer<[Value]>(this.#pool, {
      name: this.#nameOf({ sql: text }),
      text,
      values,
      rowMode: 'array',
    });
    return (rows[0] as [Value])[0];
  }
}

function asksForWords(where: unknown): boolean {
  if (typeof where !== 'object' || where === null) return false;
  return Object.entries(where).some(
    ([key, value]) => (key === 'hasEvery' && value !== undefined) || asksForWords(value),
  );
}

/** As the statements of slices are, so that a database's log tells where it comes from. */
const labelled = (model: string, what: string, sql: string) => `/* reads.${model}.${what} */ ${sql}`;

function firstOf(args: ReadArguments): ReadArguments {
  if (args.take !== undefined) throw new NotSpeltError();
  return { ...args, take: 1 };
}
