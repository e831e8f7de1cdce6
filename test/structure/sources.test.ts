import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, read } from './source-files.ts';

/** A document, an example that was accepted, a contradiction with its reading. */
const ID = /\bA-\d{3}\b|\bS0\d-[a-z]+(?:-[a-z]+)*\b|\bX-\d{2}\b/g;

const FILE = 'docs/sources.md';

const files = ['server', 'schema', 'plugins', 'client', 'test', 'prisma']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  .filter((file) => /\.(ts|md|csv|prisma)$/.test(file) && !/generated\/|prisma\/demo\//.test(file))
  .sort();

const namedIn = new Map<string, string[]>();
for (const file of files)
  for (const id of new Set(read(file).match(ID))) namedIn.set(id, [...(namedIn.get(id) ?? []), file]);
for (const page of readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })) {
  if (!page.endsWith('.md') || page === 'sources.md' || page.startsWith('policies/')) continue;
  for (const id of new Set(read(`docs/${page}`).match(ID)))
    namedIn.set(id, [...(namedIn.get(id) ?? []), `docs/${page}`]);
}

/** The page's rows: id and sentence as they stand, the files as the tree has them. */
const ROW = /^\| ((?:A|X|S0\d)-[\w-]+) \| (.*?) \|.*\|$/gm;
const rows = [...read(FILE).matchAll(ROW)].map(([, id = '', sentence = '']) => ({ id, sentence }));

const isTest = (file: string) => file.startsWith('test/') || file.endsWith('.test.ts') || file.endsWith('.csv');
const listed = (among: readonly string[]) => among.map((file) => `\`${file}\``).join(' ');

test('every id that is named has a row, and every row is named', () => {
  const known = new Set(rows.map(({ id }) => id));
  expect([...namedIn.keys()].filter((id) => !known.has(id)).sort(), 'named without a row').toEqual([]);
  expect([...known].filter((id) => !namedIn.has(id)).sort(), 'rows that nothing names').toEqual([]);
  expect(known.size).toBe(rows.length);
});

test('every row says what is asked, and an example that is kept is tested', () => {
  expect(rows.filter(({ sentence }) => sentence.trim().length < 8).map(({ id }) => id)).toEqual([]);
  const untested = rows.filter(({ id }) => id.startsWith('A-') && !namedIn.get(id)?.some(isTest));
  expect(untested.map(({ id }) => id)).toEqual([]);
});

test('the page names the files of today', async () => {
  const page = read(FILE).replace(ROW, (_row, id: string, sentence: string) => {
    const among = namedIn.get(id) ?? [];
    return `| ${id} | ${sentence} | ${listed(among.filter((file) => !isTest(file)))} | ${listed(among.filter(isTest))} |`;
  });
  await expect(page).toMatchFileSnapshot(join(ROOT, FILE));
});

test('no source refers to a page that this repository does not have', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8', timeout: 60_000 }).split('\n');
  const text = tracked.filter((file) => /\.(ts|md|prisma|mjs)$/.test(file) && !file.startsWith('test/structure/'));
  const foreign = text.flatMap((file) => {
    const found = read(file).match(/\b(?:reliability|design|domain|coverage) (?:section )?\d+\.\d+|\bdomain X-\d+/g);
    return found ? [`${file}: ${found.join(', ')}`] : [];
  });
  expect(foreign).toEqual([]);
});
