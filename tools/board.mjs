// The board's page: client/board, as the server serves it.
//
//   node tools/board.mjs build [--if-stale]   writes dist/board
//   node tools/board.mjs types                writes client/board/generated alone
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';

const ROOT = path.resolve(import.meta.dirname, '..');
const SOURCES = path.join(ROOT, 'client/board');
const GENERATED = path.join(SOURCES, 'generated');
const OUT = path.join(ROOT, 'dist/board');
const STAMP = path.join(OUT, 'stamp.txt');

const read = (name) => readFileSync(path.join(ROOT, name), 'utf8');

/** What the page is made of, as one hash: it is built anew where that changes. */
function stampOf() {
  const hash = createHash('sha256');
  const files = readdirSync(path.join(ROOT, 'client'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(ROOT, path.join(parentPath, name)))
    .filter((name) => !name.includes('generated') && !name.includes('node_modules') && !name.includes('dist'));
  for (const name of [
    'package-lock.json',
    'schema/operations.graphql',
    'schema/schema.graphql',
    'tools/board.mjs',
    ...files.sort(),
  ])
    hash.update(name).update(readFileSync(path.join(ROOT, name)));
  return hash.digest('hex');
}

/** The documents of the contract that the page sends, typed. */
async function writeTypes() {
  const { definitions } = parse(read('schema/operations.graphql'));
  const names = new Set(usedNames());
  const fragments = definitions.filter(({ kind }) => kind === 'FragmentDefinition');
  const used = definitions.filter(({ kind, name }) => kind === 'OperationDefinition' && names.has(name.value));
  const config = {
    documentMode: 'documentNode',
    dedupeFragments: true,
    optimizeDocumentNode: true,
    useTypeImports: true,
    enumType: 'string-literal',
    dedupeOperationSuffix: true,
    omitOperationSuffix: false,
    scalars: { DateTime: 'string', Date: 'string', Decimal: 'string', Duration: 'string', JSON: 'unknown' },
  };
  const text = await codegen({
    filename: 'operations.ts',
    schema: parse(read('schema/schema.graphql')),
    documents: [
      {
        location: 'schema/operations.graphql',
        document: { kind: 'Document', definitions: [...needed(used, fragments), ...used] },
      },
    ],
    plugins: [{ operations: config }, { documents: config }],
    pluginMap: { operations: typescriptOperations, documents: typedDocumentNode },
    config,
  });
  mkdirSync(GENERATED, { recursive: true });
  const file = path.join(GENERATED, 'operations.ts');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

/** Names of operations that the sources import. */
function usedNames() {
  return readdirSync(SOURCES, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('generated'))
    .flatMap(({ parentPath, name }) => [
      ...readFileSync(path.join(parentPath, name), 'utf8').matchAll(/\b(\w+)Document\b/g),
    ])
    .map(([, name]) => name);
}

/** The fragments that operations spread, and those that these spread. */
function needed(operations, fragments) {
  const found = new Set();
  const visit = (node) => {
    if (node === null || typeof node !== 'object') return;
    if (node.kind === 'FragmentSpread') {
      const fragment = fragments.find(({ name }) => name.value === node.name.value);
      if (fragment && !found.has(fragment)) {
        found.add(fragment);
        visit(fragment);
      }
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'loc') visit(value);
  };
  for (const operation of operations) visit(operation);
  return [...found];
}

async function build() {
  const stamp = stampOf();
  if (process.argv.includes('--if-stale') && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  await writeTypes();
  const { build: bundle } = await import('vite');
  rmSync(OUT, { recursive: true, force: true });
  await bundle({ configFile: path.join(SOURCES, 'vite.config.ts'), logLevel: 'error' });
  // Once here, and not at each request.
  for (const { parentPath, name } of readdirSync(OUT, { withFileTypes: true, recursive: true }).filter((one) =>
    one.isFile(),
  )) {
    const file = path.join(parentPath, name);
    const body = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(body, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
  writeFileSync(STAMP, stamp);
}

await (process.argv[2] === 'types' ? writeTypes() : build());
