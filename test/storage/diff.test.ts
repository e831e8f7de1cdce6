import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../server/platform/storage/embedded/embedded.ts';
import { difference, writeMigration } from '../../server/platform/storage/migrations/diff.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';

const datasource = 'datasource db {\n  provider = "postgresql"\n}\n';
const small = `${datasource}
enum Color {
  RED
  GREEN
}
model Lamp {
  id      String @id @db.Uuid
  color   Color
  watts   Decimal @db.Decimal(20, 4)
  tags    String[]
}
`;
const grown = small.replace('  watts', '  room    String?\n  watts');

let root: string;
let migrations: URL;
let schema: URL;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-diff-'));
  migrations = pathToFileURL(`${root}/migrations/`);
  schema = pathToFileURL(`${root}/schema.prisma`);
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

test('writes what the migrations lack, then only what is new, then nothing', async () => {
  fs.writeFileSync(schema, small);
  const first = await writeMigration('First lamps!', { schema, migrations, now: new Date('2026-03-02T09:00:00Z') });
  expect(first?.pathname.endsWith('/migrations/20260302090000_first_lamps/migration.sql')).toBe(true);
  expect(fs.readFileSync(first as URL, 'utf8')).toContain('CREATE TABLE "Lamp"');

  fs.writeFileSync(schema, grown);
  const second = await writeMigration('rooms', { schema, migrations, now: new Date('2026-03-03T09:00:00Z') });
  expect(fs.readFileSync(second as URL, 'utf8')).toContain('ALTER TABLE "Lamp" ADD COLUMN     "room" TEXT');
  expect(await writeMigration('nothing', { schema, migrations })).toBeUndefined();
  expect(fs.readdirSync(migrations).filter((name) => !name.endsWith('.toml'))).toHaveLength(2);

  const database = await openEmbedded({ memory: true });
  await migrate(database.pool, migrations);
  expect(await difference({ database }, grown)).toBe('');
  await database.pool.query('DROP TYPE "Color" CASCADE');
  expect(await difference({ database }, grown)).toContain('CREATE TYPE "Color"');
  await database.close();
});

test('tells of a migration that does not run, and of a schema that is not one', async () => {
  fs.mkdirSync(new URL('20260302090000_broken/', migrations), { recursive: true });
  fs.writeFileSync(
    new URL('20260302090000_broken/migration.sql', migrations),
    'CREATE TABLE a (id int);\nCREATE TABLE a (id int);',
  );
  await expect(difference({ migrations }, small)).rejects.toThrow(/20260302090000_broken/);
  await expect(difference({ migrations: pathToFileURL(`${root}/none/`) }, 'model Lamp {')).rejects.toThrow();
});
