import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeOf, REFUSALS } from '../../server/platform/values/refusals.ts';
import { ROOT, read, sourceFiles } from './source-files.ts';

const FILE = 'docs/errors.md';
const sources = sourceFiles('server', 'schema', 'plugins', 'client').map((file) => ({ file, text: read(file) }));

/** The platform's own refusals with when they come, by code; one code may have several sentences. */
const refusals = new Map(Object.entries(REFUSALS).map(([key, { when }]) => [codeOf(key), when]));

test('the page is printed from the table of refusals', async () => {
  const [before = '', after = ''] = read(FILE).split(/## Reasons of the platform's own refusals\n[\s\S]*?(?=\n## )/);
  const rows = [...refusals].sort(([one], [other]) => (one < other ? -1 : 1));
  const table = rows.map(([code, when]) => `| \`${code}\` | ${when} |`).join('\n');
  const section = `## Reasons of the platform's own refusals\n\n| code | when |\n| --- | --- |\n${table}\n`;
  expect(after).not.toBe('');
  await expect(`${before}${section}${after}`).toMatchFileSnapshot(join(ROOT, FILE));
});

test('all sentences of one code come on the same occasion, and both languages tell the same facts', () => {
  const factsOf = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();
  for (const [key, { en, zh, when }] of Object.entries(REFUSALS)) {
    expect(refusals.get(codeOf(key)), key).toBe(when);
    expect(factsOf(zh), key).toEqual(factsOf(en));
    expect(zh, key).toMatch(/\p{Script=Han}/u);
  }
});

test('every refusal of the table is used, and none is made past it', () => {
  const others = sources.filter(({ file }) => !file.endsWith('values/refusals.ts'));
  const text = others.map((one) => one.text).join('\n');
  expect(Object.keys(REFUSALS).filter((key) => !text.includes(`'${key}'`))).toEqual([]);
  const past = others.filter((one) => one.text.includes('Refused.because(') && !one.file.endsWith('values/errors.ts'));
  expect(past.map(({ file }) => file)).toEqual([]);
});

/** Where another code is given to somebody: an error class, a policy's refusal, an execution error, HTTP, storage. */
const GIVEN = [
  /readonly code: string = '([A-Z_]+)'/g,
  /\bcode: '([A-Z_]+)',? (?:issues|http|\})/g,
  /extensions: \{ code: '([A-Z_]+)'/g,
  /refuse\(response, \d+, '([A-Z_]+)'/g,
  /refuse\(\s*'([A-Z_]+)['/]/g,
  /: Reason = \{\s*code: '([A-Z_]+)'/g,
  /(?:super|StorageError)\(\s*'([A-Z_]+)',/g,
  /reject\('([A-Z_]+)'/g,
  /new OverloadError\('([A-Z_]+)'/g,
];

/** What Yoga answers to requests that are none of GraphQL's, and to documents that are not valid. */
const YOGA = ['BAD_REQUEST', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];

const given = new Set([
  ...sources.flatMap(({ text }) => GIVEN.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code))),
  ...refusals.keys(),
  ...YOGA,
]);
const documented = new Set([...read(FILE).matchAll(/^\| `([A-Z_]+)` /gm)].map(([, code]) => code));

test('every code that is given is documented, and every one that is documented is given', () => {
  expect([...given].filter((code) => !documented.has(code)).sort()).toEqual([]);
  expect([...documented].filter((code) => !given.has(code)).sort()).toEqual([]);
});
