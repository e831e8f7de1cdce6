// The TypeScript of GraphQL documents; nothing of it is committed.
//
//   node tools/operation-types.mjs   writes client/board/generated and test/generated
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildASTSchema, parse, validate } from 'graphql';

const ROOT = path.resolve(import.meta.dirname, '..');
const BOARD = path.join(ROOT, 'client/board');

const CONFIG = {
  useTypeImports: true,
  enumType: 'string-literal',
  dedupeOperationSuffix: true,
  omitOperationSuffix: false,
  scalars: { DateTime: 'string', Date: 'string', Decimal: 'string', Duration: 'string', JSON: 'unknown' },
};

const contract = () => parse(read('schema/operations.graphql'), { noLocation: true }).definitions;
const schema = () => parse(read('schema/schema.graphql'), { noLocation: true });

/** The documents of the contract that the board's page sends, typed. */
export async function writeBoardTypes() {
  const definitions = contract();
  const names = new Set(
    sources(BOARD, /\.tsx?$/).flatMap((text) => [...text.matchAll(/\b(\w+)Document\b/g)].map(([, name]) => name)),
  );
  const fragments = definitions.filter(({ kind }) => kind === 'FragmentDefinition');
  const used = definitions.filter(({ kind, name }) => kind === 'OperationDefinition' && names.has(name.value));
  const config = { ...CONFIG, documentMode: 'documentNode', dedupeFragments: true, optimizeDocumentNode: true };
  const text = await codegen({
    filename: 'operations.ts',
    schema: schema(),
    documents: [{ location: 'schema/operations.graphql', document: documentOf([...needed(used, fragments), ...used]) }],
    plugins: [{ operations: config }, { documents: config }],
    pluginMap: { operations: typescriptOperations, documents: typedDocumentNode },
    config,
  });
  write(path.join(BOARD, 'generated/operations.ts'), text);
}

/** What the operations of the contract, and the documents that tests have typed by hand, take and answer. */
export async function writeTestTypes() {
  const operations = contract();
  const documents = handTyped();
  const own = [...documents.values()];
  const config = {
    ...CONFIG,
    immutableTypes: true,
    scalars: { ...CONFIG.scalars, ID: { input: 'string', output: 'string' } },
  };
  const text = await codegen({
    filename: 'operations.ts',
    schema: schema(),
    documents: [{ location: 'schema/operations.graphql', document: documentOf([...operations, ...own]) }],
    plugins: [{ operations: config }],
    pluginMap: { operations: typescriptOperations },
    config,
  });
  const rowsOf = (entries) =>
    entries.map(([key, { name, operation }]) => {
      const type = `${name.value}${operation[0].toUpperCase()}${operation.slice(1)}`.replace(
        /(Query|Mutation|Subscription)\1$/,
        '$1',
      );
      return `  readonly ${JSON.stringify(key)}: { readonly variables: ${type}Variables; readonly data: ${type} };`;
    });
  const named = operations.filter(({ kind }) => kind === 'OperationDefinition').map((one) => [one.name.value, one]);
  const table = (name, about, entries) =>
    `\n/** ${about} */\nexport interface ${name} {\n${rowsOf(entries).join('\n')}\n}\n`;
  write(
    path.join(ROOT, 'test/generated/operations.ts'),
    text +
      table('Operations', 'The operations of the contract by their names.', named) +
      table('Documents', 'The documents that tests have typed by hand, by their text.', [...documents]),
  );
}

/**
 * The documents in the tests' sources that are whole strings, of one operation, and valid, by their text; each operation has a name of its
 * own.
 */
function handTyped() {
  const built = buildASTSchema(schema());
  const texts = new Set();
  for (const folder of ['test', 'plugins'])
    for (const source of sources(path.join(ROOT, folder), /\.ts$/))
      for (const [, , text] of source.matchAll(
        /(['`])(\s*(?:\{|(?:query|mutation|subscription)\b)(?:(?!\1|\$\{)[^\\])*)\1/g,
      ))
        texts.add(text);
  const found = new Map();
  for (const text of [...texts].sort()) {
    try {
      const document = parse(text, { noLocation: true });
      const [operation, ...more] = document.definitions;
      if (more.length > 0 || validate(built, document).length > 0) continue;
      found.set(text, { ...operation, name: { kind: 'Name', value: `HandTyped${found.size + 1}` } });
    } catch {
      // Not GraphQL, only braces between quotes.
    }
  }
  return found;
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
    for (const value of Object.values(node)) visit(value);
  };
  for (const operation of operations) visit(operation);
  return [...found];
}

const documentOf = (definitions) => ({ kind: 'Document', definitions });

function read(name) {
  return readFileSync(path.join(ROOT, name), 'utf8');
}

function sources(folder, names) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && names.test(entry.name) && !entry.parentPath.includes('generated'))
    .map(({ parentPath, name }) => readFileSync(path.join(parentPath, name), 'utf8'));
}

/** Leaves a file that is as it should be: what watches it need not begin again. */
function write(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeBoardTypes();
  await writeTestTypes();
}
