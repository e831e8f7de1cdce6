import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { DiffTarget, SchemaEngine } from '@prisma/schema-engine-wasm';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { emptyCluster } from '../embedded/empty-cluster.ts';
import { readMigrations } from './migrate.ts';

/**
 * Prisma's schema engine as WebAssembly, for the development machine: it compares migrations, schemas and databases
 * without the native engine, which would have to be downloaded. It works on PGlite instances of its own.
 */
const NO_FILTER = { externalTables: [], externalEnums: [] };

/** What the compiled engine exports beside its own functions; Node 20 cannot import it as a module. */
interface Bindings {
  SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: unknown): void;
}

declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/** @returns the SQL that leads from one to the other; empty if they are the same */
export async function compare(
  from: DiffTarget,
  to: DiffTarget,
  schema: string,
  database?: Uint8Array,
): Promise<string> {
  const { SchemaEngine } = await loadBindings();
  await using adapters = new Adapters(database);
  const options = { datamodels: [['schema.prisma', schema]] as [string, string][] };
  const engine = await SchemaEngine.new(options, () => {}, bindMigrationAwareSqlAdapterFactory(adapters));
  try {
    const { stdout, exitCode } = await engine.diff({ from, to, script: true, exitCode: true, filters: NO_FILTER });
    return exitCode === 0 ? '' : (stdout ?? '');
  } finally {
    engine.free();
  }
}

export function schemaTarget(schema: string): DiffTarget {
  return { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] };
}

/** The state after all of a folder's migrations, run on an empty database. */
export function migrationsTarget(folder: URL): DiffTarget {
  return {
    tag: 'migrations',
    baseDir: fileURLToPath(folder),
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: readMigrations(folder).map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
}

/** The database that is given as a snapshot; the schema only tells its kind. */
export function databaseTarget(schema: string): DiffTarget {
  return { tag: 'schemaDatasource', files: [{ path: 'schema.prisma', content: schema }], configDir: '.' };
}

let bindings: Promise<Bindings> | undefined;

function loadBindings(): Promise<Bindings> {
  bindings ??= instantiate();
  return bindings;
}

async function instantiate(): Promise<Bindings> {
  const name = '@prisma/schema-engine-wasm/schema_engine_bg';
  const functions = (await import(name)) as Bindings;
  const file = path.join(path.dirname(createRequire(import.meta.url).resolve(name)), 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(file), { './schema_engine_bg.js': functions });
  functions.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return functions;
}

/** Gives the engine its databases, and closes them. */
class Adapters implements SqlMigrationAwareDriverAdapterFactory, AsyncDisposable {
  readonly provider = 'postgres';
  readonly adapterName = 'pglite';
  readonly #snapshot: Uint8Array | undefined;
  readonly #opened: PGlite[] = [];

  constructor(snapshot: Uint8Array | undefined) {
    this.#snapshot = snapshot;
  }

  connect(): Promise<SqlDriverAdapter> {
    return this.#open(this.#snapshot);
  }

  /** An empty database, to run migrations on. */
  connectToShadowDb(): Promise<SqlDriverAdapter> {
    return this.#open(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((db) => db.close()));
  }

  async #open(snapshot: Uint8Array | undefined): Promise<SqlDriverAdapter> {
    const archive = (snapshot ?? (await emptyCluster())) as Uint8Array<ArrayBuffer>;
    const db = await PGlite.create({ loadDataDir: new Blob([archive]) });
    this.#opened.push(db);
    const adapter = await new PrismaPGlite(db).connect();
    // The adapter's own neither waits for the script nor tells of its errors.
    adapter.executeScript = async (script) => {
      await db.exec(script);
    };
    return adapter;
  }
}
