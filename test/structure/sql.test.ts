import { expect, test } from 'vitest';
import { holdsSql, read, sourceFiles } from './source-files.ts';

/**
 * SQL has its places: a slice's sql.ts, what a slice says of its personal data, the row rule, and the platform's storage. The
 * operator's commands move whole tables, whose statements are made from the catalog.
 */
const PLACES =
  /\/sql(?:-[\w-]+)?\.ts$|\/personal-data\.ts$|^server\/platform\/(?:storage|access\/scope\.ts)|^server\/app\/operations\//;

const files = sourceFiles('server', 'schema');

test('SQL is written in its places alone', () => {
  expect(files.filter((file) => !PLACES.test(file) && holdsSql(read(file)))).toEqual([]);
});

test('each statement of a slice begins with where it comes from', () => {
  const unlabelled = files
    .filter((file) => /^server\/(?:domain|engine)\/.*\/sql(?:-[\w-]+)?\.ts$/.test(file))
    .flatMap((file) =>
      [...read(file).matchAll(/\$(?:queryRaw|executeRaw)(?:<[\s\S]*?>)?`(?!\s*\/\* [\w-]+\.\w+ \*\/)(.{0,60})/g)].map(
        ([, begin]) => `${file}: ${begin}`,
      ),
    );
  expect(unlabelled).toEqual([]);
});
