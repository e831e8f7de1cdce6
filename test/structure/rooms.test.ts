import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { allTests, longFunctions, ROOT, read, sourceFiles } from './source-files.ts';

const MOST_LINES = 300;
const MOST_FILES = 25;

/** A table is read by its rows. */
const TABLES = ['server/platform/values/chinese-sentences.ts', 'server/platform/values/refusals.ts'];

/** Names that mean the same in each slice. */
const SHARED = ['index.ts', 'rules.ts', 'errors.ts', 'sql.ts', 'service.ts', 'personal-data.ts'];

const files = sourceFiles('server', 'schema', 'client');
const inServer = files.filter((file) => file.startsWith('server/'));

test('server/ has five floors and no file of its own', () => {
  const entries = readdirSync(join(ROOT, 'server'), { withFileTypes: true });
  expect(entries.filter((one) => one.isFile()).map(({ name }) => name)).toEqual([]);
  expect(entries.map(({ name }) => name).sort()).toEqual(['app', 'domain', 'engine', 'platform', 'transport']);
});

test('no folder of server/ holds more files than one can look over', () => {
  const count = new Map<string, number>();
  for (const file of inServer) count.set(dirname(file), (count.get(dirname(file)) ?? 0) + 1);
  expect([...count].filter(([, files]) => files > MOST_FILES)).toEqual([]);
});

test('no file is so long that it holds two ideas', () => {
  const long = [...files, ...allTests('test', 'plugins')].filter(
    (file) => !TABLES.includes(file) && read(file).split('\n').length - 1 > MOST_LINES,
  );
  expect(long).toEqual([]);
});

test('no function is longer than a screen', () => {
  expect(files.flatMap((file) => longFunctions(file, read(file)))).toEqual([]);
});

test('a file is found by its name alone', () => {
  // Commands are named by the word that is typed.
  const named = inServer.filter((file) => !file.startsWith('server/app/cli/') && !SHARED.includes(basename(file)));
  const byName = new Map<string, string[]>();
  for (const file of named) byName.set(basename(file), [...(byName.get(basename(file)) ?? []), file]);
  expect([...byName.values()].filter((same) => same.length > 1)).toEqual([]);
});
