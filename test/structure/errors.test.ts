import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('generated/') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));
}

/** Where a code is given to somebody: an error class, a refusal, an execution error, the gate of HTTP, a storage error. */
const GIVEN = [
  /readonly code: string = '([A-Z_]+)'/g,
  /Refused\.because\(\s*'([A-Z_]+)'/g,
  /\bcode: '([A-Z_]+)',? (?:issues|http|\})/g,
  /extensions: \{ code: '([A-Z_]+)'/g,
  /refuse\(response, \d+, '([A-Z_]+)'/g,
  /refuse\(\s*'([A-Z_]+)'/g,
  /: Reason = \{\s*code: '([A-Z_]+)'/g,
  /(?:super|StorageError)\(\s*'([A-Z_]+)',/g,
  /reject\('([A-Z_]+)'/g,
  /new OverloadError\('([A-Z_]+)'/g,
];

/** What Yoga answers to requests that are none of GraphQL's, and to documents that are not valid. */
const YOGA = ['BAD_REQUEST', 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];

const given = new Set(
  ['server', 'schema', 'plugins', 'client']
    .flatMap(sources)
    .flatMap((text) => GIVEN.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code)))
    .concat(YOGA),
);
const documented = new Set(
  [...readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').matchAll(/^\| `([A-Z_]+)` /gm)].map(([, code]) => code),
);

test('every code that is given is documented', () => {
  expect([...given].filter((code) => !documented.has(code)).sort()).toEqual([]);
});

test('every code that is documented is given', () => {
  expect([...documented].filter((code) => !given.has(code)).sort()).toEqual([]);
});
