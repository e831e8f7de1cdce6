import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { EmbeddedDatabase } from '../embedded/embedded.ts';
import { compare, databaseTarget, migrationsTarget, schemaTarget } from './schema-engine.ts';

/**
 * Writes the migration that brings what the migrations make to what `schema.prisma` describes:
 * `node --import tsx server/platform/storage/migrations/diff.ts NAME`. It is a draft to be read: what Prisma's schema cannot say (partitions,
 * triggers, checks) is added by hand, and data that has to move too.
 */
const SCHEMA = new URL('../../../../prisma/schema.prisma', import.meta.url);
const MIGRATIONS = new URL('../../../../prisma/migrations/', import.meta.url);

/** Where a difference begins. */
export type DifferenceFrom = { migrations: URL } | { database: Pick<EmbeddedDatabase, 'dump'> };

/**
 * @param schema the text of a `schema.prisma`
 * @returns the SQL that is missing to get from the migrations, or from a live embedded database, to the schema; empty if
 *   nothing is
 * @throws {Error} the schema is not valid, or a migration fails on an empty database
 */
export async function difference(from: DifferenceFrom, schema: string): Promise<string> {
  if ('migrations' in from) return compare(migrationsTarget(from.migrations), schemaTarget(schema), schema);
  return compare(databaseTarget(schema), schemaTarget(schema), schema, await from.database.dump());
}

/**
 * Writes a new migration, if the schema asks for one.
 *
 * @param name what it does, in a few words; letters, digits and underscores are kept
 * @param now gives the migration's place in the order
 * @returns the file that was written, or undefined if there is no difference
 */
export async function writeMigration(
  name: string,
  { schema = SCHEMA, migrations = MIGRATIONS, now = new Date() } = {},
): Promise<URL | undefined> {
  const sql = await difference({ migrations }, fs.readFileSync(schema, 'utf8'));
  if (!sql) return undefined;
  const timestamp = now.toISOString().replace(/\D/g, '').slice(0, 14);
  const title = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  const folder = new URL(`${timestamp}_${title}/`, migrations);
  fs.mkdirSync(folder, { recursive: true });
  const lockfile = new URL('migration_lock.toml', migrations);
  if (!fs.existsSync(lockfile)) fs.writeFileSync(lockfile, 'provider = "postgresql"\n');
  const file = new URL('migration.sql', folder);
  fs.writeFileSync(file, sql);
  return file;
}

async function main(): Promise<void> {
  const name = process.argv[2];
  if (!name || !/[a-z0-9]/i.test(name)) {
    console.error('Name the migration by what it does: npm run db:diff add_visit_notes');
    process.exitCode = 2;
    return;
  }
  const file = await writeMigration(name);
  console.log(
    file
      ? `Wrote ${file.pathname}. Read it before you commit it.`
      : 'The migrations already make what schema.prisma describes.',
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
