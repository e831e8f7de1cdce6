import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './source-files.ts';

// While a newer version migrates, nodes of the version before go on serving: what they read and write has to stay.

const FOLDER = join(ROOT, 'prisma/migrations');
const files = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** What a running node would miss. */
const TAKES_AWAY = [
  /\bdrop\s+(table|column|type|view)\b/i,
  /\brename\b/i,
  /\balter\s+column\s+\S+\s+(type|set\s+data\s+type|set\s+not\s+null|drop\s+default)\b/i,
  /\badd\s+column\s+\S+\s+(?:(?!\bdefault\b)[^,;])*\bnot\s+null\b(?![^,;]*\bdefault\b)/i,
];

test.each(files.map(({ name }) => name))('%s takes nothing away from nodes that run', (name) => {
  const sql = readFileSync(join(FOLDER, name, 'migration.sql'), 'utf8').replace(/--.*$/gm, '');
  expect(TAKES_AWAY.filter((rule) => rule.test(sql))).toEqual([]);
});

test.each([
  'ALTER TABLE "lamp" DROP COLUMN "watts"',
  'DROP TABLE "lamp"',
  'ALTER TABLE "lamp" RENAME COLUMN "watts" TO "w"',
  'ALTER TABLE "lamp" ALTER COLUMN "watts" SET NOT NULL',
  'ALTER TABLE "lamp" ALTER COLUMN "watts" SET DATA TYPE BIGINT',
  'ALTER TABLE "lamp" ADD COLUMN     "watts" INTEGER NOT NULL',
])('%s would', (sql) => {
  expect(TAKES_AWAY.some((rule) => rule.test(sql))).toBe(true);
});

test.each([
  'ALTER TABLE "lamp" ADD COLUMN "watts" INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE "lamp" ADD COLUMN "watts" INTEGER',
])('%s would not', (sql) => {
  expect(TAKES_AWAY.some((rule) => rule.test(sql))).toBe(false);
});
